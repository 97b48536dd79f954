"""What is said over a Link, whichever path carries it: two lanes, and where each side stands.

Kept messages are texts that outlive a reload (protocol.journal). Live messages, texts or bytes,
outlive a broken path; they are for what ends with the page, such as a file on its way.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from peerscript.aio.inbox import Inbox
from peerscript.errors import (
    InboxFull,
    LinkMisused,
    MessageTooBig,
    OutboxFull,
    SerializationError,
    StorageFull,
)
from peerscript.link.path import Path
from peerscript.protocol.link.delivery import Lane, OutOfStep
from peerscript.protocol.link.journal import Entry, Journal, JournalFull
from peerscript.protocol.link.messages import (
    MAX_LIVE_TEXT,
    PART_SIZE,
    WORDS,
    Ack,
    Kept,
    Live,
    Resume,
    decode_bytes,
    encode_bytes,
    kept_parts,
)
from peerscript.protocol.vocabulary import MAX_NUMBER, Malformed

ACK_DELAY = 0.03  # seconds: one confirmation for what comes closely together
LIVE_WINDOW = 8 * 1024 * 1024  # characters and bytes of live messages that nobody has read yet
UNREAD_LIMIT = 16 * 1024 * 1024  # of texts, and of live messages, that nobody here has read
MAX_TEXT = 1024 * 1024  # characters of a kept message
MESSAGE_COST = 256  # that a message takes in memory besides what it says

Tell = Callable[[Entry], None]


class Conversation:
    """The messages between two pages.

    Args:
        name: what the person here is called.
        journal: keeps the texts.
        delivered: is told when a kept message of ours has arrived.
        restarted: is told when the other page was loaded anew, and its live lane with it.
    """

    def __init__(
        self, name: str, journal: Journal, delivered: Tell, restarted: Callable[[], None]
    ) -> None:
        self.journal = journal
        self.texts: Inbox[Entry] = Inbox(limit=UNREAD_LIMIT)
        self._name = name
        self._delivered = delivered
        self._restarted = restarted
        self._live: Lane[str | bytes] = Lane()
        self._arrived: Inbox[tuple[str, int, str | bytes]] = Inbox(limit=UNREAD_LIMIT)
        self._read = 0  # the last live message that was read here
        self._epoch = secrets.token_hex(8)
        self._their_epoch = ""
        self._parts: list[str] = []  # of the kept message that is coming
        self._path: Path | None = None
        self.synchronised = False  # whether both sides know where to go on
        self._ack: asyncio.TimerHandle | None = None

    @property
    def live_room(self) -> bool:
        """Whether one more live message may wait to be read over there."""
        cost = self._live.waiting * MESSAGE_COST
        return self._live.waiting_size + cost < LIVE_WINDOW

    def attach(self, path: Path | None) -> None:
        """Go on over another path, or over none for now."""
        self._path = path
        self.synchronised = False
        self._parts = []
        if path is not None:
            kept = self.journal.lane.received
            # What nobody here has read comes again: as long as it waits, it takes room over there.
            path.say(Resume(kept, self._read, self._name, self._epoch, self._their_epoch))

    def send_text(self, text: str) -> Entry:
        """Send a kept message; see `Link.send`."""
        try:
            entry = self.journal.send(text)
        except JournalFull as error:
            raise OutboxFull(f"too much waits to be delivered: {error}") from error
        if self.synchronised:
            self._say_kept(entry.number, text)
        return entry

    def send_live(self, payload: str | bytes) -> None:
        """Send a live message; see `Link.send_live`."""
        number = self._live.send(payload)
        if self.synchronised:
            self._say_live(number, payload)

    async def next_live(self) -> str | bytes:
        """Return the next live message; EndOfInbox when the Link is over."""
        while True:
            epoch, number, payload = await self._arrived.get()
            if epoch == self._their_epoch:  # else it ended with the page that sent it
                self._read = number
                self._ack_soon()
                return payload

    def close(self) -> None:
        """Nothing more comes; what has come can still be read."""
        self.attach(None)
        if self._ack is not None:
            self._ack.cancel()
        self.texts.close()
        self._arrived.close()

    # What the other side says

    def hear(self, word: Any) -> bool:
        """Take a word; return whether it was one for the conversation.

        Raises:
            LinkMisused: it cannot be.
            StorageFull: it could not be saved, and so is not confirmed.
        """
        try:
            return self._hear(word)
        except (OutOfStep, Malformed, InboxFull) as error:
            raise LinkMisused(str(error)) from error
        except JournalFull as error:
            raise StorageFull(str(error)) from error

    def _hear(self, word: Any) -> bool:
        if isinstance(word, Resume) is self.synchronised and isinstance(
            word, Resume | Kept | Live | Ack | bytes
        ):
            raise LinkMisused(f"{type(word).__name__} out of turn")
        match word:
            case Resume():
                self._on_resume(word)
            case Kept():
                self._on_kept(word)
            case Live():
                self._on_live(word.number, word.text)
            case bytes():
                self._on_live(*decode_bytes(word))
            case Ack():
                self._confirm(word.kept)
                self._live.acknowledge(word.live)
            case _:
                return False
        return True

    def _on_resume(self, resume: Resume) -> None:
        self._confirm(resume.kept)
        if resume.epoch != self._their_epoch:
            self._begin_anew(resume.epoch)
        if resume.heard == self._epoch:
            self._live.acknowledge(resume.live)
        self.synchronised = True
        for number, text in self.journal.lane.unconfirmed():
            self._say_kept(number, text)
        for number, payload in self._live.unconfirmed():
            self._say_live(number, payload)
        self._ack_soon()  # what was read since this side said where it stands

    def _begin_anew(self, epoch: str) -> None:
        """Their page was loaded again, or this is the first time."""
        known, self._their_epoch = self._their_epoch, epoch
        self._live.received = self._read = 0
        if known:
            self._live = Lane()
            self._restarted()

    def _on_kept(self, part: Kept) -> None:
        if part.more and len(part.text) < PART_SIZE:
            raise LinkMisused("a part of a text that is not full")
        self._parts.append(part.text)
        if sum(len(each) for each in self._parts) > MAX_TEXT:
            raise LinkMisused("a text that is too long")
        if part.more:
            return
        text, self._parts = "".join(self._parts), []
        entry = self.journal.take(part.number, text)
        if entry is not None:
            self.texts.put(entry, len(text) + MESSAGE_COST)
        self._ack_soon()

    def _on_live(self, number: int, payload: str | bytes) -> None:
        if self._live.take(number):
            item = (self._their_epoch, number, payload)
            self._arrived.put(item, len(payload) + MESSAGE_COST)

    def _confirm(self, number: int) -> None:
        for entry in self.journal.acknowledge(number):
            self._delivered(entry)

    # What this side says

    def _say_kept(self, number: int, text: str) -> None:
        for part in kept_parts(number, text):
            self._say(part)

    def _say_live(self, number: int, payload: str | bytes) -> None:
        if isinstance(payload, str):
            self._say(Live(number, payload))
        elif self._path is not None:
            self._path.say_bytes(encode_bytes(number, payload))

    def _say(self, word: Any) -> None:
        if self._path is not None:
            self._path.say(word)

    def _ack_soon(self) -> None:
        if self._ack is None:
            self._ack = asyncio.get_running_loop().call_later(ACK_DELAY, self._acknowledge)

    def _acknowledge(self) -> None:
        self._ack = None
        if self.synchronised:
            # Live messages are confirmed when they are read: who sends them waits for that.
            self._say(Ack(self.journal.lane.received, self._read))


def check_text(text: str, limit: int) -> None:
    """Refuse what is no text, or too long.

    Raises:
        MessageTooBig: it has more characters than the limit.
        SerializationError: it has a lone surrogate.
    """
    if len(text) > limit:
        raise MessageTooBig(f"{len(text)} characters, and {limit} are the most")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SerializationError("a text with a lone surrogate") from error


def check_live(payload: str | bytes, limit: int) -> None:
    """Refuse what no frame holds: it would stand in the way of all that follows.

    Raises:
        MessageTooBig: it takes more bytes than the limit, or is too long a text.
        SerializationError: it has a lone surrogate.
    """
    size = len(payload)
    if isinstance(payload, str):
        check_text(payload, MAX_LIVE_TEXT)
        size = len(WORDS.encode(Live(MAX_NUMBER, payload)).encode())
    if size > limit:
        raise MessageTooBig(f"{size} bytes in one live message, and {limit} are the most")
