"""Messages with one other page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from enum import Enum
from types import TracebackType
from typing import Any

from peerscript.errors import (
    ConnectionClosed,
    ConnectionLost,
    ConnectTimeout,
    InboxFull,
    NegotiationFailed,
    NotDelivered,
    PeerScriptError,
    UnreadableMessage,
)
from peerscript.inbox import EndOfInbox, Inbox
from peerscript.lifecycle import Lifecycle
from peerscript.ports import Channel
from peerscript.protocol.codecs import Codec, Frame, Signal, codec_for

logger = logging.getLogger("peerscript")

HIGH_WATER = 1024 * 1024  # bytes in the browser's buffer at which `send` waits
INBOX_LIMIT = 64 * 1024 * 1024  # bytes that may lie unread


class ConnectionState(Enum):
    """The life of a connection."""

    CONNECTING = "connecting"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


_MOVES = {
    ConnectionState.CONNECTING: frozenset({ConnectionState.OPEN, ConnectionState.CLOSED}),
    ConnectionState.OPEN: frozenset({ConnectionState.CLOSING, ConnectionState.CLOSED}),
    ConnectionState.CLOSING: frozenset({ConnectionState.CLOSED}),
    ConnectionState.CLOSED: frozenset[ConnectionState](),
}


class DataConnection:
    """An open connection to another page: PeerJS's
    [DataConnection](https://peerjs.com/docs/#dataconnection).

    `Peer.connect` and `Peer.connections` make them. Iterating gives what the other side sends,
    and ends when it closes; `async with` closes at the end.

    Attributes:
        peer: the other page's ID.
        connection_id: PeerJS's name for this connection.
        label, metadata: what the side that connected gave along.
        serialization: "binary", "json" or "raw".
        reliable: ordered delivery.
        close_reason: why it is closed; None while open, and after a close on purpose.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._codec: Codec = codec_for(channel.serialization)
        self._inbox: Inbox[Any] = Inbox(limit=INBOX_LIMIT)
        self._life = Lifecycle(f"connection to {channel.peer}", ConnectionState.CONNECTING, _MOVES)
        self._turn = asyncio.Lock()  # held by a `send` that waits for room, so that none overtakes
        self.peer = channel.peer
        self.connection_id = channel.connection_id
        self.label = channel.label
        self.metadata = channel.metadata
        self.serialization = channel.serialization
        self.reliable = channel.reliable
        self.close_reason: PeerScriptError | None = None
        channel.listen(self)

    def __repr__(self) -> str:
        return f"<DataConnection to {self.peer!r} {self.state.value}>"

    @property
    def state(self) -> ConnectionState:
        """Where in its life the connection is."""
        return self._life.state

    @property
    def open(self) -> bool:
        """Whether messages can be sent."""
        return self.state is ConnectionState.OPEN

    @property
    def opening(self) -> bool:
        """Whether it is still on its way to being open."""
        return self.state is ConnectionState.CONNECTING

    @property
    def buffered_amount(self) -> int:
        """Bytes sent and not yet out of this page (`RTCDataChannel.bufferedAmount`)."""
        return self._channel.buffered_amount

    @property
    def max_message_size(self) -> int:
        """Bytes that fit into one frame. "binary" cuts larger messages up; "json" and "raw"
        refuse them (`RTCSctpTransport.maxMessageSize`).
        """
        return self._channel.max_frame_size

    async def send(self, value: Any) -> None:
        """Send a value. Returns when the browser has it; waits while the browser's buffer is full.

        Messages leave in the order of the calls. Cancelling drops what has not been handed over:
        the whole message, or the rest of one that travels in pieces, which then never arrives.

        Raises:
            SerializationError: the value cannot arrive as it is. Nothing was sent.
            MessageTooBig: it is larger than one message may be. Nothing was sent.
            ConnectionClosed: the connection is closed, or closed while waiting for room.
        """
        self._require_open()
        frames = self._codec.encode(value, self._channel.max_frame_size)
        if len(frames) == 1 and self._has_room() and not self._turn.locked():
            self._channel.send(frames[0])
            return
        async with self._turn:
            for frame in frames:
                while not self._has_room():
                    await self._life.change()
                self._require_open()
                self._channel.send(frame)

    def _has_room(self) -> bool:
        return self._channel.buffered_amount <= HIGH_WATER or not self.open

    def _require_open(self) -> None:
        if not self.open:
            reason = self.close_reason or ConnectionClosed(
                f"the connection to {self.peer} is {self.state.value}"
            )
            raise reason

    async def receive(self) -> Any:
        """Return the next message; what arrived before the connection closed can still be read.

        Cancelling is safe: nothing is lost.

        Raises:
            ConnectionClosed: closed by either side, and read to the end.
            ConnectionLost: broken, and read to the end.
        """
        try:
            return await self._inbox.get()
        except EndOfInbox:
            raise ConnectionClosed(f"{self.peer} closed the connection") from None

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._inbox

    async def close(self, *, flush: bool = True, timeout: float = 10.0) -> None:
        """Close the connection; closing a closed one does nothing.

        Args:
            flush: let what was sent go out first; False drops it.
            timeout: seconds that flushing may take.

        Raises:
            NotDelivered: not everything had left this page in time. It is closed all the same.
        """
        if self.open and flush:
            self._life.move(ConnectionState.CLOSING)
            self._channel.finish()
        if self.state is ConnectionState.CLOSING:
            await self._flushed(timeout)
        else:
            self._end(None)

    async def _flushed(self, timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout):
                while self.state is not ConnectionState.CLOSED:
                    await self._life.change()
        except TimeoutError:
            left = self._channel.buffered_amount
            self._end(None)
            raise NotDelivered(f"{left} bytes had not left after {timeout} s") from None
        except asyncio.CancelledError:
            self._end(None)
            raise
        if isinstance(self.close_reason, NotDelivered):
            raise self.close_reason

    async def wait_closed(self) -> None:
        """Return once the connection is closed, whoever closed it; then see `close_reason`."""
        while self.state is not ConnectionState.CLOSED:
            await self._life.change()

    async def __aenter__(self) -> DataConnection:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close(flush=kind is None)

    async def opened(self, timeout: float) -> None:
        """Wait for the connection to open. `Peer.connect` has done so already.

        Raises:
            ConnectError: it did not, and why. Then, and when cancelled, nothing is left behind.
        """
        try:
            async with asyncio.timeout(timeout):
                while self.state is ConnectionState.CONNECTING:
                    await self._life.change()
        except TimeoutError:
            self._end(None)
            raise ConnectTimeout(f"{self.peer} did not answer within {timeout:g} s") from None
        except asyncio.CancelledError:
            self._end(None)
            raise
        if self.close_reason is not None:
            raise self.close_reason

    def fail(self, error: PeerScriptError) -> None:
        """End it with a reason, from this side."""
        self._end(error)

    # What the channel tells (ports.ChannelEvents)

    def on_open(self) -> None:
        if self.state is ConnectionState.CONNECTING:
            self._life.move(ConnectionState.OPEN)

    def on_frame(self, frame: Frame) -> None:
        try:
            value = self._codec.decode(frame)
        except UnreadableMessage as error:
            logger.warning("a message from %s was dropped: %s", self.peer, error)
            return
        if value is Signal.CLOSE:
            self._end(None)
        elif value is not Signal.PENDING:
            try:
                self._inbox.put(value, len(frame))
            except InboxFull as error:
                self._end(error)

    def on_room(self) -> None:
        self._life.announce()

    def on_close(self, error: PeerScriptError | None) -> None:
        if self.state is ConnectionState.CLOSING and self._channel.buffered_amount:
            error = NotDelivered(f"{self._channel.buffered_amount} bytes had not left")
        elif self.opening and (error is None or isinstance(error, ConnectionLost)):
            error = NegotiationFailed(f"the connection to {self.peer} ended before it was open")
        self._end(error)

    def _end(self, reason: PeerScriptError | None) -> None:
        if self.state is ConnectionState.CLOSED:
            return
        self.close_reason = reason
        self._channel.abandon()
        self._life.move(ConnectionState.CLOSED)
        self._inbox.close(reason)
