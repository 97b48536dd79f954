"""Recording a call."""

from __future__ import annotations

from typing import Any

from app.calls.recording import Recording
from peerscript.calls import Slot


async def test_it_has_this_pages_own_voice(apps: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    await alice.calls.recording.press()
    assert alice.recorder.runs
    assert alice.recorder.microphone() is alice.calls.own.tracks[Slot.MICROPHONE]
    await alice.calls.choose(Slot.MICROPHONE, "")
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

    class Full:
        async def start(self, microphone: object) -> None:
            pass

        async def stop(self) -> None:
            raise OSError("no room")

    said: list[str] = []
    recording = Recording(Full(), alice.calls.own, lambda: None, said.append)
    await recording.end()
    await recording.press()
    await recording.press()
    assert said == ["Not all of the call was recorded: no room."]
