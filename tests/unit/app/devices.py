"""Cameras, microphones and screens of a page in memory, and a recorder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from app.calls.ports import Interrupted
from peerscript.calls import Slot
from peerscript.errors import MediaError
from peerscript.media import Constraints, Device
from peerscript.testing import MemoryNetwork
from peerscript.testing.call import MemoryTrack


class MemoryDevices:
    """What the browser gives (app.calls.ports.OwnDevices).

    Attributes:
        asked: what it was asked for: the kinds, or the ID of a device.
        given: every track.
        refused: the errors with which it answers, by what it is asked for.
        plugged: the devices that there are.
        named: whether the person has allowed one, so that it tells their names.
        gate: while it is not set, the person has not answered yet.
        visible: whether the page is.
        silent: the tracks that have ended without a word.
    """

    def __init__(self, network: MemoryNetwork) -> None:
        self._network = network
        self._changed: list[Callable[[], None]] = []
        self._ended: dict[int, Callable[[], None]] = {}
        self._ids: dict[int, str] = {}
        self.asked: list[tuple[Any, Any]] = []
        self.given: list[MemoryTrack] = []
        self.refused: dict[Slot, MediaError] = {}
        self.plugged = [
            Device("videoinput", "front", "Front camera"),
            Device("videoinput", "back", "Back camera"),
            Device("audioinput", "built-in", "Microphone"),
        ]
        self.named = True
        self.visible = True
        self.silent: list[MemoryTrack] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def open(self, camera: Constraints, microphone: Constraints) -> Mapping[Slot, Any]:
        self.asked.append((_chosen(camera), _chosen(microphone)))
        await self.gate.wait()
        for slot, wanted in ((Slot.CAMERA, camera), (Slot.MICROPHONE, microphone)):
            if wanted and slot in self.refused:
                raise self.refused[slot]
        found = self._network.tracks_of(await self._network.get_user_media(microphone, camera))
        slots = {"video": (Slot.CAMERA, camera), "audio": (Slot.MICROPHONE, microphone)}
        return {slots[kind][0]: self._give(track, slots[kind][1]) for kind, track in found.items()}

    async def open_screen(self) -> Mapping[Slot, Any]:
        if error := self.refused.get(Slot.SCREEN):
            raise error
        found = self._network.tracks_of(await self._network.get_display_media(True, True))
        slots = {"video": Slot.SCREEN, "audio": Slot.SCREEN_SOUND}
        return {slots[kind]: self._give(track, True) for kind, track in found.items()}

    def _give(self, track: MemoryTrack, constraints: Constraints) -> MemoryTrack:
        first = {"video": "front", "audio": "built-in"}[track.kind]
        chosen = _chosen(constraints)
        self._ids[id(track)] = chosen if isinstance(chosen, str) else first
        self.given.append(track)
        return track

    def stop(self, track: MemoryTrack) -> None:
        track.stopped = True

    def enable(self, track: MemoryTrack, enabled: bool) -> None:
        track.enabled = enabled

    async def known(self) -> list[Device]:
        if self.named:
            return list(self.plugged)
        return [Device(each.kind, "", "") for each in self.plugged]

    def device_of(self, track: MemoryTrack) -> str:
        return self._ids[id(track)]

    def height_of(self, track: MemoryTrack) -> int:
        return 720

    def faces_away(self, track: MemoryTrack) -> bool:
        return self._ids[id(track)] == "back"

    def has_ended(self, track: MemoryTrack) -> bool:
        return track in self.silent

    def seen(self) -> bool:
        return self.visible

    def on_end(self, track: MemoryTrack, ended: Callable[[], None]) -> None:
        self._ended[id(track)] = ended

    def on_change(self, changed: Callable[[], None]) -> None:
        self._changed.append(changed)

    # What tests do

    def end(self, track: MemoryTrack) -> None:
        """The system ends a track."""
        self._ended[id(track)]()

    def change(self) -> None:
        """Something was plugged in or out."""
        for changed in self._changed:
            changed()


class MemoryRecorder:
    """Records nothing (app.calls.ports.Recorder).

    Attributes:
        problem: why it cannot; "" if it can.
        runs: whether it does.
        left: the recordings that were interrupted.
        saved: the keys of those that were saved.
        end: ends it, as a full disk does.
    """

    def __init__(self) -> None:
        self.problem = ""
        self.runs = False
        self.microphone: Callable[[], Any] = lambda: None
        self.left: list[Interrupted] = []
        self.saved: list[str] = []
        self.end: Callable[[], None] = lambda: None

    async def start(self, microphone: Callable[[], Any], ended: Callable[[], None]) -> None:
        if self.problem:
            raise OSError(self.problem)
        self.runs, self.microphone, self.end = True, microphone, ended

    async def stop(self) -> None:
        self.runs = False
        if self.problem:
            raise OSError(self.problem)

    async def interrupted(self) -> list[Interrupted]:
        return list(self.left)

    async def save(self, key: str) -> None:
        await self.delete(key)
        self.saved.append(key)

    async def delete(self, key: str) -> None:
        if self.problem:
            raise OSError(self.problem)
        self.left = [each for each in self.left if each.key != key]


class MemoryRecognizer:
    """Writes down what a test says (app.calls.ports.Recognizer).

    Attributes:
        can: whether this browser does.
        problem: why it cannot begin; "" if it can.
        microphone: which it listens to; None for none.
        say, fail: what the browser calls.
    """

    def __init__(self) -> None:
        self.can = True
        self.problem = ""
        self.microphone: Any = None
        self.say: Callable[[str], None] = lambda words: None
        self.fail: Callable[[str], None] = lambda reason: None

    async def offered(self) -> bool:
        return self.can

    async def start(
        self, microphone: Any, heard: Callable[[str], None], failed: Callable[[str], None]
    ) -> None:
        if self.problem:
            raise OSError(self.problem)
        self.microphone, self.say, self.fail = microphone, heard, failed

    def stop(self) -> None:
        self.microphone = None


def _chosen(constraints: Constraints) -> Any:
    if isinstance(constraints, Mapping):
        return constraints.get("deviceId", {}).get("exact", True)
    return constraints
