"""Calls between two pages in one process."""

from __future__ import annotations

import asyncio
import random

import pytest

from peerscript.calls.call import Call
from peerscript.calls.linkcalls import PATH_TIMEOUT, RING_TIMEOUT
from peerscript.errors import CallEnded, LinkMisused, LinkRefused, MediaNotFound
from peerscript.link.link import Link
from peerscript.link.reconnection import GIVE_UP_AFTER, GONE_AFTER
from peerscript.ports.mediapath import Slot
from peerscript.protocol.calls.session import CallEnd, LinkCallState
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.peerscript.conftest import OpenPage
from tests.unit.peerscript.pages import Page


async def taken(alice: Link, bob: Link) -> tuple[Call, Call]:
    """Both ends of a call, in which media flow."""
    ringing = bob.calls()
    call = alice.call(camera=True, microphone=True)
    await call.start()
    other = await anext(ringing)
    await other.accept(camera=True, microphone=True)
    await call.answered()
    await other.answered()
    return call, other


async def test_a_call(alice: Link, bob: Link) -> None:
    async with alice.call(camera=True, microphone=True) as call:
        ringing = bob.calls()
        other = await anext(ringing)
        assert (call.state, other.state) == (LinkCallState.CALLING, LinkCallState.RINGING)
        assert (call.incoming, other.incoming) == (False, True)
        await other.accept(microphone=True)
        await call.answered()
        await other.answered()
        assert call.remote.camera is not None
        assert other.remote.camera is not None
        await until(lambda: other.remote.camera_on)
        assert (call.remote.camera_on, call.remote.microphone_on) == (False, True)
        tracks = call.local
    assert await other.ended() is CallEnd.HUNG_UP
    assert (other.ended_there, call.ended_there) == (True, False)
    assert all(track.stopped for track in tracks.values())
    assert not other.local


