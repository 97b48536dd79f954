"""One call at a time, and the page is as before when it is over."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.calls.ports import CallPhase
from app.connection.invite import Invite
from peerscript import Peer
from peerscript.errors import (
    CallDeclined,
    ConnectionLost,
    MediaDenied,
    MediaError,
    MediaInUse,
    MediaNotFound,
)
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork


async def talk(apps: Any, wait: Any, *, pictures: bool = True) -> None:
    alice, bob = apps
    alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: bob.calls.phase is CallPhase.RINGING)
    assert bob.view.ringing == "Alice"
    bob.tasks.start(bob.calls.accept())
    await wait(lambda: alice.calls.phase is bob.calls.phase is CallPhase.TALKING)
    await wait(lambda: bob.view.call["remote"])
    if pictures:
        await wait(lambda: alice.view.call["remote"])


async def test_a_call_and_its_end(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await talk(apps, wait)
    camera = alice.view.call["local"]
    assert bob.view.call["remote"] is camera
    alice.calls.mute("audio", muted=True)
    assert camera.enabled == {"audio": False, "video": True}
    await bob.calls.hang_up()
    await wait(lambda: alice.calls.phase is bob.calls.phase is CallPhase.NONE)
    assert camera.stopped
    assert alice.notices.problems == []
    await talk(apps, wait)


async def test_declined(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: bob.calls.phase is CallPhase.RINGING)
    await bob.calls.decline()
    await wait(lambda: alice.calls.phase is CallPhase.NONE)
    assert alice.notices.problems == ["The call was not taken."]


async def test_given_up_while_it_rings(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: bob.calls.phase is CallPhase.RINGING)
    await alice.calls.hang_up()
    await wait(lambda: alice.calls.phase is bob.calls.phase is CallPhase.NONE)
    assert alice.notices.problems == []


async def test_without_a_camera_one_sees_and_hears(
    apps: Any, network: MemoryNetwork, wait: Any
) -> None:
    alice, bob = apps
    alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: bob.calls.phase is CallPhase.RINGING)
    network.camera = False
    bob.tasks.start(bob.calls.accept())
    await wait(lambda: bob.view.call["remote"])
    assert "No camera or microphone was found" in bob.notices.problems[0]
    assert bob.view.call["local"] is None
    await wait(lambda: alice.calls.phase is CallPhase.TALKING)


async def test_a_second_call_finds_the_line_busy(apps: Any, carol: Any, wait: Any) -> None:
    alice, bob = apps
    await talk(apps, wait)
    carol.tasks.start(carol.calls.start(carol.peer))
    await wait(lambda: carol.notices.problems)
    assert carol.notices.problems == ["The call was not taken."]
    assert carol.calls.phase is CallPhase.NONE
    assert alice.calls.phase is bob.calls.phase is CallPhase.TALKING
    assert alice.view.ringing == ""


async def test_strangers_are_declined(apps: Any, dave: Any, wait: Any) -> None:
    alice, _ = apps
    call = await dave.peer.call("alice")
    with pytest.raises(CallDeclined):
        await call.answered()
    dave.people.connect(Invite("alice"))  # and who is only asking is one still
    await wait(lambda: alice.find("dave"))
    call = await dave.peer.call("alice")
    with pytest.raises(CallDeclined):
        await call.answered()
    assert alice.view.ringing == ""
    assert alice.view.call == {}


async def test_it_is_with_the_one_who_was_chosen(apps: Any, carol: Any, wait: Any) -> None:
    alice, bob = apps
    await alice.act("carol", "choose")
    alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: carol.calls.phase is CallPhase.RINGING)
    assert alice.view.call["name"] == "Carol"
    assert bob.view.call == {}


async def test_nobody_to_call_is_told(
    apps: Any, carol: Any, part: Any, network: MemoryNetwork
) -> None:
    alice, bob = apps
    await part(alice, bob, carol)
    await alice.calls.start(alice.peer)
    assert "nobody was called" in alice.notices.problems[0]
    assert alice.calls.phase is CallPhase.NONE
    network.release()


# It ends with those whom it is with


async def test_a_call_ends_with_its_contact(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await talk(apps, wait)
    await bob.act("alice", "close")
    await wait(lambda: alice.calls.phase is bob.calls.phase is CallPhase.NONE)


async def test_a_call_outlives_a_broken_path(
    apps: Any, network: MemoryNetwork, part: Any, wait: Any
) -> None:
    alice, bob = apps
    await talk(apps, wait)
    await part(alice, bob)
    network.release()
    await wait(lambda: alice.people.connected and bob.people.connected)
    assert alice.calls.phase is bob.calls.phase is CallPhase.TALKING


async def test_a_call_ends_when_the_other_page_is_loaded_again(
    apps: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    await talk(apps, wait)
    camera = bob.view.call["local"]
    again = await reload(alice)
    await wait(lambda: bob.calls.phase is CallPhase.NONE)
    assert camera.stopped
    await wait(lambda: again.people.connected and bob.people.connected)
    await talk((again, bob), wait)


async def test_a_call_ends_when_they_are_lost(apps: Any, wait: Any, give_up_at_once: None) -> None:
    alice, bob = apps
    await talk(apps, wait)
    await bob.unload()
    await wait(lambda: alice.contact("bob").state is LinkState.LOST)
    await wait(lambda: alice.calls.phase is CallPhase.NONE)


async def test_a_call_with_another_goes_on_when_somebody_leaves(
    apps: Any, carol: Any, wait: Any
) -> None:
    alice, bob = apps
    await talk(apps, wait)
    await carol.act("alice", "close")
    await wait(lambda: alice.find("carol") is None)
    assert alice.calls.phase is bob.calls.phase is CallPhase.TALKING


# Whom pictures and sound go to


async def test_nothing_is_sent_before_it_is_sure_whom_it_goes_to(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: bob.calls.phase is CallPhase.RINGING)
    assert alice.view.call["local"].enabled == {"audio": False, "video": False}
    bob.tasks.start(bob.calls.accept())
    await wait(lambda: bob.calls.phase is alice.calls.phase is CallPhase.TALKING)
    for app in apps:
        assert app.view.call["local"].enabled == {"audio": True, "video": True}


def every_stream_shown(app: Any) -> list[Any]:
    return [remote for _, remote in app.view.calls if remote is not None]


async def in_place_of_bob(apps: Any) -> Peer:
    """A page that the broker takes for Bob's, and that is not."""
    network = apps[0].network
    del network.pages["bob"]
    mallory = Peer("bob", browser=network)
    await mallory.start()
    return mallory


