"""A data channel of our own beside a DataConnection: frames in order, with backpressure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from enum import Enum
from typing import Protocol

from peerscript.aio.inbox import EndOfInbox, Inbox
from peerscript.aio.lifecycle import Lifecycle
from peerscript.errors import ConnectionClosed, InboxFull, PeerScriptError
from peerscript.ports import Wire, WireEvents
from peerscript.protocol.values.codecs import Frame

HIGH_WATER = 1024 * 1024  # bytes in the browser's buffer at which a sender waits
CHECK_EVERY = 64 * 1024  # bytes between two checks of that buffer, each a call into JavaScript


class WireState(Enum):
    """The life of a wire."""

    CONNECTING = "connecting"
    OPEN = "open"
    CLOSED = "closed"


_MOVES = {
    WireState.CONNECTING: frozenset({WireState.OPEN, WireState.CLOSED}),
    WireState.OPEN: frozenset({WireState.CLOSED}),
    WireState.CLOSED: frozenset[WireState](),
}


class Opener(Protocol):
    """What opens a data channel: a ports.Channel, or a ports.datapath.DataPath."""

    peer: str

    def open_wire(self, id: int, label: str, events: WireEvents) -> Wire:
        """See `Channel.open_wire`."""


class SideChannel:
    """Another data channel on a connection's RTCPeerConnection. Both sides open it under the same
    ID; what is sent before the other side has opened its end is lost.

    Iterating gives the frames that arrive, and ends when it is closed.

    Args:
        inbox_limit: bytes that may be unread; it closes when more arrive.

    Raises:
        ConnectionClosed: the connection is not open.
    """

    def __init__(self, channel: Opener, id: int, label: str, *, inbox_limit: int) -> None:
        self._peer = channel.peer
        self._life = Lifecycle(f"{label} to {channel.peer}", WireState.CONNECTING, _MOVES)
        self._inbox: Inbox[Frame] = Inbox(label, limit=inbox_limit)
        self._unchecked = 0
        events = WireEvents(self._on_open, self._on_frames, self._on_buffer_low, self._on_close)
        self._wire = channel.open_wire(id, label, events)

    async def opened(self) -> None:
        """Wait until it is open.

        Raises:
            ConnectionClosed: it is closed.
        """
        while self._life.state is WireState.CONNECTING:
            await self._life.change()
        if self._life.state is WireState.CLOSED:
            raise ConnectionClosed(f"the channel to {self._peer} is closed")

    async def send(self, frame: Frame) -> None:
        """Send a frame; waits while it is not open yet, or the browser's buffer is full.

        Raises:
            ConnectionClosed: it is closed.
        """
        while self._life.state is WireState.CONNECTING or self._is_full():
            await self._life.change()
        if self._life.state is WireState.CLOSED:
            raise ConnectionClosed(f"the channel to {self._peer} is closed")
        self._unchecked += len(frame)
        self._wire.send(frame)

    def _is_full(self) -> bool:
        if self._life.state is not WireState.OPEN or self._unchecked < CHECK_EVERY:
            return False
        if self._wire.buffered_amount > HIGH_WATER:
            return True
        self._unchecked = 0
        return False

    async def __aiter__(self) -> AsyncIterator[Frame]:
        while True:
            try:
                yield await self._inbox.get()
            except EndOfInbox:
                return

    def close(self) -> None:
        """Close it. Closing twice does nothing."""
        self._end(None)

    def _end(self, error: PeerScriptError | None) -> None:
        if self._life.state is not WireState.CLOSED:
            self._life.move(WireState.CLOSED)
            self._wire.close()
            self._inbox.close(error)

    # Reports of the browser

    def _on_open(self) -> None:
        self._life.move(WireState.OPEN)

    def _on_frames(self, frames: Sequence[Frame]) -> None:
        try:
            self._inbox.put_all((frame, len(frame)) for frame in frames)
        except InboxFull as error:
            self._end(error)

    def _on_buffer_low(self) -> None:
        self._life.announce()

    def _on_close(self, error: PeerScriptError | None) -> None:
        self._end(error)
