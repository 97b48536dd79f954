"""What is before a call."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.calls import Slot
from peerscript.errors import MediaDenied
from tests.unit.app.calls.conftest import over, words
from tests.unit.app.pages import App


async def test_nobody_is_called_before_the_preview_is_left(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.devices.gate.clear()
    alice.calls.start()
    await wait(lambda: alice.view.calls.preview)
    assert (alice.view.calls.preview.name, alice.view.calls.preview.asking) == ("Bob", True)
    assert not alice.view.calls.can_call
    alice.devices.gate.set()
    await wait(lambda: alice.view.calls.own.camera and not alice.view.calls.preview.asking)
    assert not alice.view.calls.preview.words
    assert alice.view.calls.own.devices[0].label == "Front camera"
    alice.calls.cancel()
    await wait(lambda: over(alice, bob) and alice.view.calls.preview is None)
    assert alice.view.calls.can_call


async def test_cancelled_while_the_browser_asks(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.devices.gate.clear()
    alice.calls.start()
    await wait(lambda: alice.devices.asked)
    alice.calls.cancel()
    alice.calls.cancel()
    alice.devices.gate.set()
    await wait(lambda: alice.devices.given and over(alice, bob))
    await alice.calls.join()
    assert over(alice, bob)


async def test_who_is_about_to_call_takes_the_call_that_comes(
    apps: Any, wait: Any, ring: Any
) -> None:
    alice, bob = apps
    bob.calls.start()
    await ring_through_preview(alice, bob, wait)
    assert bob.view.calls.preview.accepts
    await bob.calls.join()
    await wait(lambda: alice.view.calls.tiles and not alice.view.calls.tiles[0].words)
    assert words(bob) == []


async def ring_through_preview(caller: App, called: App, wait: Any) -> None:
    caller.calls.start()
    await caller.calls.join()
    await wait(lambda: called.view.calls.preview and called.view.calls.preview.accepts)


async def test_they_leave_while_the_preview_is_open(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.calls.start()
    await bob.act("alice", "close")
    await wait(lambda: alice.find("bob") is None)
    await alice.calls.join()
    await wait(lambda: over(alice, bob))
    assert len(words(alice)) == 1


async def test_accepting_for_the_first_time_joins_when_the_browser_has_asked(
    apps: Any, wait: Any, ring: Any
) -> None:
    alice, bob = apps
    bob.devices.named = False  # nothing was allowed yet
    bob.devices.gate.clear()
    await ring(alice, bob)
    await bob.calls.accept()
    assert (bob.view.calls.preview.accepts, bob.view.calls.preview.asking) == (True, True)
    assert bob.view.calls.ringing is None
    assert alice.view.calls.tiles[0].words == "Calling Bob…"
    bob.devices.gate.set()
    await wait(lambda: alice.view.calls.tiles and not alice.view.calls.tiles[0].words)
    assert bob.view.calls.preview is None


async def test_accepting_for_the_first_time_without_a_camera_is_asked_again(
    apps: Any, wait: Any, ring: Any
) -> None:
    alice, bob = apps
    bob.devices.named = False
    bob.devices.refused[Slot.CAMERA] = MediaDenied("no")
    await ring(alice, bob)
    await bob.calls.accept()
    await wait(lambda: bob.view.calls.preview.words)
    assert alice.view.calls.tiles[0].words == "Calling Bob…"
    await bob.calls.join()
    await wait(lambda: alice.view.calls.tiles and not alice.view.calls.tiles[0].words)


@pytest.mark.parametrize("by", ["caller", "called"])
async def test_the_preview_of_an_answer_ends_with_the_call(
    apps: Any, wait: Any, ring: Any, by: str
) -> None:
    alice, bob = apps
    bob.devices.named = False
    bob.devices.gate.clear()
    await ring(alice, bob)
    await bob.calls.accept()
    if by == "caller":
        alice.calls.hang_up()
    else:
        bob.calls.cancel()
    await wait(lambda: not alice.view.calls.tiles and bob.view.calls.preview is None)
    bob.devices.gate.set()
    await wait(lambda: over(alice, bob))


async def test_who_hangs_up_while_they_are_accepted_is_not_called(
    apps: Any, wait: Any, ring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = apps
    await ring(alice, bob)
    looks = asyncio.Event()

    async def allowed_before() -> bool:
        await looks.wait()
        return True

    monkeypatch.setattr(bob.calls.own, "allowed_before", allowed_before)
    accepting = asyncio.ensure_future(bob.calls.accept())
    await asyncio.sleep(0)
    alice.calls.hang_up()
    await wait(lambda: bob.view.calls.ringing is None)
    looks.set()
    await accepting
    assert over(alice, bob)


async def test_a_double_press_on_accept_takes_one_call(
    apps: Any, wait: Any, ring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = apps
    await ring(alice, bob)
    allowed_before = bob.calls.own.allowed_before
    looks = asyncio.Event()

    async def slowly() -> bool:
        await looks.wait()
        return bool(await allowed_before())

    monkeypatch.setattr(bob.calls.own, "allowed_before", slowly)
    accepting = [asyncio.ensure_future(bob.calls.accept()) for _ in range(2)]
    await asyncio.sleep(0)
    looks.set()
    await asyncio.gather(*accepting)
    await wait(lambda: alice.view.calls.tiles and not alice.view.calls.tiles[0].words)
    assert len(alice.view.calls.tiles) == len(bob.view.calls.tiles) == 1
    assert bob.notices.problems == alice.notices.problems == []