async def test_a_call_that_leads_elsewhere_is_ended(apps: Any, wait: Any) -> None:
    alice, _ = apps
    mallory = await in_place_of_bob(apps)
    alice.tasks.start(alice.calls.start(alice.peer))
    call = await anext(mallory.calls())
    camera = alice.view.call["local"]
    await call.answer(await apps[1].get_user_media())
    await call.wait_closed()
    assert alice.calls.phase is CallPhase.NONE
    assert "did not lead to Bob" in alice.notices.problems[0]
    assert camera.stopped
    assert camera.enabled == {"audio": False, "video": False}
    assert every_stream_shown(alice) == []
    await mallory.close()


async def test_a_call_that_comes_from_elsewhere_is_ended(apps: Any, wait: Any) -> None:
    alice, _ = apps
    mallory = await in_place_of_bob(apps)
    call = await mallory.call("alice", await apps[1].get_user_media())
    await wait(lambda: alice.calls.phase is CallPhase.RINGING)
    await alice.calls.accept()
    await call.wait_closed()
    assert alice.calls.phase is CallPhase.NONE
    assert "did not lead to Bob" in alice.notices.problems[0]
    assert alice.cameras[-1].stopped
    assert alice.cameras[-1].enabled == {"audio": False, "video": False}
    assert every_stream_shown(alice) == []
    assert alice.people.connected  # the Link is Bob's still
    await mallory.close()


async def test_a_call_that_ends_before_its_path_stands_shows_nothing(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: bob.calls.phase is CallPhase.RINGING)
    call = bob.calls._call
    call.remote_stream = alice.view.call["local"]  # PeerJS tells of a stream before the path stands
    channel = call._channel
    channel.bind(replace(channel._events, on_connected=lambda **_: None))
    accepting = bob.tasks.start(bob.calls.accept())
    await wait(lambda: call.open)
    call._end(ConnectionLost("no path"))
    await accepting
    await wait(lambda: bob.calls.phase is CallPhase.NONE)
    assert every_stream_shown(bob) == []
    assert CallPhase.TALKING not in [phase for phase, _ in bob.view.calls]


async def test_muted_while_it_calls_is_muted_when_they_talk(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: bob.calls.phase is CallPhase.RINGING)
    alice.calls.mute("audio", muted=True)
    alice.calls.mute("video", muted=True)
    alice.calls.mute("video", muted=False)
    assert alice.view.call["local"].enabled == {"audio": False, "video": False}
    bob.tasks.start(bob.calls.accept())
    await wait(lambda: alice.calls.phase is CallPhase.TALKING)
    assert alice.view.call["local"].enabled == {"audio": False, "video": True}
    alice.calls.mute("audio", muted=False)
    assert alice.view.call["local"].enabled == {"audio": True, "video": True}


async def test_the_next_call_is_not_muted(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await talk(apps, wait)
    alice.calls.mute("audio", muted=True)
    await alice.calls.hang_up()
    await wait(lambda: alice.calls.phase is bob.calls.phase is CallPhase.NONE)
    await talk(apps, wait)
    assert alice.view.call["local"].enabled == {"audio": True, "video": True}


# What the camera does


@pytest.mark.parametrize(
    ("error", "kinds", "words"),
    [
        (MediaInUse("busy"), [(True, True), (True, False)], "You are without a camera now"),
        (MediaNotFound("none"), [(True, True), (True, False)], "You are without a camera now"),
        (MediaDenied("no"), [(True, True)], "send nothing"),
    ],
)
async def test_half_a_camera_is_better_than_none(
    apps: Any,
    wait: Any,
    monkeypatch: pytest.MonkeyPatch,
    error: MediaError,
    kinds: list[tuple[bool, bool]],
    words: str,
) -> None:
    _, bob = apps
    asked = []
    give = bob.get_user_media

    async def no_video(*, audio: bool = True, video: bool = True) -> Any:
        asked.append((audio, video))
        if video:
            raise error
        return await give(audio=audio, video=video)

    monkeypatch.setattr(bob, "get_user_media", no_video)
    await talk(apps, wait, pictures=False)
    assert asked == kinds
    assert words in bob.notices.problems[0]


async def test_hung_up_while_the_browser_asks_for_the_camera(
    apps: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = apps
    allowed = asyncio.Event()
    give, streams = alice.get_user_media, []

    async def slow(**kinds: bool) -> Any:
        await allowed.wait()
        streams.append(await give(**kinds))
        return streams[-1]

    monkeypatch.setattr(alice, "get_user_media", slow)
    calling = alice.tasks.start(alice.calls.start(alice.peer))
    await wait(lambda: alice.calls.phase is CallPhase.CALLING)
    assert alice.view.call["name"] == "Bob"
    await alice.calls.hang_up()
    allowed.set()
    await calling
    assert streams[0].stopped
    assert bob.calls.phase is CallPhase.NONE
