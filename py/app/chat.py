"""Messages between people."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.contact import Contact
from app.messages import MAX_TEXT, PART_SIZE, Message, Text, TextReceived, text_parts
from app.people import People
from app.ports import ChatView, Notices
from peerscript.errors import PeerScriptError

MAX_PARTS = MAX_TEXT // PART_SIZE


@dataclass(frozen=True)
class ChatMessage:
    """A message in the log.

    Attributes:
        key: its place in the log, unique on this page.
        sender: "me", or the other page's ID.
        name: who that is.
        state: "sent", "delivered", or "failed" (ours alone; what came is "delivered").
    """

    key: int
    sender: str
    name: str
    text: str
    state: str
    time: datetime = field(compare=False)


class Chat:
    """One conversation with everybody who is connected."""

    def __init__(
        self,
        people: People,
        view: ChatView,
        notices: Notices,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._people = people
        self._view = view
        self._notices = notices
        self._clock = clock
        self._numbers = itertools.count(1)
        self._sent: dict[int, tuple[ChatMessage, set[str]]] = {}  # and who has yet to confirm
        self._parts: dict[Contact, tuple[int, list[str]]] = {}  # of the message that is coming
        self._turn = asyncio.Lock()  # a message goes whole, before the next

    async def send(self, text: str) -> bool:
        """Send a text to everybody; return whether it was taken. Problems are told."""
        if not text.strip():
            return False
        if len(text) > MAX_TEXT:
            self._notices.problem("This message is too long. Send it as a file.")
            return False
        receivers = self._people.connected
        if not receivers:
            self._notices.problem("Nobody is connected, so the message was not sent.")
            return False
        number = next(self._numbers)
        message = ChatMessage(number, "me", "You", text, "sent", self._clock())
        self._sent[number] = (message, {contact.peer_id for contact in receivers})
        self._view.show(message)
        async with self._turn:
            for contact in receivers:
                await self._deliver(contact, number, text)
        return True

    async def _deliver(self, contact: Contact, number: int, text: str) -> None:
        try:
            for part in text_parts(number, text):
                await contact.send(part)
        except PeerScriptError:
            self._fail(number)

    def _fail(self, number: int) -> None:
        message, _ = self._sent.pop(number, (None, None))
        if message is not None:
            self._view.show(replace(message, state="failed"))

    # What contacts say (contact.Listener)

    async def on_message(self, contact: Contact, message: Message) -> None:
        if isinstance(message, Text):
            await self._receive(contact, message)
        elif isinstance(message, TextReceived) and message.id in self._sent:
            sent, waiting = self._sent[message.id]
            waiting.discard(contact.peer_id)
            if not waiting:
                del self._sent[message.id]
                self._view.show(replace(sent, state="delivered"))

    async def _receive(self, contact: Contact, part: Text) -> None:
        number, parts = self._parts.get(contact, (part.id, []))
        if number != part.id:
            parts = []  # the one before was never finished
        parts = [*parts, part.text][: MAX_PARTS + 1]  # one more tells that it is too long
        self._parts[contact] = (part.id, parts)
        if len(parts) > MAX_PARTS:
            self._notices.problem(f"{contact.name} sent a message too long to show.")
        if not part.more:
            del self._parts[contact]
            if len(parts) <= MAX_PARTS:
                await self._show(contact, part.id, "".join(parts))

    async def _show(self, contact: Contact, number: int, text: str) -> None:
        key = next(self._numbers)
        self._view.show(
            ChatMessage(key, contact.peer_id, contact.name, text, "delivered", self._clock())
        )
        await contact.send(TextReceived(number))

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        """Files are not for the chat."""

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Forget half messages; ours that were not confirmed did not arrive."""
        self._parts.pop(contact, None)
        for number, (_, waiting) in tuple(self._sent.items()):
            if contact.peer_id in waiting:
                self._fail(number)
