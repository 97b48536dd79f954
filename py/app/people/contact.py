"""One other person: their Link, and what the page makes of it."""

from __future__ import annotations

import itertools
import logging

from app.files import messages
from app.files.messages import Message
from peerscript.errors import LinkMisused, PeerScriptError
from peerscript.link.link import Link
from peerscript.protocol.link.journal import Entry
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.vocabulary import Malformed

logger = logging.getLogger("peerscript.app")

_keys = itertools.count(1)


class Listener:
    """Chat, files, calls and slides: told what happens with a contact; each takes what it needs."""

    async def on_message(self, contact: Contact, message: Message) -> None:
        """They say something about a file."""

    def on_text(self, contact: Contact, text: str) -> None:
        """They say something that is not about files.

        Raises:
            Malformed: it is not what it should be.
        """

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        """A piece of a file came."""

    def on_change(self, contact: Contact) -> None:
        """The state of the Link changed."""

    def on_gone(self, contact: Contact, reason: str) -> None:
        """Whatever was under way with them has ended; `reason` is for people."""


def short_name(peer_id: str) -> str:
    """What to call somebody who has not said their name."""
    return peer_id if len(peer_id) <= 12 else f"Guest {peer_id[:4]}"


class Contact:
    """A person on the other side of a Link.

    Attributes:
        key: names this contact on this page. An ID does not: anybody may have it at the broker.
        link: what carries everything.
        own_name: what this page calls itself towards them.
        unread: texts that came while another conversation was open.
    """

    def __init__(self, link: Link, own_name: str) -> None:
        self.key = str(next(_keys))
        self.link = link
        self.own_name = own_name
        self.unread = 0

    @property
    def peer_id(self) -> str:
        """Their page's ID."""
        return self.link.peer_id

    @property
    def session(self) -> str:
        """What both pages call what they have together, after a reload too; "" before that."""
        return self.link.session.session

    @property
    def name(self) -> str:
        """What they call themselves; something short until they have said it."""
        return self.link.name or short_name(self.peer_id)

    @property
    def state(self) -> LinkState:
        """How it stands with them."""
        return self.link.state

    @property
    def known(self) -> bool:
        """Whether they are in: what is written to them will arrive, now or when they are back."""
        return bool(self.link.session.key) and self.state is not LinkState.CLOSED

    @property
    def signature(self) -> str:
        """Who this page is, in words that the other side shows."""
        return self.own_name or "The other side"

    @property
    def piece_size(self) -> int:
        """Bytes of a file that go into one message."""
        return self.link.max_live_size - messages.PIECE_HEAD

    def write(self, text: str) -> Entry:
        """Send a text; see `Link.send`."""
        return self.link.send(text)

    async def send(self, message: Message) -> None:
        """Send a message about a file; waits for room.

        Raises:
            ConnectionClosed: they are gone.
        """
        await self.link.send_live(messages.encode(message))

    async def send_piece(self, number: int, offset: int, data: bytes) -> None:
        """Send a piece of a file; waits for room.

        Raises:
            ConnectionClosed: they are gone.
        """
        await self.link.send_live(messages.encode_piece(number, offset, data))

    async def listen(self, listeners: tuple[Listener, ...]) -> None:
        """Tell the listeners what they say about files, until the Link ends."""
        async for payload in self.link.messages():
            if self.state is LinkState.CLOSED:
                return  # what lay unread is too late: everything with them has ended
            try:
                await self._hear(payload, listeners)
            except Malformed as error:
                logger.warning("dropped %s: %s", self.peer_id, error)
                self.link.end(LinkMisused(f"{self.peer_id} sent rubbish: {error}"))

    async def _hear(self, payload: str | bytes, listeners: tuple[Listener, ...]) -> None:
        if isinstance(payload, bytes):
            number, offset, data = messages.decode_piece(payload)
            for listener in listeners:
                await listener.on_piece(self, number, offset, data)
            return
        message = messages.decode(payload)
        for listener in listeners:
            if message is None:
                listener.on_text(self, payload)
            else:
                await self._tell(listener, message)

    async def _tell(self, listener: Listener, message: Message) -> None:
        try:
            await listener.on_message(self, message)
        except PeerScriptError as error:
            logger.info("%s is gone: %s", self.peer_id, error)  # an answer could not be sent
