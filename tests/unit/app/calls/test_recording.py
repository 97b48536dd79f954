"""Recording a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from app.calls.ports import Interrupted
from app.calls.recording import Recording
from app.calls.topics import Topics
from peerscript.calls import Slot
from tests.unit.app.devices import MemoryRecorder


async def test_it_has_this_pages_own_voice(apps: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.recording.press()
    assert alice.recorder.runs
    assert alice.recorder.microphone() is alice.calls.own.tracks[Slot.MICROPHONE]
    await alice.calls.switches.choose(Slot.MICROPHONE, "")
    assert alice.recorder.microphone() is None
    await alice.calls.recording.press()
    assert not alice.recorder.runs


async def test_what_cannot_be_recorded_is_said(apps: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    alice.recorder.problem = "no room"
    await alice.calls.recording.press()
    assert alice.notices.problems == ["The call cannot be recorded: no room."]
    assert not alice.view.calls.own.recording


async def test_a_recording_that_ends_early_is_said(apps: Any) -> None:
    alice, _ = apps

    class Full(MemoryRecorder):
        async def stop(self) -> None:
            raise OSError("no room")

    topics = Topics(alice.notices)
    recording = Recording(Full(), alice.calls.own, lambda: None, topics, alice.tasks)
    await recording.end()
    await recording.press()
    await recording.press()
    assert alice.notices.problems == ["Not all of the call was recorded: no room."]


class Slow(MemoryRecorder):
    """It takes a while to begin."""

    def __init__(self) -> None:
        super().__init__()
        self.may_begin = asyncio.Event()
        self.happened: list[str] = []

    async def start(self, microphone: Callable[[], Any], ended: Callable[[], None]) -> None:
        await self.may_begin.wait()
        self.happened.append("begun")

    async def stop(self) -> None:
        self.happened.append("ended")


async def test_a_double_click_begins_one(apps: Any) -> None:
    alice, _ = apps
    slow = Slow()
    recording = Recording(slow, alice.calls.own, lambda: None, Topics(alice.notices), alice.tasks)
    presses = [asyncio.ensure_future(recording.press()) for _ in range(2)]
    await asyncio.sleep(0)
    slow.may_begin.set()
    await asyncio.gather(*presses)
    assert slow.happened == ["begun"]
    assert alice.calls.own.recording
    await recording.press()
    assert slow.happened == ["begun", "ended"]


async def test_one_that_is_being_begun_when_the_call_ends_is_ended(apps: Any) -> None:
    alice, _ = apps
    slow = Slow()
    recording = Recording(slow, alice.calls.own, lambda: None, Topics(alice.notices), alice.tasks)
    press = asyncio.ensure_future(recording.press())
    await asyncio.sleep(0)
    end = asyncio.ensure_future(recording.end())
    await asyncio.sleep(0)
    slow.may_begin.set()
    await asyncio.gather(press, end)
    assert slow.happened == ["begun", "ended"]
    assert not alice.calls.own.recording


# One that was not ended

LEFT = Interrupted("recording-1", "call 2026-11-28 20.30.webm", 12_000_000)


async def test_one_that_a_reload_has_interrupted_is_offered(
    apps: Any, wait: Any, reload: Any
) -> None:
    alice, _ = apps
    assert alice.view.calls.recordings == ()
    left = [LEFT, Interrupted("recording-2", "another", 1)]
    alice.recorder.left = left
    await alice.calls.recording.restore()
    await wait(lambda: alice.view.calls.recordings == tuple(left))
    await alice.calls.recording.save("recording-1")
    assert alice.recorder.saved == ["recording-1"]
    assert [each.key for each in alice.view.calls.recordings] == ["recording-2"]
    await alice.calls.recording.delete("recording-2")
    assert alice.recorder.saved == ["recording-1"]
    assert alice.view.calls.recordings == ()


async def test_one_that_cannot_be_read_stays(apps: Any) -> None:
    alice, _ = apps
    alice.recorder.left = [LEFT]
    await alice.calls.recording.restore()
    alice.recorder.problem = "it is gone"
    await alice.calls.recording.save("recording-1")
    await alice.calls.recording.delete("recording-1")
    assert alice.notices.problems == [
        "The recording cannot be saved: it is gone.",
        "The recording cannot be deleted: it is gone.",
    ]
    assert alice.view.calls.recordings == (LEFT,)


async def test_what_a_full_disk_has_taken_is_offered(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.recording.press()
    await wait(lambda: bob.view.calls.tiles[0].recording)
    alice.recorder.problem, alice.recorder.left = "the disk is full", [LEFT]
    alice.recorder.end()
    await wait(lambda: not bob.view.calls.tiles[0].recording)
    assert "Not all of the call was recorded: the disk is full." in alice.notices.problems
    assert alice.view.calls.recordings == (LEFT,)
