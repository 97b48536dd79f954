"""The media of a call: one RTCPeerConnection after the other, proved before anything is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from peerscript.aio.tasks import TaskOwner
from peerscript.calls.negotiation import Negotiation
from peerscript.errors import NegotiationFailed
from peerscript.ports.mediapath import MediaPath, MediaPathEvents, MediaTrack, Slot
from peerscript.ports.streams import MediaStream
from peerscript.protocol.calls.messages import CallMessage, Candidate, Description
from peerscript.protocol.calls.stats import Entry

MAX_STREAMS = 8  # of the other page
PROOF_INTERVAL = 0.05  # seconds
BROKEN = ("disconnected", "failed")  # states of an RTCPeerConnection
RESTART_AFTER = 2.0  # seconds of "disconnected" before another path is looked for


@dataclass(frozen=True)
class PathEvents:
    """What happens to the media's path.

    Attributes:
        connected: it is there, and proved.
        disconnected: it is broken; another one is looked for.
        streams: the other page's streams have changed.
        failed: there will be none.
    """

    connected: Callable[[], None]
    disconnected: Callable[[], None]
    streams: Callable[[], None]
    failed: Callable[[NegotiationFailed], None]


class CallPath:
    """The media path of a call, as long as it is the same RTCPeerConnection.

    Attributes:
        streams: the other page's, by their IDs; empty until the path is proved.

    Args:
        certificate: the SHA-256 that the other page's certificate must have.
        polite: see `Negotiation`.
    """

    def __init__(
        self,
        path: MediaPath,
        call: int,
        *,
        polite: bool,
        certificate: Callable[[], bytes],
        say: Callable[[CallMessage], None],
        events: PathEvents,
        tasks: TaskOwner,
    ) -> None:
        self._path = path
        self._certificate = certificate
        self._events = events
        self._polite = polite
        self._found: dict[str, MediaStream] = {}
        self._proved = False
        self._waiting: asyncio.Task[None] | None = None
        self._over = False
        self._tasks = TaskOwner("a call's media", tasks)
        self._negotiation = Negotiation(
            path, call, polite=polite, say=say, agreed=self._prove, failed=self._fail
        )
        path.bind(
            MediaPathEvents(
                on_negotiation_needed=self._negotiation.on_needed,
                on_candidate=self._negotiation.on_candidate,
                on_stream=self._on_stream,
                on_state=self._on_state,
            )
        )
        self._tasks.start(self._negotiation.run())
        if not polite:
            path.receive()

    @property
    def streams(self) -> dict[str, MediaStream]:
        return self._found if self._proved else {}

    def on_message(self, message: Description | Candidate) -> None:
        """The other page negotiates."""
        self._negotiation.on_message(message)

    async def send(self, slot: Slot, track: MediaTrack | None) -> None:
        """Send a track instead of the one before."""
        if not self._over:
            await self._path.send(slot, track)

    def stream_id(self, slot: Slot) -> str:
        """The ID of the stream with a slot's track."""
        return self._path.stream_id(slot)

    def limit(self, slot: Slot, *, bitrate: int | None, scale_down_by: float) -> None:
        """See `MediaPath.limit`."""
        self._path.limit(slot, bitrate=bitrate, scale_down_by=scale_down_by)

    def level(self, stream_id: str) -> float:
        """See `MediaPath.level`; silence before the path is proved."""
        return self._path.level(stream_id) if self._proved and not self._over else 0.0

    def retry(self) -> None:
        """Look for another path, if this one is broken. One of the two pages is enough."""
        if not self._over and not self._polite and self._path.state in BROKEN:
            self._path.restart_ice()

    async def stats(self) -> Sequence[Entry]:
        """See `MediaPath.stats`."""
        return () if self._over else await self._path.stats()

    def close(self) -> None:
        """End it."""
        if not self._over:
            self._over = True
            self._path.close()
            self._tasks.cancel()

    def _on_stream(self, id: str, stream: MediaStream) -> None:
        self._found[id] = stream
        if len(self._found) > MAX_STREAMS:
            self._fail(NegotiationFailed("the other page sends too many streams"))
        elif self._proved:
            self._events.streams()

    def _on_state(self, state: str) -> None:
        if state == "connected":
            self._prove()
        elif state in BROKEN:
            self._events.disconnected()
            self._tasks.start(self._restart(0.0 if state == "failed" else RESTART_AFTER, state))

    def _prove(self) -> None:
        """The other end must be the page of the Link: the SDP came over the Link, but what the
        browser has connected to is what counts, for each of the transports that they agree on.
        """
        if self._over or self._path.state != "connected" or not self._path.stable:
            return  # Chromium sometimes connects before the answer is applied
        seen = self._path.fingerprints()
        if seen is None:  # of several transports, the one that they agreed on is not ready yet
            if self._waiting is None:
                self._waiting = self._tasks.start(self._prove_soon())
        elif seen.remote != self._certificate():
            self._fail(NegotiationFailed("the call did not lead to the other page"))
        else:
            self._proved = True
            self._events.connected()

    async def _prove_soon(self) -> None:
        """No event tells of it, where the state of the whole was "connected" before."""
        await asyncio.sleep(PROOF_INTERVAL)
        self._waiting = None
        self._prove()

    async def _restart(self, delay: float, state: str) -> None:
        await asyncio.sleep(delay)
        if self._path.state == state:
            self.retry()

    def _fail(self, error: NegotiationFailed) -> None:
        if not self._over:
            self.close()
            self._events.failed(error)
