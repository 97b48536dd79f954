"""A call, as users of the library see it."""

from __future__ import annotations

import pytest

from peerscript.calls.call import Call
from peerscript.errors import CallEnded, LinkClosed, MediaNotFound
from peerscript.link.link import Link
from peerscript.ports.mediapath import Slot
from peerscript.protocol.calls.session import CallEnd, LinkCallState
from peerscript.testing import MemoryNetwork
from peerscript.testing.call import MemoryTrack
from tests.clock import until
from tests.unit.peerscript.pages import Page


async def test_its_states_and_changes(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call()
    assert (repr(call), call.state, call.end) == (
        "<Call not begun>",
        LinkCallState.CALLING,
        None,
    )
    seen: list[LinkCallState] = []
    call.on("change", lambda: seen.append(call.state))
    await call.start()
    other = await anext(ringing)
    await other.accept()
    await call.answered()
    other.hang_up()
    await call.ended()
    assert [state async for state in call.states()] == [LinkCallState.ENDED]
    assert LinkCallState.CONNECTING in seen
    assert repr(call) == "<Call ended>"


async def test_statistics_end_with_the_call(alice: Link, bob: Link) -> None:
    call = alice.call()
    await call.start()
    looks = call.stats()
    assert (await anext(looks)).quality == "unknown"
    call.hang_up()
    assert [look async for look in looks] == []
    assert await call.ended() is CallEnd.CANCELLED


async def test_a_link_that_is_over_carries_no_call(
    network: MemoryNetwork, alice: Link, bob: Link
) -> None:
    call = alice.call(camera=True)
    alice._calls()
    await alice.close()
    with pytest.raises(LinkClosed):
        await call.start()
    assert not call.local


async def test_a_device_that_is_missing_leaves_it_ringing(
    network: MemoryNetwork, alice: Link, bob: Link
) -> None:
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    other = await anext(ringing)
    network.camera = False
    with pytest.raises(MediaNotFound):
        await other.accept(camera=True)
    assert other.state is LinkCallState.RINGING
    await other.accept()
    await call.answered()


async def test_a_call_that_leads_elsewhere_fails_with_words(
    guest: Page, alice: Link, bob: Link
) -> None:
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    other = await anext(ringing)
    alice._session.certificate = b"of another"
    await other.accept()
    assert await call.ended() is CallEnd.FAILED
    assert "did not lead" in call.problem
    with pytest.raises(CallEnded, match="did not lead"):
        await call.answered()
    assert await other.ended() is CallEnd.FAILED


async def test_what_is_chosen_before_it_is_begun(alice: Link, bob: Link) -> None:
    call = alice.call(microphone=True)
    call.mute()
    await call.set_camera(True)
    call.hang_up()
    assert call.local == {}


async def test_who_takes_it_late_is_told(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call: Call = alice.call()
    await call.start()
    other = await anext(ringing)
    call.hang_up()
    await until(lambda: other.end is not None)
    with pytest.raises(CallEnded):
        await other.accept(microphone=True)
    assert Slot.MICROPHONE not in other.local


async def test_what_is_muted_before_it_is_taken_is_muted_then(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call(microphone=True)
    call.mute()
    await call.start()
    assert not call.local[Slot.MICROPHONE].enabled
    other = await anext(ringing)
    other.mute()
    await other.accept(microphone=True)
    assert not other.local[Slot.MICROPHONE].enabled
    await call.answered()
    assert not call.remote.microphone_on


async def test_tracks_that_are_there_already_are_shared(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    other = await anext(ringing)
    await other.accept()
    await call.answered()
    picture, sound = MemoryTrack("video"), MemoryTrack("audio")
    await call.share_screen(picture, sound=sound)
    assert (call.local[Slot.SCREEN], call.local[Slot.SCREEN_SOUND]) == (picture, sound)
    await until(lambda: other.remote.screen)
    await call.share_screen(picture)
    assert Slot.SCREEN_SOUND not in call.local
    await call.stop_sharing()
    assert not picture.stopped


async def test_a_track_that_the_system_ends_is_sent_no_more(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call(camera=True, microphone=True)
    await call.start()
    other = await anext(ringing)
    await other.accept()
    await call.answered()
    await until(lambda: other.remote.camera_on and other.remote.microphone_on)
    call.local[Slot.CAMERA].end()  # unplugged
    await until(lambda: not other.remote.camera_on)
    assert list(call.local) == [Slot.MICROPHONE]
    await call.set_camera(True)  # another one
    await until(lambda: other.remote.camera_on)


async def test_stop_sharing_in_the_browsers_own_bar(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call()
    await call.start()
    other = await anext(ringing)
    await other.accept()
    await call.answered()
    changes: list[bool] = []
    call.on("change", lambda: changes.append(Slot.SCREEN in call.local))
    await call.share_screen()
    sound = call.local[Slot.SCREEN_SOUND]
    await until(lambda: other.remote.screen)
    call.local[Slot.SCREEN].end()
    await until(lambda: other.remote.screen is None)
    assert call.local == {}
    assert sound.stopped
    assert changes[-1] is False


async def test_a_track_that_ends_while_another_takes_its_place(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call(camera=True)
    await call.start()
    other = await anext(ringing)
    await other.accept()
    await call.answered()
    before, another = call.local[Slot.CAMERA], MemoryTrack("video")
    before.end()
    await call.set_camera(another)
    before.end()
    await until(lambda: other.remote.camera_on)
    assert call.local == {Slot.CAMERA: another}


async def test_limits_hold_on_each_new_path(network: MemoryNetwork, alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call(camera=True)
    call.limit(bitrate=450_000, scale_down_by=2.0)
    await call.start()
    other = await anext(ringing)
    await other.accept()
    await call.answered()
    (path,) = (each for each in network.media_paths if each.sent)
    assert path.limits == {Slot.CAMERA: (450_000, 2.0)}
    call.limit(Slot.CAMERA)
    assert path.limits == {Slot.CAMERA: (None, 1.0)}
    with pytest.raises(ValueError, match="1 or more"):
        call.limit(scale_down_by=0.5)


async def test_how_loud_the_other_page_is(alice: Link, bob: Link) -> None:
    ringing = bob.calls()
    call = alice.call(microphone=MemoryTrack("audio"))
    await call.start()
    other = await anext(ringing)
    assert other.level == 0.0
    await other.accept()
    await until(lambda: call.connected and other.connected)
    path = alice._calls()._path
    assert path is not None
    path._path.loudness = 0.25  # type: ignore[attr-defined]
    await until(lambda: other.level == 0.25)
    assert call.level == 0.0  # they send none
    call.mute()
    await until(lambda: other.level == 0.0)
    call.mute(False)
    await until(lambda: other.level == 0.25)
    call.hang_up()
    await other.ended()
    assert other.level == 0.0