async def test_a_call_that_is_not_taken(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    for declines, end in ((True, CallEnd.DECLINED), (False, CallEnd.CANCELLED)):
        call = alice.call()
        await call.start()
        other = await anext(ringing)
        if declines:
            other.decline()
        else:
            call.hang_up()
        assert (await call.ended(), await other.ended()) == (end, end)
        with pytest.raises(CallEnded):
            await call.answered()
        with pytest.raises(CallEnded):
            await other.accept(microphone=True)
        assert not other.local


async def test_who_has_no_room_says_so(alice: Link, bob: Link) -> None:
    heard: list[str] = []
    alice.on("call", lambda: heard.append("call"))
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    other = await anext(ringing)
    other.decline(full=True)
    assert (await call.ended(), await other.ended()) == (CallEnd.FULL, CallEnd.FULL)
    assert heard == ["call", "call"]  # it rings, and is over


async def test_it_is_ended_for_a_reason_and_once(alice: Link, bob: Link) -> None:
    call, other = await taken(alice, bob)
    for _ in range(2):
        alice._calls().leave(CallEnd.FULL)
    assert (await call.ended(), await other.ended()) == (CallEnd.FULL, CallEnd.FULL)


async def test_nobody_answers(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    other = await anext(ringing)
    assert await call.ended() is CallEnd.UNANSWERED
    assert await other.ended() is CallEnd.UNANSWERED


@pytest.mark.parametrize("who", ["host", "guest"])
async def test_a_call_before_the_guest_is_let_in(open_page: OpenPage, host: Page, who: str) -> None:
    """It rings then, however long the people there take to decide."""
    guest = await open_page("bob")
    connecting = asyncio.create_task(guest.links.connect("alice", timeout=None))
    await until(lambda: host.has_link("bob"))
    pages = {"host": host.link("bob"), "guest": guest.link("alice")}
    caller = pages.pop(who)
    (called,) = pages.values()
    call = caller.call(camera=True)
    await call.start()
    await asyncio.sleep(2 * RING_TIMEOUT)
    assert call.state is LinkCallState.CALLING
    host.link("bob").accept()
    await connecting
    other = await anext(called.calls())
    await other.accept()
    await call.answered()


async def test_a_call_before_the_guest_is_let_in_that_nobody_takes(
    open_page: OpenPage, host: Page
) -> None:
    guest = await open_page("bob")
    connecting = asyncio.create_task(guest.links.connect("alice"))
    await until(lambda: host.has_link("bob"))
    call = guest.link("alice").call()
    await call.start()
    host.link("bob").accept()
    await connecting
    assert RING_TIMEOUT - 1 < await until(lambda: call.end is CallEnd.UNANSWERED) < RING_TIMEOUT + 1


async def test_a_guest_who_is_not_let_in_calls_nobody(open_page: OpenPage, host: Page) -> None:
    guest = await open_page("bob")
    connecting = asyncio.create_task(guest.links.connect("alice"))
    await until(lambda: host.has_link("bob"))
    call = guest.link("alice").call(camera=True)
    await call.start()
    host.link("bob").reject()
    with pytest.raises(LinkRefused):
        await connecting
    assert await call.ended() is CallEnd.LOST
    assert call.local == {}


async def test_both_call_at_once(alice: Link, bob: Link) -> None:
    calls = alice.call(microphone=True), bob.call(microphone=True)
    await asyncio.gather(*(call.start() for call in calls))
    await asyncio.gather(*(call.answered() for call in calls))
    calls[0].hang_up()
    assert await calls[1].ended() is CallEnd.HUNG_UP


async def test_calling_who_rings_takes_the_call(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    await until(lambda: bob._calls()._call is not None)
    mine = bob.call(microphone=True)
    await mine.start()
    await call.answered()
    assert mine.incoming
    with pytest.raises(RuntimeError, match="there is a call"):
        await bob.call().start()
    mine.hang_up()
    await call.ended()
    await ringing.aclose()  # type: ignore[attr-defined]


async def test_who_has_no_camera_calls_nobody(
    network: MemoryNetwork, alice: Link, bob: Link
) -> None:
    network.camera = False
    with pytest.raises(MediaNotFound):
        await alice.call(camera=True).start()
    assert bob._calls()._call is None


async def test_muting_and_changing_devices_is_seen(alice: Link, bob: Link) -> None:
    call, other = await taken(alice, bob)
    await until(lambda: call.remote.camera_on and call.remote.microphone_on)
    other.mute()
    await until(lambda: not call.remote.microphone_on)
    assert not other.local[Slot.MICROPHONE].enabled
    await other.set_microphone(True)
    assert not other.local[Slot.MICROPHONE].enabled  # another one, muted as before
    other.mute(False)
    await until(lambda: call.remote.microphone_on)
    before = other.local[Slot.CAMERA]
    await other.set_camera(None)
    assert before.stopped
    await until(lambda: not call.remote.camera_on)
    await other.set_camera({"facingMode": "user"})
    await until(lambda: call.remote.camera_on)


async def test_screens_are_shared_beside_the_camera(alice: Link, bob: Link) -> None:
    call, other = await taken(alice, bob)
    await asyncio.gather(call.share_screen(), other.share_screen(sound=False))
    await until(lambda: call.remote.screen is not None and other.remote.screen is not None)
    assert call.remote.camera is not None
    await other.stop_sharing()
    await until(lambda: call.remote.screen is None)
    other.set_recording(True)
    await until(lambda: call.remote.recording)


async def test_a_broken_path_heals(network: MemoryNetwork, alice: Link, bob: Link) -> None:
    call, other = await taken(alice, bob)
    for path in network.media_paths[-2:]:
        path.break_path()
    await until(lambda: call.state is LinkCallState.RECONNECTING)
    for path in network.media_paths[-2:]:
        path.mend_path()
    await call.answered()
    await other.answered()
    assert len(network.media_paths) == 2


async def test_a_path_that_stays_broken_ends_the_call(
    network: MemoryNetwork, alice: Link, bob: Link
) -> None:
    call, other = await taken(alice, bob)
    for path in network.media_paths:
        path.break_path()
    assert await call.ended() is CallEnd.LOST
    assert await other.ended() is CallEnd.LOST


async def test_a_call_waits_for_a_link_that_comes_back(
    network: MemoryNetwork, alice: Link, bob: Link
) -> None:
    call, other = await taken(alice, bob)
    network.go_down()
    network.cut()
    for path in network.media_paths:
        path.break_path()
    await asyncio.sleep(2 * PATH_TIMEOUT)
    assert call.state is other.state is LinkCallState.RECONNECTING
    for path in network.media_paths:
        path.mend_path()
    network.come_back()
    await until(lambda: call.connected and other.connected, 60)


@pytest.mark.parametrize("who", ["host", "guest"])
async def test_a_page_that_was_reloaded_is_in_the_call_again(
    host: Page, guest: Page, alice: Link, bob: Link, who: str
) -> None:
    stays, _ = await taken(alice, bob) if who == "guest" else reversed(await taken(alice, bob))
    page, peer_id = (guest, "alice") if who == "guest" else (host, "bob")
    await page.reload()
    back = await anext(page.link(peer_id).calls())
    await back.accept(camera=True)
    await back.answered()
    await stays.answered()
    await until(lambda: stays.remote.camera_on and not stays.remote.microphone_on)
    back.hang_up()
    await stays.ended()
    await page.reload()
    assert page.link(peer_id)._session.record.call == 0


async def test_a_reload_while_it_rings_ends_the_call(guest: Page, alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    await anext(ringing)
    await guest.reload()
    guest.link("alice").calls()
    assert await call.ended() is CallEnd.RELOADED


async def test_a_call_ends_with_its_link(alice: Link, bob: Link) -> None:
    call, other = await taken(alice, bob)
    await alice.close()
    assert (await call.ended(), call.ended_there) == (CallEnd.HUNG_UP, False)
    assert (await other.ended(), other.ended_there) == (CallEnd.LEFT, True)


async def test_a_call_with_a_link_that_is_dropped_is_lost(alice: Link, bob: Link) -> None:
    call, other = await taken(alice, bob)
    await alice.close(LinkMisused("rubbish"))
    assert await call.ended() is CallEnd.LOST
    assert await other.ended() is CallEnd.LEFT


@pytest.mark.parametrize("who", ["host", "guest"])
async def test_a_page_that_was_closed_has_left_the_call(
    host: Page, guest: Page, network: MemoryNetwork, alice: Link, bob: Link, who: str
) -> None:
    call, other = await taken(alice, bob)
    stays, link = (other, bob) if who == "host" else (call, alice)
    assert not stays.away
    for path in network.media_paths:
        path.break_path()
    await (host if who == "host" else guest).unload()
    await until(lambda: stays.away)
    assert stays.state is LinkCallState.RECONNECTING  # it may be loaded again
    took = await until(lambda: link.state is LinkState.LOST)
    assert GONE_AFTER <= took < GIVE_UP_AFTER
    assert (await stays.ended(), stays.ended_there) == (CallEnd.LEFT, True)
    assert not stays.away


async def test_a_call_that_rings_ends_with_its_link(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    other = await anext(ringing)
    await alice.close()
    assert await call.ended() is CallEnd.CANCELLED
    assert await other.ended() is CallEnd.LOST


@pytest.mark.parametrize("seed", range(100))
async def test_whatever_both_change_at_once_they_agree(alice: Link, bob: Link, seed: int) -> None:
    chance = random.Random(seed)
    calls = await taken(alice, bob)
    for _ in range(10):
        call = chance.choice(calls)
        step = chance.choice([call.share_screen, call.stop_sharing])
        await step()
        if chance.random() < 0.5:
            await asyncio.sleep(0)
    for call in calls:
        await call.share_screen()
    await until(lambda: all(call.remote.screen is not None for call in calls))
    assert all(call.connected for call in calls)
