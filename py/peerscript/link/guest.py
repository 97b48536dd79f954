"""This page as the guest: it dials, and shows who it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from peerscript.data.connection import DataConnection
from peerscript.errors import LinkClosed
from peerscript.link.handshake import handshake_as_guest, parties, refusal, wait_to_be_admitted
from peerscript.link.host import LABEL, established
from peerscript.link.session import LinkSession
from peerscript.peer.peer import Peer
from peerscript.protocol.link.attempts import FREE_EACH, Attempts
from peerscript.protocol.link.handshake import HandshakeFailed, Outcome, Reason
from peerscript.protocol.link.invites import secret_bytes
from peerscript.protocol.link.messages import SESSION, Bye
from peerscript.protocol.link.state import LinkState

ATTEMPT_TIMEOUT = 10.0  # seconds for one connection
_ARRIVING = LinkState.CONNECTING


class GuestLinks(Protocol):
    """Where the Links are: `Links`."""

    @property
    def own_id(self) -> str:
        """This page's ID."""

    @property
    def all(self) -> Sequence[LinkSession]:
        """Every Link that is not over."""

    def go_on(self, link: LinkSession, connection: DataConnection, key: bytes) -> None:
        """Go on over a connection whose other side has proved who it is."""


class Guest:
    """Dials for Links."""

    def __init__(self, peer: Peer, sessions: GuestLinks, capabilities: Sequence[str]) -> None:
        self._peer = peer
        self._sessions = sessions
        self._capabilities = capabilities
        self._phrases = Attempts(FREE_EACH)

    async def attempt(self, link: LinkSession) -> None:
        """Dial once, and go on over the path if it is proven (reconnection.Try).

        Raises:
            PeerScriptError: it did not work, and why. Nothing is left behind.
        """
        connection = await self._peer.connect(
            link.peer_id, label=LABEL, serialization="raw", timeout=ATTEMPT_TIMEOUT
        )
        try:
            if link.record.key:
                await self._resume(link, connection)
            elif link.record.secret:
                await self._meet(link, connection)
            else:
                await self._ask(link, connection)
        except BaseException:
            await connection.close(flush=False)
            raise

    async def _resume(self, link: LinkSession, connection: DataConnection) -> None:
        key = bytes.fromhex(link.record.key)
        outcome = await self._greet(connection, key, link.record.session)
        # Kept before the first word goes out: that word tells the host so.
        link.establish(replace(link.record, key=outcome.resume.hex()))
        self._sessions.go_on(link, connection, outcome.resume)

    async def _meet(self, link: LinkSession, connection: DataConnection) -> None:
        """Come with an invite's secret."""
        outcome = await self._greet(connection, secret_bytes(link.record.secret))
        if await self._has_come(link, connection):
            await connection.send(SESSION.encode(Bye()))
            await self._leave(link, connection)
        else:
            self._begin(link, connection, outcome)

    async def _ask(self, link: LinkSession, connection: DataConnection) -> None:
        """Come with nothing: people compare a phrase, and the one at the host lets us in."""
        if await self._has_come(link, connection):
            await self._leave(link, connection)
            return
        if not self._phrases.take(asyncio.get_running_loop().time()):
            raise refusal(HandshakeFailed(Reason.BUSY, "too many phrases in a short time"))
        outcome = await self._greet(connection, None)
        link.compare(outcome.phrase)
        link.move(LinkState.WAITING)
        key = await wait_to_be_admitted(connection)
        self._begin(link, connection, replace(outcome, resume=key))

    async def _greet(
        self, connection: DataConnection, key: bytes | None, session: str = ""
    ) -> Outcome:
        own_id, capabilities = self._sessions.own_id, self._capabilities
        return await handshake_as_guest(
            connection, own_id, key, session=session, capabilities=capabilities
        )

    def _begin(self, link: LinkSession, connection: DataConnection, outcome: Outcome) -> None:
        link.establish(established(link.record, outcome))
        self._sessions.go_on(link, connection, outcome.resume)

    # Both may dial

    async def _has_come(self, link: LinkSession, connection: DataConnection) -> bool:
        """Whether the page at the other end is here as a guest already.

        Where both dial at once, each may be about to find the other. Of the two Links the one
        stays that the page with the smaller ID has dialled; so that page waits for what becomes
        of the other one.
        """
        _, host = parties(connection, self._sessions.own_id)
        link.certificate = host.fingerprint
        visit = self.visit_of(link)
        if visit is not None and self._sessions.own_id < link.peer_id:
            await anext(state async for state in visit.states() if state is not _ARRIVING)
        return self.visit_of(link) is not None

    def visit_of(self, link: LinkSession) -> LinkSession | None:
        """The Link by which the very same page has come here: no other has its certificate."""
        here = (_ARRIVING, LinkState.CONNECTED)
        visits = (each for each in self._sessions.all if not each.guest and each.state in here)
        return next((each for each in visits if each.certificate == link.certificate != b""), None)

    @staticmethod
    async def _leave(link: LinkSession, connection: DataConnection) -> None:
        await connection.close(timeout=1.0)
        link.end(LinkClosed(f"{link.peer_id} has come here already"))
