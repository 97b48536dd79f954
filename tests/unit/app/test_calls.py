"""One call at a time, and the page is as before when it is over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.calls import CallPhase
from peerscript.errors import MediaDenied, MediaError, MediaInUse, MediaNotFound
from peerscript.memory import MemoryNetwork


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


async def test_busy_and_strangers(apps: Any, wait: Any, network: MemoryNetwork) -> None:
    alice, bob = apps
    stranger = await bob.peer.call("alice")  # busy: no; but first as somebody connected
    await wait(lambda: alice.calls.phase is CallPhase.RINGING)
    second = await bob.peer.call("alice")
    await second.wait_closed()
    assert "CallDeclined" in repr(second.close_reason)
    await stranger.close()
    await wait(lambda: alice.calls.phase is CallPhase.NONE)


async def test_a_call_ends_with_its_contact(apps: Any, wait: Any) -> None:
    alice, bob = apps
    await talk(apps, wait)
    await bob.people.close("alice")
    await wait(lambda: alice.calls.phase is bob.calls.phase is CallPhase.NONE)


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
