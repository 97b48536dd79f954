"""The messages of a channel as values: read from bytes once, and kept until they are taken."""

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

UNREAD_LIMIT = 16 * 1024 * 1024  # bytes that may lie unread; an honest sender waits far earlier
MESSAGE_COST = 256  # bytes that a message takes in memory besides what it says

T = TypeVar("T")


@dataclass(frozen=True)
class Message(Generic[T]):
    """A value that travels, or has travelled, over a channel.

    Attributes:
        number: its place among those of its sender, from 1.
        mine: whether this page sent it.
        value: the value.
        time: when it was sent or arrived here, in seconds since 1970.
        delivered: whether it has arrived at the other side, or here.
    """

    number: int
    mine: bool
    value: T
    time: float
    delivered: bool


class ChannelInbox(Inbox[Message[T]]):
    """What came over a channel and was not read.

    Args:
        name: the channel's.
        vocabulary: of typed messages; None for plain values.
    """

    def __init__(self, name: str, mode: Mode, vocabulary: Vocabulary[T] | None) -> None:
        super().__init__(limit=UNREAD_LIMIT)
        self._name = name
        self._mode = mode
        self._vocabulary = vocabulary

    def packed(self, value: T, sendable: frozenset[str]) -> bytes:
        """The bytes of a value.

        Args:
            sendable: the dataclasses that the other page has registered.

        Raises:
            SerializationError: it cannot arrive as it is.
        """
        if self._vocabulary is None:
            return pythonpack.pack(value, sendable)
        try:
            plain = self._vocabulary.to_value(value)
            self._vocabulary.from_value(plain)  # else the other side would call it misuse
        except (KeyError, Malformed) as error:
            raise SerializationError(
                f"{self._name}: no message of this channel: {error}"
            ) from error
        return pythonpack.pack(plain, sendable)

    def message(self, entry: Entry) -> Message[T] | None:
        """The message of a journal's entry; None where there was no room to keep it, or another
        version of this page has kept it.
        """
        try:
            return self._unpacked(entry)
        except (UnreadableMessage, Malformed) as error:
            logger.warning("%s: a kept message cannot be read: %s", self._name, error)
            return None

    def received(self, entry: Entry) -> Message[T] | None:
        """The message of what the other side has sent; None for a kind of a later version.

        Raises:
            LinkMisused: it is none that could have been sent.
        """
        try:
            return self._unpacked(entry)
        except (UnreadableMessage, Malformed) as error:
            raise LinkMisused(f"{self._name}: {error}") from error

    def _unpacked(self, entry: Entry) -> Message[T] | None:
        if entry.payload is None:
            return None
        value = pythonpack.unpack_one(entry.payload)
        if self._vocabulary is not None:
            value = self._vocabulary.from_value(value)
            if value is None:
                return None  # of a kind that a later version may have
        return Message(entry.number, entry.mine, value, entry.time, entry.delivered)

    def take(self, message: Message[T], size: int) -> None:
        """Take what came, of so many bytes.

        Raises:
            LinkMisused: it is more than may lie unread.
        """
        if self._mode is Mode.LIVE:
            self.clear()
        try:
            self.put(message, size + MESSAGE_COST)
        except InboxFull as error:
            raise LinkMisused(f"{self._name}: {error}") from error
