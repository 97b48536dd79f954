"""The inbox of a channel: messages are decoded once, and wait here to be read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Generic, TypeVar

from peerscript.aio.inbox import Inbox
from peerscript.errors import InboxFull, LinkMisused, SerializationError, UnreadableMessage
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.journal import Entry
from peerscript.protocol.values import pythonpack
from peerscript.protocol.vocabulary import Malformed, Vocabulary

logger = logging.getLogger("peerscript")

UNREAD_LIMIT = 16 * 1024 * 1024  # bytes that may be unread; PeerScript's sender waits far earlier
MESSAGE_COST = 256  # bytes of memory that a message takes besides its payload

T = TypeVar("T")


@dataclass(frozen=True)
class Message(Generic[T]):
    """A value sent or received on a channel.

    Attributes:
        number: counts the messages of its sender, from 1.
        mine: whether this page sent it.
        value: the value.
        time: when it was sent or arrived here, in seconds since 1970.
        delivered: whether it has arrived (always, for one that was received).
    """

    number: int
    mine: bool
    value: T
    time: float
    delivered: bool


class ChannelInbox(Inbox[Message[T]]):
    """The messages of a channel that were received and not read.

    Args:
        name: the channel's.
        vocabulary: of typed messages; None for plain values.
    """

    def __init__(self, name: str, mode: Mode, vocabulary: Vocabulary[T] | None) -> None:
        super().__init__(f"the channel {name!r}", limit=UNREAD_LIMIT)
        self._channel = name
        self._mode = mode
        self._vocabulary = vocabulary

    def packed(self, value: T, sendable: frozenset[str]) -> bytes:
        """Encode a value.

        Args:
            sendable: the dataclasses that the other page has registered.

        Raises:
            SerializationError: it cannot arrive as it is.
        """
        if self._vocabulary is None:
            return pythonpack.pack(value, sendable)
        try:
            return self._vocabulary.pack(value)
        except (KeyError, Malformed) as error:
            raise SerializationError(
                f"{self._channel}: no message of this channel: {error}"
            ) from error

    def message(self, entry: Entry) -> Message[T] | None:
        """Decode a journal entry; None if its payload was too large to keep, or another version of
        this page wrote it.
        """
        try:
            return self._unpacked(entry)
        except (UnreadableMessage, Malformed) as error:
            logger.warning("%s: a kept message cannot be read: %s", self._name, error)
            return None

    def received(self, entry: Entry) -> Message[T] | None:
        """Decode a message from the other side; None for a kind of a later version.

        Raises:
            LinkMisused: it is not a valid message of this channel.
        """
        try:
            return self._unpacked(entry)
        except (UnreadableMessage, Malformed) as error:
            raise LinkMisused(f"{self._channel}: {error}") from error

    def _unpacked(self, entry: Entry) -> Message[T] | None:
        if entry.payload is None:
            return None
        value = pythonpack.unpack_one(entry.payload)
        if self._vocabulary is not None:
            value = self._vocabulary.from_value(value)
            if value is None:
                return None  # a kind of a later version
        return Message(entry.number, entry.mine, value, entry.time, entry.delivered)

    def take(self, message: Message[T], size: int) -> None:
        """Add a received message of so many bytes.

        Raises:
            LinkMisused: more would be unread than the limit.
        """
        if self._mode is Mode.LIVE:
            self.clear()
        try:
            self.put(message, size + MESSAGE_COST)
        except InboxFull as error:
            raise LinkMisused(f"{self._channel}: {error}") from error
