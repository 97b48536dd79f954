"""One connected person."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from enum import Enum
from typing import Any, Protocol

from app import messages
from app.messages import Hello, Malformed, Message
from peerscript.errors import NotDelivered, PeerScriptError

logger = logging.getLogger("peerscript.app")

LABEL = "peerscript"
FAREWELL = 3.0  # seconds for the last words to leave
MAX_MALFORMED = 20  # frames that are none of ours, before the connection is closed


class Session(Protocol):
    """What carries the frames: today a raw DataConnection."""

    peer: str

    @property
    def close_reason(self) -> PeerScriptError | None: ...

    @property
    def max_message_size(self) -> int: ...

    async def send(self, value: Any) -> None: ...

    def __aiter__(self) -> AsyncIterator[Any]: ...

    async def close(self, *, flush: bool = True, timeout: float = 10.0) -> None: ...


class ContactState(Enum):
    """What the person's row shows."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    CLOSED = "closed"


class Listener(Protocol):
    """Chat and files: whoever is told what a contact says."""

    async def on_message(self, contact: Contact, message: Message) -> None:
        """One message came."""

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        """A piece of a file came."""

    def on_gone(self, contact: Contact, reason: str) -> None:
        """The contact is no longer connected; `reason` is for people."""


def short_name(peer_id: str) -> str:
    """What to call somebody who has not said their name."""
    return peer_id if len(peer_id) <= 20 else f"Guest {peer_id[:4]}"


class Contact:
    """A person on the other side of one session.

    Attributes:
        peer_id: their page's ID.
        name: what they call themselves; something short until they have said it.
        own_name: what this page calls itself towards them.
        dialled: whether this page made the connection; False if they did.
        dismissed: whether this page has no more use for the connection.
        state: see ContactState.
    """

    def __init__(self, peer_id: str, own_name: str, *, dialled: bool = False) -> None:
        self.peer_id = peer_id
        self.name = short_name(peer_id)
        self.state = ContactState.CONNECTING
        self.own_name = own_name
        self.dialled = dialled
        self.dismissed = False
        self._session: Session | None = None
        self._malformed = 0

    @property
    def signature(self) -> str:
        """Who this page is, in words that the other side shows."""
        return self.own_name or "The other side"

    async def meet(self, session: Session) -> None:
        """Begin to talk over an open session."""
        self._session = session
        self.state = ContactState.CONNECTED
        await self.send(Hello(messages.VERSION, self.own_name))

    async def send(self, message: Message) -> None:
        """Send a message; waits for room.

        Raises:
            ConnectionClosed: they are gone.
        """
        await self._open_session().send(messages.encode(message))

    async def send_piece(self, number: int, offset: int, data: bytes) -> None:
        """Send a piece of a file; waits for room.

        Raises:
            ConnectionClosed: they are gone.
        """
        await self._open_session().send(messages.encode_piece(number, offset, data))

    def _open_session(self) -> Session:
        if self._session is None:
            raise RuntimeError("not met yet")
        return self._session

    @property
    def piece_size(self) -> int:
        """Bytes of a file that go into one frame: large enough to be few, small enough for a text
        to pass in between.
        """
        return min(128 * 1024, self._open_session().max_message_size) - messages.PIECE_HEAD

    async def listen(self, listeners: tuple[Listener, ...]) -> PeerScriptError | None:
        """Tell the listeners what comes, until the session ends; return why it broke, if it did."""
        session = self._open_session()
        try:
            async for frame in session:
                await self._hear(frame, listeners)
        except PeerScriptError as error:
            logger.info("%s is gone: %s", self.peer_id, error)
        finally:
            self.state = ContactState.CLOSED
        return session.close_reason

    async def _hear(self, frame: str | bytes, listeners: tuple[Listener, ...]) -> None:
        try:
            if isinstance(frame, bytes):
                number, offset, data = messages.decode_piece(frame)
                for listener in listeners:
                    await listener.on_piece(self, number, offset, data)
                return
            message = messages.decode(frame)
        except Malformed as error:
            await self._suspect(error)
            return
        if isinstance(message, Hello):
            self.name = message.name.strip() or short_name(self.peer_id)
        if message is not None:
            for listener in listeners:
                await listener.on_message(self, message)

    async def _suspect(self, error: Malformed) -> None:
        logger.warning("from %s: %s", self.peer_id, error)
        self._malformed += 1
        if self._malformed > MAX_MALFORMED:
            await self._open_session().close(flush=False)

    async def close(self) -> None:
        """Disconnect."""
        self.dismissed = True
        if self._session is not None:
            try:
                await self._session.close(timeout=FAREWELL)
            except NotDelivered as error:
                logger.info("%s did not hear the last of it: %s", self.peer_id, error)
