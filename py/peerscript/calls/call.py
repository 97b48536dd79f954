"""A call, as users of the library see it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from peerscript.aio.events import Emitter, PlainOn
from peerscript.aio.lifecycle import Announcer, ExceptionType, follow
from peerscript.aio.tasks import TaskOwner
from peerscript.calls.sources import Source, Sources
from peerscript.errors import CallEnded
from peerscript.ports.mediapath import MediaTrack, Slot
from peerscript.ports.streams import MediaStream
from peerscript.protocol.calls.messages import Sending
from peerscript.protocol.calls.session import CallEnd, CallSession, LinkCallState
from peerscript.protocol.calls.stats import CallStats, Entry, call_stats

CallEvent = Literal["change"]

STREAM_TIMEOUT = 5.0  # seconds for a stream, where media flow already
_SCREEN = (Slot.SCREEN, Slot.SCREEN_SOUND)


@dataclass(frozen=True)
class RemoteMedia:
    """What the other page sends.

    Attributes:
        camera: the browser's MediaStream with their camera and microphone, for a <video>; None
            before there is one.
        screen: the same with their screen; None while they share none.
        microphone_on, camera_on: whether these are sent, and not muted.
        recording: whether the call is recorded there.
    """

    camera: MediaStream | None = None
    screen: MediaStream | None = None
    microphone_on: bool = False
    camera_on: bool = False
    recording: bool = False


class Desk(Protocol):
    """What a call needs of `LinkCalls`."""

    def begin(self, call: Call) -> None: ...
    def publish(self) -> None: ...
    async def send_track(self, slot: Slot) -> None: ...
    def apply_limits(self) -> None: ...
    def tell_sending(self) -> None: ...

    @property
    def away(self) -> bool: ...

    @property
    def remote_streams(self) -> dict[str, MediaStream]: ...

    def level(self, stream_id: str) -> float: ...

    async def stats(self) -> Sequence[Entry]: ...


class Call(Emitter[PlainOn[CallEvent], CallEvent]):
    """A call with the page of a Link: `Link.call` and `Link.calls` make it.

    Events: "change" (of the state, or of what is sent on either side).

    Attributes:
        incoming: whether the other page has rung first.
        problem: why it has failed, for people; "" while it has not.
    """

    _EVENTS: ClassVar[Mapping[str, tuple[str, ...]]] = {"change": ()}

    def __init__(
        self,
        desk: Desk,
        sources: Sources,
        tasks: TaskOwner,
        *,
        camera: Source = None,
        microphone: Source = None,
    ) -> None:
        super().__init__(tasks)
        self.incoming = False
        self.problem = ""
        self._desk = desk
        self._sources = sources
        self._sources.bind(self._on_lost)
        self._wanted = camera, microphone
        self._session: CallSession | None = None
        self._muted: set[Slot] = set()
        self._limits: dict[Slot, tuple[int | None, float]] = {}
        self._told = Sending(0, False, False, False, False)  # what the other page has said
        self._recording = False
        self._changes = Announcer()

    def __repr__(self) -> str:
        return f"<Call {self.state.value if self._session else 'not begun'}>"

    # The state

    @property
    def state(self) -> LinkCallState:
        """The current state."""
        return self._session.state if self._session else LinkCallState.CALLING

    @property
    def end(self) -> CallEnd | None:
        """Why it is over; None before."""
        return self._session.reason if self._session else None

    @property
    def ended_there(self) -> bool:
        """Whether the other page has ended it."""
        return self._session is not None and self._session.told

    @property
    def connected(self) -> bool:
        """Whether media flow."""
        return self.state is LinkCallState.CONNECTED

    @property
    def away(self) -> bool:
        """Whether the other page was left: closed, asleep, or loaded again, and then comes back."""
        return self._desk.away

    async def states(self) -> AsyncIterator[LinkCallState]:
        """Iterate over the current state and each later one, ending after ENDED. A slow reader
        skips to the newest.
        """
        async for state in follow(lambda: self.state, self._changes, LinkCallState.ENDED):
            yield state

    async def answered(self) -> None:
        """Return when media flow: what the other page sends is in `remote`.

        Raises:
            CallEnded: it is over before; `end` has the reason.
        """
        while not self.connected:
            await self._change_before_end()
        with contextlib.suppress(TimeoutError):  # it sends nothing, whatever it says
            async with asyncio.timeout(STREAM_TIMEOUT):
                while not self._has_stream:
                    await self._change_before_end()

    async def _change_before_end(self) -> None:
        if self.state is LinkCallState.ENDED:
            raise CallEnded(self._why())
        await self._changes.change()

    @property
    def _has_stream(self) -> bool:
        """Whether the camera and microphone, which the other page says are on, are here."""
        told = self._told
        return not (told.camera or told.microphone) or self.remote.camera is not None

    async def ended(self) -> CallEnd:
        """Return when it is over, and why."""
        while self.end is None:
            await self._changes.change()
        return self.end

    def _why(self) -> str:
        return self.problem or f"the call is over: {self.end.value if self.end else ''}"

    # Beginning and ending

    async def __aenter__(self) -> Call:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: ExceptionType | None,
        error: BaseException | None,
        traceback: object,
    ) -> None:
        self.hang_up()

    async def start(self) -> None:
        """Open the camera and the microphone and ring; if the other page rings already, take that
        call. `async with` does it.

        Raises:
            MediaError: a device could not be had: nobody is called.
            LinkClosed: the Link is over or lost.
            RuntimeError: there is a call with this page already.
        """
        await self._open(*self._wanted)
        try:
            self._desk.begin(self)
        except BaseException:
            self._sources.close()
            raise

    async def accept(self, *, camera: Source = None, microphone: Source = None) -> None:
        """Take a call that rings here, or come back to one that this page was in when it was
        reloaded.

        Args:
            camera, microphone: True, MediaTrackConstraints, or a MediaStreamTrack that is there
                already (of a canvas, say); None to send none.

        Raises:
            MediaError: a device could not be had: it rings on.
            CallEnded: it does not ring any more.
        """
        await self._open(camera, microphone)
        if self._session is None or self.state is LinkCallState.ENDED:
            self._sources.close()
            raise CallEnded(self._why())
        self._session.accept()
        self._desk.publish()
        await self._send(*self.local)

    async def _open(self, camera: Source, microphone: Source) -> None:
        try:
            await self._sources.open(camera, microphone)
            for slot in self._muted:
                self._sources.enable(slot, False)
        except BaseException:
            self._sources.close()
            raise

    def decline(self, *, full: bool = False) -> None:
        """Do not take a call that rings here.

        Args:
            full: whether it is because as many as there can be are in it; the other page is told.
        """
        self._leave(CallEnd.FULL if full else None)

    def hang_up(self) -> None:
        """End it, in whatever state; nothing if it is over."""
        self._leave(None)

    def _leave(self, reason: CallEnd | None) -> None:
        if self._session is not None:
            self._session.leave(reason)
            self._desk.publish()
        self._sources.close()

    # What is sent

    @property
    def local(self) -> dict[Slot, MediaTrack]:
        """The tracks that this page sends, muted or not."""
        return dict(self._sources.tracks)

    async def set_camera(self, source: Source) -> None:
        """Turn the camera on, off, or to another one.

        Args:
            source: see `accept`; None turns it off and releases it.

        Raises:
            MediaError: it could not be had; what was sent before is sent on.
        """
        await self._set(Slot.CAMERA, source)

    async def set_microphone(self, source: Source) -> None:
        """The same for the microphone."""
        await self._set(Slot.MICROPHONE, source)

    async def _set(self, slot: Slot, source: Source) -> None:
        await self._sources.set(slot, source)
        self._sources.enable(slot, slot not in self._muted)
        await self._send(slot)

    def mute(self, on: bool = True, *, slot: Slot = Slot.MICROPHONE) -> None:
        """Send silence (or black), or go on; the device stays open."""
        (self._muted.add if on else self._muted.discard)(slot)
        self._sources.enable(slot, not on)
        self._changed()

    def limit(
        self, slot: Slot = Slot.CAMERA, *, bitrate: int | None = None, scale_down_by: float = 1.0
    ) -> None:
        """Limit what is sent, now and after a reload of either page.

        Args:
            bitrate: bits per second at most; None for what the browser finds fit.
            scale_down_by: what the picture's width and height are divided by; 1 or more.
        """
        if scale_down_by < 1:
            raise ValueError(f"scale_down_by is 1 or more, not {scale_down_by}")
        self._limits[slot] = bitrate, scale_down_by
        self._desk.apply_limits()

    async def share_screen(self, picture: Source = True, *, sound: Source = True) -> None:
        """Share a screen, window or tab beside the camera; call it from a click.

        Args:
            picture: True or MediaTrackConstraints to ask for it, or a track that is there already.
            sound: whether its sound is sent too, where the browser offers that; or its track.

        Raises:
            MediaError: it could not be had, or was not wanted.
        """
        await self._sources.open_screen(picture, sound)
        await self._send(*_SCREEN)

    async def stop_sharing(self) -> None:
        """Share it no more."""
        for slot in _SCREEN:
            self._sources.end(slot)
        await self._send(*_SCREEN)

    def set_recording(self, on: bool) -> None:
        """Tell the other page whether the call is recorded here."""
        self._recording = on
        self._changed()

    # What is received

    @property
    def remote(self) -> RemoteMedia:
        """What the other page sends now."""
        streams, told = self._desk.remote_streams, self._told
        return RemoteMedia(
            streams.get(told.camera_stream),
            streams.get(told.screen_stream) if told.screen else None,
            told.microphone,
            told.camera,
            told.recording,
        )

    @property
    def level(self) -> float:
        """How loud the other page's microphone is now, from 0.0 to 1.0: a voice has some
        hundredths.
        """
        told = self._told
        return self._desk.level(told.camera_stream) if told.microphone else 0.0

    async def stats(self, every: float = 1.0) -> AsyncIterator[CallStats]:
        """Iterate over what the browser measures, until the call is over.

        Args:
            every: seconds between two looks.
        """
        before: Sequence[Entry] = ()
        while self.state is not LinkCallState.ENDED:
            now = await self._desk.stats()
            yield call_stats(before, now)
            before = now
            await asyncio.sleep(every)

    def _on_lost(self, slot: Slot) -> None:
        """A device was unplugged, or "Stop sharing" was pressed."""
        slots = _SCREEN if slot is Slot.SCREEN else (slot,)
        for each in slots:
            self._sources.end(each)  # the sound of a screen that is not shown any more, too
        self._running.start(self._send(*slots), "the end of a track")

    async def _send(self, *slots: Slot) -> None:
        """Send what is in these slots now, and say so."""
        for slot in slots:
            await self._desk.send_track(slot)
        self._changed()

    # Called by LinkCalls

    def _sending(self, id: int, stream_id: Callable[[Slot], str]) -> Sending:
        """What this page sends, for the other one."""
        tracks = self._sources.tracks

        def on(slot: Slot) -> bool:
            return slot in tracks and slot not in self._muted

        return Sending(
            id,
            on(Slot.MICROPHONE),
            on(Slot.CAMERA),
            Slot.SCREEN in tracks,
            self._recording,
            stream_id(Slot.CAMERA),
            stream_id(Slot.SCREEN),
        )

    def _on_sending(self, message: Sending) -> None:
        self._told = message
        self._announce()

    def _changed(self) -> None:
        self._desk.tell_sending()
        self._announce()

    def _announce(self) -> None:
        if self.state is LinkCallState.ENDED:
            self._sources.close()
        self._emit("change")
        self._changes.announce()
