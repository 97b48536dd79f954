"""The guest's side: it dials and proves who it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from peerscript.data.connection import DataConnection
from peerscript.errors import LinkClosed
from peerscript.link.handshake import handshake_as_guest, parties, refusal, wait_for_admission
from peerscript.link.host import LABEL, established
from peerscript.link.session import LinkSession
from peerscript.peer.peer import Peer
from peerscript.protocol.link.attempts import FREE_EACH, Attempts
from peerscript.protocol.link.handshake import HandshakeFailed, Outcome, Reason
from peerscript.protocol.link.invites import secret_bytes
from peerscript.protocol.link.messages import SESSION, Bye
from peerscript.protocol.link.state import LinkState

ATTEMPT_TIMEOUT = 10.0  # seconds for one connection
_OPENING = LinkState.CONNECTING


class GuestLinks(Protocol):
    """What a Guest needs of `Sessions`."""

    @property
    def own_id(self) -> str:
        """This page's ID."""

    @property
    def all(self) -> Sequence[LinkSession]:
        """Every Link that is not over."""

    def use_connection(self, link: LinkSession, connection: DataConnection, key: bytes) -> None:
        """Continue the Link on a connection whose other side has proved who it is."""


class Guest:
    """Dials, for Links of which this page is the guest."""

    def __init__(self, peer: Peer, sessions: GuestLinks, capabilities: Sequence[str]) -> None:
        self._peer = peer
        self._sessions = sessions
        self._capabilities = capabilities
        self._phrases = Attempts(FREE_EACH)

    async def attempt(self, link: LinkSession, timeout: float = ATTEMPT_TIMEOUT) -> None:
        """Dial once, and continue the Link on the connection if it is proven
        (reconnection.Attempt).

        Args:
            timeout: seconds for the connection to open.

        Raises:
            PeerScriptError: why it failed. The connection is closed.
        """
        connection = await self._peer.connect(
            link.peer_id, label=LABEL, serialization="raw", timeout=timeout
        )
        try:
            if link.record.key:
                await self._resume(link, connection)
            elif link.record.secret:
                await self._join_with_secret(link, connection)
            else:
                await self._join_with_phrase(link, connection)
        except BaseException:
            await connection.close(flush=False)
            raise

    async def redeem(self, link: LinkSession, key: bytes) -> None:
        """Prove another invite of the page that the Link is with, on a connection of its own.

        Args:
            key: the invite's secret.

        Raises:
            PeerScriptError: why that failed.
        """
        connection = await self._peer.connect(
            link.peer_id, label=LABEL, serialization="raw", timeout=ATTEMPT_TIMEOUT
        )
        try:
            _, host = parties(connection, self._sessions.own_id)
            if host.fingerprint != link.certificate:
                raise LinkClosed(f"the ID {link.peer_id} is another page's now")
            await self._handshake(connection, key, link.record.session, redeem=True)
        finally:
            await connection.close(flush=False)
        link.grant()

    async def _resume(self, link: LinkSession, connection: DataConnection) -> None:
        key = bytes.fromhex(link.record.key)
        outcome = await self._handshake(connection, key, link.record.session)
        # Saved before the first message goes out, which tells the host that it was.
        link.establish(replace(link.record, key=outcome.resume.hex()))
        self._sessions.use_connection(link, connection, outcome.resume)

    async def _join_with_secret(self, link: LinkSession, connection: DataConnection) -> None:
        """Prove an invite's secret."""
        outcome = await self._handshake(connection, secret_bytes(link.record.secret))
        if (standing := await self._standing(link, connection)) is not None:
            standing.grant()
            await connection.send(SESSION.encode(Bye()))
            await self._leave(link, connection)
        else:
            self._begin(link, connection, outcome)

    async def _join_with_phrase(self, link: LinkSession, connection: DataConnection) -> None:
        """Join without a secret: the people compare a phrase, and the host's accepts this page."""
        if await self._standing(link, connection) is not None:
            await self._leave(link, connection)
            return
        if not self._phrases.take(asyncio.get_running_loop().time()):
            raise refusal(HandshakeFailed(Reason.BUSY, "too many phrases in a short time"))
        outcome = await self._handshake(connection, None)
        link.show_phrase(outcome.phrase)
        link.move(LinkState.WAITING)
        key = await wait_for_admission(connection)
        self._begin(link, connection, replace(outcome, resume=key))

    async def _handshake(
        self,
        connection: DataConnection,
        key: bytes | None,
        session: str = "",
        *,
        redeem: bool = False,
    ) -> Outcome:
        own_id, capabilities = self._sessions.own_id, self._capabilities
        return await handshake_as_guest(
            connection, own_id, key, session=session, redeem=redeem, capabilities=capabilities
        )

    def _begin(self, link: LinkSession, connection: DataConnection, outcome: Outcome) -> None:
        link.establish(established(link.record, outcome))
        self._sessions.use_connection(link, connection, outcome.resume)

    # When both pages dial each other

    async def _standing(self, link: LinkSession, connection: DataConnection) -> LinkSession | None:
        """The Link that the page at the other end has to this page already, as its guest.

        When both dial at once, the Link that the page with the smaller ID has dialled is kept. So
        that page first waits for the outcome of the other handshake.
        """
        _, host = parties(connection, self._sessions.own_id)
        link.certificate = host.fingerprint
        incoming = self.incoming_from_same_page(link)
        if incoming is not None and self._sessions.own_id < link.peer_id:
            await anext(state async for state in incoming.states() if state is not _OPENING)
        return self.incoming_from_same_page(link)

    def incoming_from_same_page(self, link: LinkSession) -> LinkSession | None:
        """The incoming Link of the same page, recognized by its certificate; None if none is."""
        here = (_OPENING, LinkState.CONNECTED)
        incoming = (each for each in self._sessions.all if not each.guest and each.state in here)
        return next(
            (each for each in incoming if each.certificate == link.certificate != b""), None
        )

    @staticmethod
    async def _leave(link: LinkSession, connection: DataConnection) -> None:
        await connection.close(timeout=1.0)
        link.end(LinkClosed(f"{link.peer_id} has come here already"))
