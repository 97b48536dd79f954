"""The host's door: whoever dials shows who they are before anything else is heard from them."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from peerscript.data.connection import DataConnection
from peerscript.errors import LinkClosed, LinkRefused, PeerScriptError
from peerscript.link.handshake import handshake_as_host, refuse
from peerscript.link.session import LinkSession
from peerscript.link.store import SessionRecord
from peerscript.protocol.link.handshake import HandshakeFailed, Mode, Outcome, Reason
from peerscript.protocol.link.invites import Invites
from peerscript.protocol.link.keys import NONCE_SIZE, to_text
from peerscript.protocol.link.messages import HANDSHAKE, Admitted
from peerscript.protocol.link.state import LinkState, Verification

logger = logging.getLogger("peerscript")

LABEL = "peerscript-link"
MAX_HANDSHAKES = 16  # handshakes that may be under way at once
MAX_LINKS = 100  # people at once
MAX_AT_THE_DOOR = 8  # strangers who may wait to be let in


class HostLinks(Protocol):
    """Whom the door is for: `Links`."""

    invites: Invites

    @property
    def own_id(self) -> str:
        """This page's ID."""

    @property
    def all(self) -> Sequence[LinkSession]:
        """Every session that is not over."""

    def with_peer(self, peer_id: str) -> LinkSession | None:
        """The session with that page."""

    def add(self, session: SessionRecord, state: LinkState) -> LinkSession:
        """Take in a new Link."""

    def go_on(self, link: LinkSession, connection: DataConnection) -> None:
        """Go on over a connection whose other side has proved who it is."""


