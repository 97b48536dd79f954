"""What this page sends in its calls: one camera, one microphone and one screen for all of them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, MutableMapping
from dataclasses import asdict

from app.calls.ports import Own, OwnDevices
from app.calls.wishes import Wishes
from app.tasks import Tasks
from peerscript.calls import MediaTrack, Slot
from peerscript.errors import MediaDenied, MediaError, MediaInUse, MediaNotFound
from peerscript.media import Device

logger = logging.getLogger("peerscript.app")

STORED = "peerscript/calls"
_SCREEN = (Slot.SCREEN, Slot.SCREEN_SOUND)
_KINDS = {Slot.CAMERA: "videoinput", Slot.MICROPHONE: "audioinput"}


class OwnMedia:
    """The tracks that this page sends, and what the person has chosen.

    Attributes:
        tracks: those that are open.
        problems: why a device that is wanted is not.
        recording: whether the call is recorded here.

    Args:
        changed: called after each change.
    """

    def __init__(
        self,
        devices: OwnDevices,
        storage: MutableMapping[str, str],
        tasks: Tasks,
        changed: Callable[[], None],
    ) -> None:
        self._devices = devices
        self._storage = storage
        self._tasks = tasks
        self._changed = changed
        self._lock = asyncio.Lock()  # one question to the person at a time
        self._open = False
        self._known: tuple[Device, ...] = ()
        self._unseen: set[Slot] = set()  # ended while the page was not seen, and not had again
        self.wishes = self._load()
        self.tracks: dict[Slot, MediaTrack] = {}
        self.problems: dict[Slot, MediaError] = {}
        self.recording = False
        devices.on_change(self._on_devices)

    @property
    def shown(self) -> Own:
        """What the page shows of it."""
        camera, microphone = self.tracks.get(Slot.CAMERA), self.tracks.get(Slot.MICROPHONE)
        return Own(
            camera,
            microphone,
            muted=self.wishes.muted,
            sharing=Slot.SCREEN in self.tracks,
            recording=self.recording,
            faces_away=bool(camera and self._devices.faces_away(camera)),
            devices=self._known,
            camera_id=self._id_of(Slot.CAMERA),
            microphone_id=self._id_of(Slot.MICROPHONE),
        )

    def _id_of(self, slot: Slot) -> str:
        """The device that is in use, or would be: "" for none."""
        if track := self.tracks.get(slot):
            return self._devices.device_of(track)
        if self._open or not self.wishes.wants(slot):
            return ""
        found = [device.id for device in self._known if device.kind == _KINDS[slot]]
        chosen = str(getattr(self.wishes, f"{slot.value}_id"))
        return chosen if chosen in found else next(iter(found), "")

    @property
    def picture_height(self) -> int:
        """Of the camera, in pixels."""
        camera = self.tracks.get(Slot.CAMERA)
        return self._devices.height_of(camera) if camera else 0

    @property
    def missing(self) -> dict[Slot, MediaError]:
        """The problems that the person is to know of: what has ended in the background may be had
        again when the page is seen.
        """
        return {slot: each for slot, each in self.problems.items() if slot not in self._unseen}

    async def allowed_before(self) -> bool:
        """Whether the browser gives the devices without asking: only then it tells their names."""
        return any(device.label for device in await self._devices.known())

    # Opening and closing

    async def open(self) -> None:
        """Open what is wanted and not open yet. What cannot be had is in `problems`."""
        self._open = True
        await self._fill()

    async def _fill(self) -> None:
        """Open what is missing, unless all was closed meanwhile."""
        async with self._lock:
            missing = [slot for slot in _KINDS if self._is_missing(slot)]
            for slot in missing:
                self.problems.pop(slot, None)
            if len(missing) > 1 and await self._ask(*missing) is None:
                missing = []
            for slot in missing:
                if (error := await self._ask(slot)) and self._open:
                    self.problems[slot] = error
        await self.look()

    def close(self) -> None:
        """Release everything; the next call is not muted."""
        self._open = False
        for slot in tuple(self.tracks):
            self._drop(slot)
        self.problems.clear()
        self._unseen.clear()
        self.wishes.muted = self.wishes.sharing = False
        self._save()

    def _is_missing(self, slot: Slot) -> bool:
        return self._open and self.wishes.wants(slot) and slot not in self.tracks

    async def _ask(self, *slots: Slot) -> MediaError | None:
        """Open these in one question; if a chosen device is gone, whichever there is."""
        wanted = {slot: self.wishes.constraints(slot) for slot in slots}
        try:
            found = await self._devices.open(
                wanted.get(Slot.CAMERA, False), wanted.get(Slot.MICROPHONE, False)
            )
        except MediaNotFound as error:
            chosen = [slot for slot in slots if getattr(self.wishes, f"{slot.value}_id")]
            for slot in chosen:
                self.wishes.choose(slot, True, "")
            return await self._ask(*slots) if chosen else error
        except MediaError as error:
            return error
        for slot, track in found.items():
            self._take(slot, track)
        return None

    def _take(self, slot: Slot, track: MediaTrack) -> None:
        if not self._open or (slot in _KINDS and not self.wishes.wants(slot)):
            self._devices.stop(track)  # hung up, or switched off, while the browser asked
            return
        self._drop(slot)
        self.tracks[slot] = track
        self._devices.on_end(track, lambda: self._on_end(slot, track))
        if slot is Slot.MICROPHONE:
            self._devices.enable(track, not self.wishes.muted)

    def _drop(self, slot: Slot) -> None:
        if track := self.tracks.pop(slot, None):
            self._devices.stop(track)

    async def look(self) -> None:
        """See which devices there are, and tell of it all."""
        self._known = tuple(await self._devices.known())
        self._tell()

    def _tell(self) -> None:
        self._save()
        self._changed()

    # What the person does

    def mute(self, on: bool) -> None:
        """Send silence, or go on."""
        self.wishes.muted = on
        if track := self.tracks.get(Slot.MICROPHONE):
            self._devices.enable(track, not on)
        self._tell()

    async def turn(self, slot: Slot, on: bool) -> None:
        """Open the camera or the microphone, or release it.

        Raises:
            MediaError: it could not be had.
        """
        self.wishes.choose(slot, on)
        if not on:
            self.problems.pop(slot, None)
            self._drop(slot)
            self._tell()
            return
        await self._fill()
        if error := self.problems.get(slot):
            raise error

    async def choose(self, slot: Slot, device_id: str) -> None:
        """Use another device, now or in the next call; "" for none.

        Raises:
            MediaError: it could not be had; the one before is used on.
        """
        if not device_id:
            await self.turn(slot, False)
            return
        if not self._open:
            self.wishes.choose(slot, True, device_id)
            self._tell()
            return
        async with self._lock:  # one choice after the other: each is the wish while it is tried
            wanted, before = self.wishes.wants(slot), getattr(self.wishes, f"{slot.value}_id")
            self.wishes.choose(slot, True, device_id)
            error = await self._ask(slot)
            if isinstance(error, MediaInUse):  # some phones open one camera at a time
                self._drop(slot)
                error = await self._ask(slot)
            if error is not None:  # unless it was switched off meanwhile
                self.wishes.choose(slot, wanted and self.wishes.wants(slot), before)
        if error is None:
            self.problems.pop(slot, None)
        else:
            await self._fill()
        await self.look()
        if error is not None:
            raise error

    def next_camera(self) -> str:
        """The ID of the camera after the one in use: of a phone, the other one."""
        cameras = [device.id for device in self._known if device.kind == _KINDS[Slot.CAMERA]]
        now = self.shown.camera_id
        return cameras[(cameras.index(now) + 1) % len(cameras)] if now in cameras else ""

    async def share(self) -> None:
        """Share a screen.

        Raises:
            MediaError: it could not be had, or was not wanted.
        """
        for slot, track in (await self._devices.open_screen()).items():
            self._take(slot, track)
        self.wishes.sharing = Slot.SCREEN in self.tracks
        self._tell()

    def stop_sharing(self) -> None:
        """Share it no more."""
        for slot in _SCREEN:
            self._drop(slot)
        self.wishes.sharing = False
        self._tell()

    # What the system does

    def _on_end(self, slot: Slot, track: MediaTrack) -> None:
        if self.tracks.get(slot) is not track:
            return
        if slot in _SCREEN:
            if slot is Slot.SCREEN:  # "Stop sharing" of the browser's own, or the window is gone
                self.stop_sharing()
            return
        self._drop(slot)
        self._tell()
        self._tasks.start(self._retake(slot))

    async def _retake(self, slot: Slot) -> None:
        """Open it again, or another one. Phones give nothing to a page in the background: it is
        tried again when that is seen.
        """
        if not self._devices.seen():
            self._unseen.add(slot)
        await self._fill()
        if slot in self.tracks:
            self._unseen.discard(slot)

    def _on_devices(self) -> None:
        self._tasks.start(self._follow_devices())

    async def _follow_devices(self) -> None:
        """A device was plugged in or out, or the page is visible again."""
        if not self._open:
            return
        for slot, track in tuple(self.tracks.items()):
            if self._devices.has_ended(track):
                self._on_end(slot, track)  # a page that sleeps is not told
        if self._devices.seen():
            for slot in tuple(self._unseen):
                self._unseen.discard(slot)
                self.problems.pop(slot, None)
                await self._retake(slot)
        refused = [each for each in self.problems.values() if isinstance(each, MediaDenied)]
        if any(self._is_missing(slot) for slot in _KINDS) and not refused:
            await self._fill()
        else:
            await self.look()

    # Kept over a reload

    def _load(self) -> Wishes:
        kept = self._storage.get(STORED)
        return Wishes(**json.loads(kept)) if kept else Wishes()

    def _save(self) -> None:
        try:
            self._storage[STORED] = json.dumps(asdict(self.wishes))
        except OSError as error:
            logger.warning("after a reload the call starts with every device: %s", error)
