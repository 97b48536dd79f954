"""Who is writing a text now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from app.people.contact import Contact
from app.tasks import Tasks
from peerscript.errors import LinkClosed
from peerscript.link.channel import Channel
from peerscript.protocol.vocabulary import Vocabulary

EVERY = 3.0  # seconds until it is said again
SHOWN_FOR = 6.0  # seconds since it was said


@dataclass(frozen=True)
class Typing:
    """Whether the sender is writing."""

    on: bool


TYPING = Vocabulary[Typing]({"typing": Typing})


class Writers:
    """Who is writing to this page, and to whom this page says that its person is.

    Args:
        changed: called when somebody begins or stops.
    """

    def __init__(self, tasks: Tasks, changed: Callable[[], None]) -> None:
        self._tasks = tasks
        self._changed = changed
        self._clocks: dict[Contact, asyncio.TimerHandle] = {}  # of those who are writing
        self._told: dict[Contact, float] = {}  # when they were told, by the loop's clock

    def __contains__(self, contact: Contact) -> bool:
        """Whether they are writing."""
        return contact in self._clocks

    def take(self, contact: Contact) -> None:
        """Hear it from a contact until the Link ends."""
        self._tasks.start(self._read(contact, self._channel(contact)))

    async def _read(self, contact: Contact, channel: Channel[Typing]) -> None:
        async for typing in channel:
            self.note(contact, on=typing.on)
        self.note(contact, on=False)
        self._told.pop(contact, None)

    def note(self, contact: Contact, *, on: bool) -> None:
        """They are writing, or have sent it, or have stopped."""
        before = self._clocks.pop(contact, None)
        if before:
            before.cancel()
        if on:
            loop = asyncio.get_running_loop()
            stop = partial(self.note, contact, on=False)
            self._clocks[contact] = loop.call_later(SHOWN_FOR, stop)
        if on != bool(before):
            self._changed()

    def tell(self, contacts: Collection[Contact], *, on: bool) -> None:
        """Say to these that the person here is writing, and to others that they are not."""
        for contact in [each for each in self._told if not on or each not in contacts]:
            del self._told[contact]
            self._say(contact, on=False)
        now = asyncio.get_running_loop().time()
        for contact in contacts if on else ():
            if contact not in self._told or now - self._told[contact] >= EVERY:
                self._told[contact] = now
                self._say(contact, on=True)

    def _say(self, contact: Contact, *, on: bool) -> None:
        if not contact.link.connected:
            return  # it would be old when they are back
        try:
            self._channel(contact).send_nowait(Typing(on))
        except LinkClosed:
            self._told.pop(contact, None)

    @staticmethod
    def _channel(contact: Contact) -> Channel[Typing]:
        return contact.link.channel("typing", "live", vocabulary=TYPING)
