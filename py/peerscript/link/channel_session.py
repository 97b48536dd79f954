"""The protocol of one channel: numbers, parts, acknowledgements, backpressure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, MutableMapping
from functools import partial
from typing import Any

from peerscript.aio.lifecycle import Announcer
from peerscript.errors import (
    LinkClosed,
    LinkMisused,
    MessageTooBig,
    NoSuchChannel,
    OutboxFull,
    PeerScriptError,
    StorageFull,
)
from peerscript.link.acks import AckTimer
from peerscript.link.channel_inbox import MESSAGE_COST, ChannelInbox
from peerscript.link.path import Path
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.delivery import Lane, Newest, OutOfSequence
from peerscript.protocol.link.envelope import MAX_HEAD, Assembly, Envelope, envelopes
from peerscript.protocol.link.journal import Entry, Journal, JournalFull
from peerscript.protocol.link.messages import Ack, NoChannel, Opened
from peerscript.protocol.link.striping import Early
from peerscript.protocol.vocabulary import Malformed

logger = logging.getLogger("peerscript")

WINDOW = 2 * 1024 * 1024  # bytes that may be in flight, or unread at the other side
PART_SIZE = 16 * 1024 - MAX_HEAD  # bytes of a message in one frame
_LIMITED = (Mode.RELIABLE, Mode.BULK)  # where `send` waits


class ChannelSession:
    """One channel of a Link.

    Attributes:
        missing: whether the other page has said that it has no such channel.

    Args:
        storage: where kept messages are saved.
        prefix: of the names of their records.
        send_error: returns why nothing of that mode can be sent over the Link; None if it can.
    """

    def __init__(
        self,
        name: str,
        mode: Mode,
        storage: MutableMapping[str, str],
        prefix: str,
        send_error: Callable[[Mode], PeerScriptError | None],
    ) -> None:
        self.name = name
        self.mode = mode
        self.journal = (
            Journal(storage, f"{prefix}{name}:", time.time) if mode is Mode.KEPT else None
        )
        self._lane = self._new_lane()
        self._send_error = send_error
        self._inbox: ChannelInbox[Any] | None = None
        self._emit: Callable[..., None] = lambda *_: None
        self._changes = Announcer()
        self._send_lock = asyncio.Lock()  # so that no `send` overtakes a waiting one
        self._path: Path | None = None
        self._flowing = False  # whether the other side has opened it on this path
        self._pending = False  # whether a live channel has a deferred frame queued
        self.missing = False
        self._assembly = Assembly()
        self._early = Early()
        self._read = 0  # the number of the last message that was read here
        self._acknowledged = 0
        self._arrived_size = 0  # bytes of memory that all messages took
        # A kept message's sender looks at "delivered", and one of bulk fills the window always.
        much = 0 if mode in (Mode.KEPT, Mode.BULK) else WINDOW // 4
        self._acks = AckTimer(much, self._read_size, self._acknowledge)

    def _new_lane(self) -> Lane | Newest:
        if self.journal is not None:
            return self.journal.lane
        return Newest() if self.mode is Mode.LIVE else Lane()

    def bind(self, inbox: ChannelInbox[Any], emit: Callable[..., None]) -> None:
        """Deliver messages to an inbox and events to `emit` from now on."""
        self._inbox, self._emit = inbox, emit
        self._read = self._acknowledged = self._lane.received

    @property
    def entries(self) -> list[Entry]:
        """The journal of a kept channel, oldest first; empty for others."""
        return self.journal.entries if self.journal is not None else []

    @property
    def flowing(self) -> bool:
        """Whether the other side has opened it too, and there is a path."""
        return self._flowing

    async def opened(self) -> None:
        """Return when it is `flowing`.

        Raises:
            LinkClosed, NoSuchChannel: nothing can be sent now.
        """
        while not self._flowing:
            self._require_open()
            await self._changes.change()

    async def change(self) -> None:
        """Return when something may have changed for senders."""
        await self._changes.change()

    # Called by the channel

    async def send(self, payload: bytes) -> Entry:
        """Send a message; see `Channel.send`."""
        if self.mode not in _LIMITED:
            return self.send_nowait(payload)
        self.check(len(payload))
        async with self._send_lock:
            self._require_open()  # it may have ended while this call waited
            await self.drain()
            return self._send(payload)

    def send_nowait(self, payload: bytes, limit: int | None = None) -> Entry:
        """Send a message; see `Channel.send_nowait`."""
        self.check(len(payload))
        full = self.full or self._send_lock.locked()
        if limit is not None:
            full = self._unread >= limit
        if full and self.mode in _LIMITED:
            raise OutboxFull(f"{self._lane.waiting_size} bytes wait to be read over there")
        return self._send(payload)

    @property
    def full(self) -> bool:
        """See `Channel.full`."""
        return self.mode in _LIMITED and self._unread >= WINDOW

    async def drain(self) -> None:
        """See `Channel.drain`."""
        while self.full:
            await self._changes.change()
            self._require_open()

    def check(self, size: int) -> None:
        """Raise what forbids a message of so many bytes now; see `Channel.send`."""
        if size > self.mode.max_message:
            raise MessageTooBig(f"{size} bytes in one message; at most {self.mode.max_message}")
        self._require_open()

    def _require_open(self) -> None:
        if self.missing:
            raise NoSuchChannel(f'the other page has no channel "{self.name}" of this kind')
        if error := self._send_error(self.mode):
            raise error

    @property
    def _unread(self) -> int:
        """Bytes of memory that the messages take which are in flight or unread over there."""
        return self._lane.waiting_size + self._lane.waiting * MESSAGE_COST

    def _send(self, payload: bytes) -> Entry:
        if self.journal is not None:
            try:
                entry = self.journal.send(payload)
            except JournalFull as error:
                raise OutboxFull(f"too much waits to be delivered: {error}") from error
        else:
            entry = Entry(self._lane.send(payload), True, payload, time.time(), False)
        if self._flowing:
            self._transmit(entry.number, payload)
        return entry

    async def flush(self) -> None:
        """Return when everything that was sent has arrived; see `Channel.flush`."""
        lane, last = self._lane, self._lane.sent
        while lane.sent - lane.waiting < last:
            self._require_open()
            if lane is not self._lane:
                raise LinkClosed(f"{self.name}: the other page was loaded anew")
            await self._changes.change()

    def read(self, number: int) -> None:
        """Note that the inbox was read up to this message. When nothing is unread, messages after
        it that were not delivered (kinds of a later version) count as read.
        """
        unread = self._inbox is not None and self._inbox.unread
        self._read = number if unread else self._lane.received
        self._ack_soon()

    # Called by the Link

    def attach(self, path: Path | None) -> None:
        """Continue on another path, or on none for now."""
        self._path = path
        self._flowing = self._pending = self.missing = False
        self._assembly.clear()
        self._early.clear()
        if path is not None:
            path.send_message(Opened(self._confirmed, self.name, self.mode.value))

    def restart(self) -> None:
        """The other page was reloaded: unless kept, the channel starts over."""
        if self.mode is not Mode.KEPT:
            self._lane = self._new_lane()
            self._early.clear()
            self._read = self._acknowledged = 0
            if self._inbox is not None:
                self._inbox.clear()
        self._emit("restart")
        self.announce()

    def announce(self) -> None:
        """Wake waiting senders, so that they check the state again."""
        self._changes.announce()

    def close(self) -> None:
        """Stop sending and receiving; what has arrived can still be read."""
        self.attach(None)
        self._acks.stop()
        if self._inbox is not None:
            self._inbox.close()
        self.announce()

    # Messages of the other side

    def on_opened(self, message: Opened, *, same_epoch: bool) -> None:
        """The other side has opened this channel.

        Args:
            same_epoch: whether its numbers refer to this load of this page.

        Raises:
            LinkMisused: it confirms what was not sent.
        """
        if message.mode != self.mode.value:
            logger.warning(
                'channel "%s" is %s here and "%.10s" there',
                self.name,
                self.mode.value,
                message.mode,
            )
            if self._path is not None:
                self._path.send_message(NoChannel(self.name))
            self.on_missing()
            return
        if same_epoch or self.mode is Mode.KEPT:
            self.on_ack(message.received)
        found, self.missing = self.missing, False
        self._flowing = True
        for number, payload in self._lane.unconfirmed():
            self._transmit(number, payload)
        self._ack_soon()  # of what was read since this side sent its Opened
        self.announce()
        if found:
            self._emit("opened")

    def on_ack(self, number: int) -> None:
        """The other side has everything up to this number.

        Raises:
            LinkMisused: nothing of that number was sent.
        """
        try:
            if self.journal is not None:
                for entry in self.journal.acknowledge(number):
                    self._emit_delivered(entry)
            else:
                self._lane.acknowledge(number)
        except OutOfSequence as error:
            raise LinkMisused(f"{self.name}: {error}") from error
        self.announce()

    def on_missing(self) -> None:
        """The other side has no such channel."""
        self._flowing = False
        if not self.missing:
            self.missing = True
            self._emit("missing")
            self.announce()

    def on_envelope(self, envelope: Envelope) -> None:
        """A message, or a part of one, has arrived.

        Raises:
            LinkMisused: it is invalid.
            StorageFull: it could not be saved, and so is not acknowledged.
        """
        try:
            payload = self._assembly.add(envelope, self.mode.max_message)
            if payload is None:
                return
            for number, each in self._in_order(envelope.number, payload):
                self._take(number, each)
        except (Malformed, OutOfSequence) as error:
            raise LinkMisused(f"{self.name}: {error}") from error
        except JournalFull as error:
            raise StorageFull(str(error)) from error
        self._ack_soon()

    def _in_order(self, number: int, payload: bytes) -> Iterable[tuple[int, bytes]]:
        """Messages of bulk may have overtaken each other."""
        if self.mode is Mode.BULK:
            return self._early.take(number, payload, self._lane.received)
        return ((number, payload),)

    def _take(self, number: int, payload: bytes) -> None:
        if self._inbox is None:
            return
        # Decoded before it is saved: an invalid message must not come back with every reload.
        entry = Entry(number, False, payload, time.time(), delivered=True)
        message = self._inbox.received(entry)
        if self.journal is not None:
            is_new = self.journal.take(number, payload) is not None
        else:
            is_new = self._lane.take(number)
        if is_new and message is not None:
            self._inbox.take(message, len(payload))
            self._arrived_size += len(payload) + MESSAGE_COST
        elif is_new and not self._inbox.unread:
            self.read(number)

    def _emit_delivered(self, entry: Entry) -> None:
        message = self._inbox.message(entry) if self._inbox is not None else None
        if message is not None:
            self._emit("delivered", message)

    # Sending

    def _transmit(self, number: int, payload: bytes) -> None:
        if self._path is None:
            return
        if self.mode is Mode.LIVE:
            if not self._pending:
                self._pending = True
                self._path.send_frame(partial(self._newest, self._path))
            return
        if self.mode is Mode.BULK:
            self._path.send_bulk(self.name, number, payload)
            return
        for envelope in envelopes(self.name, number, payload, lambda: PART_SIZE):
            self._path.send_frame(envelope.encode())

    def _newest(self, path: Path) -> bytes | None:
        """The frame of a live channel, called when the path can send it."""
        if path is self._path:
            self._pending = False
        elif self._path is not None:
            return None  # the newest message goes over the other path
        for number, payload in self._lane.unconfirmed():
            return Envelope(self.name, number, payload).encode()
        return None

    @property
    def _confirmed(self) -> int:
        """The number up to which to acknowledge. Kept messages count when they are saved, unless
        much is unread; those of other reliable channels when they are read, which limits their
        sender.
        """
        unread = self._inbox.unread if self._inbox is not None else 0
        saved = self.mode is Mode.KEPT and unread < WINDOW
        return self._lane.received if saved or self.mode is Mode.LIVE else self._read

    def _read_size(self) -> int:
        return self._arrived_size - (self._inbox.unread if self._inbox is not None else 0)

    def _ack_soon(self) -> None:
        if self._path is not None and self._confirmed > self._acknowledged:
            self._acks.start()

    def _acknowledge(self) -> None:
        confirmed = self._confirmed
        if self._flowing and self._path is not None and confirmed > self._acknowledged:
            self._acknowledged = confirmed
            self._path.send_message(Ack(confirmed, self.name))