class Host:
    """Takes those who dial through the handshake.

    Args:
        refused: is told of everybody who was not let in, with their ID.
    """

    def __init__(
        self,
        household: HostLinks,
        capabilities: Sequence[str],
        refused: Callable[[LinkRefused, str], None],
    ) -> None:
        self._household = household
        self._capabilities = capabilities
        self._refused = refused
        self._greetings = 0

    async def accept(self, connection: DataConnection) -> None:
        """Let somebody show who they are; return when they are in, or gone."""
        if connection.label != LABEL or connection.serialization != "raw":
            await connection.close(flush=False)  # some other program's: nothing here can read it
            return
        try:
            outcome = await self._greet(connection)
            if outcome.mode is Mode.PHRASE:
                await self._ask(connection, outcome)
            else:
                self._let_in(connection, outcome)
        except LinkRefused as error:
            self._refused(error, connection.peer)
        except PeerScriptError as error:
            logger.info("no Link with %s: %s", connection.peer, error)
            await connection.close(flush=False)

    async def _greet(self, connection: DataConnection) -> Outcome:
        if self._greetings >= MAX_HANDSHAKES:
            await refuse(connection, HandshakeFailed(Reason.BUSY, "too many handshakes"))
            raise LinkClosed("too many handshakes at once")
        self._greetings += 1
        try:
            return await handshake_as_host(
                connection,
                self._household.own_id,
                lambda mode, session: self._keys_for(connection.peer, mode, session),
                lambda outcome: self._approve(connection.peer, outcome),
                capabilities=self._capabilities,
            )
        finally:
            self._greetings -= 1

    def _keys_for(self, peer_id: str, mode: Mode, session: str) -> tuple[bytes, ...]:
        known = self._household.with_peer(peer_id)
        if known is not None and _dials(known) and self._household.own_id < peer_id:
            raise HandshakeFailed(Reason.GLARE, "this page dials already")
        if mode is Mode.SECRET:
            return self._household.invites.keys()
        return _resume_key(known, session) if mode is Mode.RESUME else ()

    def _require_room(self, peer_id: str) -> None:
        """A stranger disturbs nobody who is here, and no crowd of them fills the page."""
        known = self._household.with_peer(peer_id)
        if known is not None and known.state is not LinkState.LOST and not _dials(known):
            raise HandshakeFailed(Reason.BUSY, "somebody with this ID is here")
        asking = sum(link.state is LinkState.ASKING for link in self._household.all)
        if asking >= MAX_AT_THE_DOOR:
            raise HandshakeFailed(Reason.BUSY, "too many wait to be let in")

    def _approve(self, peer_id: str, outcome: Outcome) -> None:
        here = sum(link.state is not LinkState.LOST for link in self._household.all)
        if outcome.mode is not Mode.RESUME and here >= MAX_LINKS:
            raise HandshakeFailed(Reason.BUSY, "too many people are here")
        if outcome.mode is Mode.PHRASE:
            self._require_room(peer_id)
        elif outcome.mode is Mode.SECRET:
            closed = self._household.invites.redeem(outcome.proved, time.time())
            if closed is not None:
                raise HandshakeFailed(closed, "the invite is over")

    def _let_in(self, connection: DataConnection, outcome: Outcome) -> None:
        known = self._household.with_peer(connection.peer)
        if outcome.mode is Mode.RESUME:
            if known is None or known.record.session != outcome.session:
                raise LinkClosed("it was ended meanwhile")
            self._household.go_on(known, connection)
            return
        if known is None or not _dials(known):
            self._end_earlier(connection.peer)
            session = SessionRecord(connection.peer, guest=False)
            known = self._household.add(session, LinkState.CONNECTING)
        # Where both dialled, ours becomes theirs: this page is the host from now on.
        scope = self._household.invites.scope(outcome.proved)
        self._establish(known, connection, outcome, scope)

    def _establish(
        self, link: LinkSession, connection: DataConnection, outcome: Outcome, scope: str = ""
    ) -> None:
        session = replace(established(link.record, outcome), guest=False, secret="", scope=scope)
        try:
            link.establish(session)
        except PeerScriptError as error:
            link.end(error)
            raise
        self._household.go_on(link, connection)

    def _end_earlier(self, peer_id: str, besides: LinkSession | None = None) -> None:
        for link in tuple(self._household.all):
            if link.peer_id == peer_id and link is not besides:
                link.end(LinkClosed("they have come again"))

    async def _ask(self, connection: DataConnection, outcome: Outcome) -> None:
        """Ask the person here whether somebody comes in who has no secret."""
        link = self._household.add(SessionRecord(connection.peer, guest=False), LinkState.ASKING)
        link.compare(outcome.phrase)
        leaving = asyncio.ensure_future(_until_anything(connection))
        either: set[asyncio.Future[Any]] = {leaving, link.decision}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
        if not link.decision.done():
            link.end(LinkClosed("they did not wait"))
            await connection.close(flush=False)
        elif link.decision.result() and link.state is LinkState.ASKING:
            await self._admit(link, connection, outcome)
        else:
            link.end(None)
            await refuse(connection, HandshakeFailed(Reason.PERSON, "turned away"))

    async def _admit(self, link: LinkSession, connection: DataConnection, outcome: Outcome) -> None:
        key = secrets.token_bytes(NONCE_SIZE)
        try:
            await connection.send(HANDSHAKE.encode(Admitted(to_text(key))))
            self._end_earlier(connection.peer, besides=link)
            self._establish(link, connection, replace(outcome, resume=key))
        except PeerScriptError as error:
            link.end(error)
            raise


def established(session: SessionRecord, outcome: Outcome) -> SessionRecord:
    """What is known of the other side after a first handshake."""
    proved = Verification.SECRET if outcome.mode is Mode.SECRET else Verification.ADMITTED
    return replace(
        session,
        session=outcome.session,
        key=outcome.resume.hex(),
        verification=proved,
        met=time.time(),
    )


def _dials(link: LinkSession) -> bool:
    return link.guest and link.state is LinkState.CONNECTING


def _resume_key(known: LinkSession | None, session: str) -> tuple[bytes, ...]:
    if known is None or not known.record.key or known.record.session != session:
        raise HandshakeFailed(Reason.SESSION, "an unknown session")
    return (bytes.fromhex(known.record.key),)


async def _until_anything(connection: DataConnection) -> None:
    """Whoever waits to be let in has nothing to say: a frame, or the end, ends the waiting."""
    try:
        await connection.receive()
    except PeerScriptError as error:
        logger.info("%s did not wait to be let in: %s", connection.peer, error)
