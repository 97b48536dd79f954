"""Messages between people."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.contact import Contact
from app.messages import MAX_TEXT, Message, Text, TextReceived, text_parts
from app.people import People
from app.ports import ChatView, Notices
from peerscript.errors import PeerScriptError


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
        self._parts: dict[tuple[Contact, int], list[str]] = {}

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
        parts = self._parts.setdefault((contact, part.id), [])
        parts.append(part.text)
        if sum(map(len, parts)) > MAX_TEXT:
            del self._parts[contact, part.id]
            self._notices.problem(f"{contact.name} sent a message too long to show.")
        elif not part.more:
            text = "".join(self._parts.pop((contact, part.id)))
            key = next(self._numbers)
            self._view.show(
                ChatMessage(key, contact.peer_id, contact.name, text, "delivered", self._clock())
            )
            await contact.send(TextReceived(part.id))

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        """Files are not for the chat."""

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Forget half messages; ours that were not confirmed did not arrive."""
        self._parts = {key: parts for key, parts in self._parts.items() if key[0] is not contact}
        for number, (_, waiting) in tuple(self._sent.items()):
            if contact.peer_id in waiting:
                self._fail(number)
