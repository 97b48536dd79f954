"""PeerJS's DataConnection: messages with one other page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar, Final

from peerscript.aio.events import Emitter
from peerscript.aio.inbox import EndOfInbox, Inbox
from peerscript.aio.lifecycle import ExceptionType, Lifecycle
from peerscript.aio.tasks import TaskOwner, report
from peerscript.aio.timeouts import check_timeout
from peerscript.data.closing import leave
from peerscript.data.decoding import decoded
from peerscript.data.events import CONNECTION_EVENTS, ConnectionEvent, ConnectionOn
from peerscript.data.foreign import draft_for
from peerscript.data.hello import wait_for_hello
from peerscript.data.outbox import Outbox
from peerscript.data.state import CONNECTION_MOVES, ConnectionState
from peerscript.data.wire import SideChannel
from peerscript.errors import (
    ConnectionClosed,
    ConnectionLost,
    ConnectTimeout,
    InboxFull,
    NegotiationFailed,
    NotDelivered,
    PeerScriptError,
    SerializationError,
    UnreadableMessage,
)
from peerscript.ports import Channel, ChannelEvents, Fingerprints
from peerscript.protocol.values.codecs import Codec, Frame, Undecided, codec_for

logger = logging.getLogger("peerscript")

INBOX_LIMIT = 64 * 1024 * 1024  # bytes that may be unread


class DataConnection(Emitter[ConnectionOn, ConnectionEvent]):
    """An open connection to another page: PeerJS's
    [DataConnection](https://peerjs.com/docs/#dataconnection).

    `Peer.connect` and `Peer.connections` make them. Iterating gives what the other side sends,
    and ends when it closes; `async with` closes at the end. Or, in PeerJS's style, `on("data")`,
    "open", "close", "error", "iceStateChanged".

    Attributes:
        type: "data".
        peer: the other page's ID.
        connection_id: PeerJS's name for this connection.
        label, metadata: what the connecting side sent along.
        serialization: "binary", "json", "raw", "msgpack", or one of your own.
        reliable: ordered delivery.
        close_reason: why it is closed; None while open, and after a close on purpose.
    """

    _EVENTS = CONNECTION_EVENTS

    _PEERJS_NAMES: ClassVar[Mapping[str, str]] = {
        **Emitter._PEERJS_NAMES,
        "bufferSize": "buffered_amount",
    }

    type: Final = "data"

    def __init__(
        self, channel: Channel, codec: Codec | None = None, owner: TaskOwner | None = None
    ) -> None:
        super().__init__(owner)
        self._channel = channel
        self._codec = codec or codec_for(channel.serialization)
        self._outbox = Outbox(channel, self._codec)
        self._inbox: Inbox[Any] = Inbox(f"the connection to {channel.peer}", limit=INBOX_LIMIT)
        self._event_mode = False  # whether `on("data")` takes the messages
        self._life = Lifecycle(
            f"connection to {channel.peer}", ConnectionState.CONNECTING, CONNECTION_MOVES
        )
        self._send_lock = asyncio.Lock()  # so that no `send` overtakes one that waits
        self._waiting_sends = 0
        self._opened_at = 0.0
        self._end_emitted = False
        self.peer = channel.peer
        self.connection_id = channel.connection_id
        self.label = channel.label
        self.metadata = channel.metadata
        self.serialization = channel.serialization
        self.reliable = channel.reliable
        self.close_reason: PeerScriptError | None = None
        channel.bind(
            ChannelEvents(
                on_open=self._on_open,
                on_frames=self._on_frames,
                on_buffer_low=self._on_buffer_low,
                on_ice_state=self._on_ice_state,
                on_close=self._on_close,
            )
        )

    def __repr__(self) -> str:
        return f"<DataConnection to {self.peer!r} {self.state.value}>"

    @property
    def state(self) -> ConnectionState:
        """The current state."""
        return self._life.state

    @property
    def open(self) -> bool:
        """Whether messages can be sent."""
        return self._life.state is ConnectionState.OPEN

    @property
    def buffered_amount(self) -> int:
        """Bytes sent that have not left this page yet (`RTCDataChannel.bufferedAmount`)."""
        return self._outbox.buffered_amount

    @property
    def unread(self) -> int:
        """The number of messages that have arrived and were not read."""
        return self._inbox.count

    @property
    def max_message_size(self) -> int:
        """Bytes of one frame, `RTCSctpTransport.maxMessageSize`: "json" and "raw" refuse more."""
        return self._channel.max_frame_size

    @property
    def peer_connection(self) -> Any:
        """The browser's own
        [RTCPeerConnection](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection).
        """
        return self._channel.peer_connection

    @property
    def data_channel(self) -> Any:
        """The browser's own
        [RTCDataChannel](https://developer.mozilla.org/docs/Web/API/RTCDataChannel).
        """
        return self._channel.data_channel

    def _open_side_channel(self, id: int, label: str, *, inbox_limit: int) -> SideChannel:
        """Open a data channel of our own on the same RTCPeerConnection; see SideChannel."""
        return SideChannel(self._channel, id, label, inbox_limit=inbox_limit)

    @property
    def fingerprints(self) -> Fingerprints | None:
        """The certificates that secure it; None before it is open and after it is closed."""
        return self._channel.fingerprints()

    async def send(self, value: Any) -> None:
        """Send a value; `docs/values.md` says what arrives as what. The browser's File, Blob,
        ArrayBuffer and typed arrays arrive as bytes, also inside of lists and dicts.

        Returns when the browser has it, or will have it at the end of this turn of the event
        loop; waits while the browser's buffer is full, or a File is read. Messages leave in the
        order of the calls. Cancelling drops what was not handed to the browser: the whole message,
        or the rest of one that is sent in pieces, which then never arrives.

        Raises:
            SerializationError: it cannot arrive as it is, or a File be read. Nothing was sent.
            MessageTooBig: it is larger than one message may be. Nothing was sent.
            ConnectionClosed: the connection is closed, or closed while waiting for room.
        """
        if self._life.state is not ConnectionState.OPEN:
            raise self._closed()
        draft = None
        try:
            frames: Sequence[Frame] = self._codec.encode(value, self._channel.max_frame_size)
        except (SerializationError, Undecided) as refusal:
            frames = ()
            draft = draft_for(
                self._codec, value, self.serialization, self.max_message_size, refusal
            )
        if len(frames) == 1 and not self._waiting_sends and not self._outbox.full:
            self._outbox.put(frames[0])
            return
        self._waiting_sends += 1
        try:
            async with self._send_lock:
                if draft is not None:
                    value = await draft.read()
                await self._send_all(frames or await self._encode_when_known(value))
        finally:
            self._waiting_sends -= 1

    async def _send_all(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            while self.open and self._outbox.full:
                await self._life.change()
            if not self.open:
                raise self._closed()
            self._outbox.put(frame)

    async def _encode_when_known(self, value: Any) -> Sequence[Frame]:
        """Wait until it is known whether the other page is PeerScript too."""
        while self.open:
            try:
                return self._codec.encode(value, self._channel.max_frame_size)
            except Undecided:
                await wait_for_hello(self._codec, self._opened_at, self._life.change)
        raise self._closed()

    def _closed(self) -> PeerScriptError:
        return self.close_reason or ConnectionClosed(
            f"the connection to {self.peer} is {self.state.value}"
        )

    async def receive(self) -> Any:
        """Return the next message; what arrived before the connection closed can still be read.

        Cancelling is safe: nothing is lost.

        Raises:
            ConnectionClosed: closed by either side, and read to the end.
            ConnectionLost: broken, and read to the end.
            RuntimeError: another task or `on("data")` reads already.
        """
        self._require_no_handler()
        try:
            return await self._inbox.get()
        except EndOfInbox:
            raise ConnectionClosed(f"{self.peer} closed the connection") from None

    def __aiter__(self) -> AsyncIterator[Any]:
        self._require_no_handler()
        return aiter(self._inbox)

    def _require_no_handler(self) -> None:
        if self._event_mode:
            raise RuntimeError('on("data") reads this connection already')

    async def close(self, *, flush: bool = True, timeout: float = 10.0) -> None:
        """Close the connection; closing a closed one does nothing.

        Args:
            flush: let what was sent go out first; False drops it.
            timeout: seconds that flushing may take.

        Raises:
            NotDelivered: not everything had left this page in time. It is closed all the same.
        """
        check_timeout(timeout)
        begins = self.open and flush
        if begins:
            self._flush_outbox()
            self._life.move(ConnectionState.CLOSING)
        if self.state is ConnectionState.CLOSING:
            await self._flushed(timeout, ask=begins)
        else:
            self._end(None)

    def _flush_outbox(self) -> None:
        try:
            self._outbox.flush()
        except ConnectionClosed as error:
            words = f"{self.peer} closed before {self.buffered_amount} bytes had left"
            self._end(NotDelivered(words))
            raise NotDelivered(words) from error

    async def _flushed(self, timeout: float, *, ask: bool) -> None:
        try:
            async with asyncio.timeout(timeout):
                if ask:
                    await leave(self._channel, self._codec, self._opened_at, self.wait_closed)
                await self.wait_closed()
        except TimeoutError:
            left = self.buffered_amount
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
        kind: ExceptionType | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close(flush=kind is None)

    async def _wait_open(self, timeout: float) -> None:
        """Wait for the connection to open.

        Raises:
            ConnectError: it did not, and why. Then, and when cancelled, nothing is left behind.
        """
        try:
            async with asyncio.timeout(timeout):
                while self.state is ConnectionState.CONNECTING:
                    await self._life.change()
        except TimeoutError:
            self._end(ConnectTimeout(f"{self.peer} did not answer within {timeout:g} s"))
        except asyncio.CancelledError:
            self._end(None)
            raise
        if self.close_reason is not None:
            raise self.close_reason

    # Events (events.Emitter)

    def _past(self, event: str) -> tuple[object, ...] | None:
        happened = {"open": self._opened_at > 0, "close": self._end_emitted}
        return () if happened.get(event) else None

    def _handler_added(self, event: str) -> None:
        if event == "data" and not self._event_mode:
            if self._inbox.has_reader:
                raise RuntimeError("something reads this connection already")
            self._event_mode = True
            self._running.start(self._dispatch())

    async def _dispatch(self) -> None:
        try:
            while True:
                await self._emit_in_turn("data", await self._inbox.get())
        except (EndOfInbox, ConnectionClosed):
            pass  # `_emit_end` reports it
        finally:
            self._emit_end()  # also when the Peer is closed and a handler does not end

    def _emit_end(self) -> None:
        emitted, self._end_emitted = self._end_emitted, True
        if not emitted and self.close_reason is not None:
            self._emit("error", self.close_reason)
        if not emitted:
            self._emit("close")

    # Reports of the channel

    def _on_open(self) -> None:
        if self.state is ConnectionState.CONNECTING:
            self._opened_at = asyncio.get_running_loop().time()
            try:
                if self._codec.hello is not None:
                    self._channel.send(self._codec.hello)
            except ConnectionClosed as error:
                logger.debug("%s closed while it opened: %s", self.peer, error)
                return  # `_on_close` follows
            self._life.move(ConnectionState.OPEN, lambda: self._emit("open"))

    def _on_frames(self, frames: Sequence[Frame]) -> None:
        values, problems, closes = decoded(self._codec, frames)
        try:
            self._inbox.put_all(values)
        except InboxFull as error:
            self._end(error.with_traceback(None))  # which has all that came with it
        self._report(problems)
        if closes:
            self._end(None)
        elif self._waiting_sends:
            self._life.announce()  # a `send` may wait to know whether the other page is PeerScript

    def _report(self, problems: Sequence[Exception]) -> None:
        for problem in problems:
            if isinstance(problem, UnreadableMessage):
                logger.warning("a message from %s was dropped: %s", self.peer, problem)
                self._emit("error", problem)
            else:
                report(f"the codec of {self}", problem)

    def _on_buffer_low(self) -> None:
        self._life.announce()

    def _on_ice_state(self, state: str) -> None:
        self._emit("iceStateChanged", state)

    def _on_close(self, error: PeerScriptError | None) -> None:
        opening = self.state is ConnectionState.CONNECTING
        if self.state is ConnectionState.CLOSING and self.buffered_amount:
            error = NotDelivered(f"{self.buffered_amount} bytes had not left")
        elif opening and (error is None or isinstance(error, ConnectionLost)):
            error = NegotiationFailed(f"the connection to {self.peer} ended before it was open")
        elif isinstance(error, NegotiationFailed) and not opening:
            error = ConnectionLost(str(error))  # PeerJS has one error type for both
        self._end(error)

    def _end(self, reason: PeerScriptError | None) -> None:
        if self.state is ConnectionState.CLOSED:
            return
        self.close_reason = reason
        self._outbox.drop()
        self._channel.abandon()
        self._life.move(ConnectionState.CLOSED, None if self._event_mode else self._emit_end)
        self._inbox.close(reason)
