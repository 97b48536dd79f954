"""The host's door: whoever dials shows who they are before anything else is heard from them.

The ID that somebody has at the broker shows nothing: the broker gives it to whoever asks first. A
session is continued by whoever proves its key, and ended by a newcomer only if that is the very
same page, by its certificate. Any other newcomer under a known ID gets a row of their own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from peerscript.aio.tasks import TaskOwner
from peerscript.data.connection import DataConnection
from peerscript.errors import LinkClosed, LinkRefused, PeerScriptError
from peerscript.link.handshake import handshake_as_host, parties, refuse
from peerscript.link.session import LinkSession
from peerscript.link.store import SessionRecord
from peerscript.protocol.link.attempts import KnockLimit
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
MAX_WITH_ONE_ID = 4  # sessions that may be under one ID, whoever they are with


class HostLinks(Protocol):
    """Whom the door is for: `Links`."""

    invites: Invites
    tasks: TaskOwner

    @property
    def own_id(self) -> str:
        """This page's ID."""

    @property
    def all(self) -> Sequence[LinkSession]:
        """Every Link that is not over."""

    def add(self, session: SessionRecord, state: LinkState) -> LinkSession:
        """Take in a new Link."""

    def go_on(self, link: LinkSession, connection: DataConnection, key: bytes) -> None:
        """Go on over a connection whose other side has proved who it is."""


class Host:
    """Takes those who dial through the handshake.

    Args:
        refused: is told of everybody who was not let in, with their ID.
    """

    def __init__(
        self,
        sessions: HostLinks,
        capabilities: Sequence[str],
        refused: Callable[[LinkRefused, str], None],
    ) -> None:
        self._sessions = sessions
        self._capabilities = capabilities
        self._refused = refused
        self._greetings = 0
        self._knocks = KnockLimit()

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
                self._sessions.own_id,
                lambda mode, session: self._keys_for(connection.peer, mode, session),
                lambda outcome: self._approve(connection, outcome),
                capabilities=self._capabilities,
            )
        finally:
            self._greetings -= 1

    def _keys_for(self, peer_id: str, mode: Mode, session: str) -> tuple[bytes, ...]:
        if mode is Mode.RESUME:
            return self._resumed(peer_id, session).record.keys
        if self._sessions.own_id < peer_id and any(map(_dials, self._with_id(peer_id))):
            raise HandshakeFailed(Reason.GLARE, "this page dials already")
        if mode is Mode.SECRET:
            return self._sessions.invites.keys()
        if not self._knocks.take(peer_id, asyncio.get_running_loop().time()):
            raise HandshakeFailed(Reason.BUSY, "too many phrases in a short time")
        return ()

    def _with_id(self, peer_id: str) -> list[LinkSession]:
        return [link for link in self._sessions.all if link.peer_id == peer_id]

    def _resumed(self, peer_id: str, session: str) -> LinkSession:
        for link in self._with_id(peer_id):
            if not link.guest and link.record.key and link.record.session == session:
                return link
        raise HandshakeFailed(Reason.SESSION, "an unknown session")

    def _approve(self, connection: DataConnection, outcome: Outcome) -> None:
        if outcome.mode is Mode.RESUME:
            self._renew(self._resumed(connection.peer, outcome.session), outcome)
            return
        self._require_room(connection, outcome.mode)
        if outcome.mode is Mode.SECRET:
            closed = self._sessions.invites.redeem(outcome.proved, time.time())
            if closed is not None:
                raise HandshakeFailed(closed, "the invite is over")

    @staticmethod
    def _renew(link: LinkSession, outcome: Outcome) -> None:
        """Keep the new key before the guest can know it, and the old one until it has kept it."""
        key, previous = outcome.resume.hex(), outcome.proved.hex()
        link.keep(replace(link.record, key=key, previous=previous))

    def _require_room(self, connection: DataConnection, mode: Mode) -> None:
        """A newcomer disturbs nobody who is here, and no crowd of them fills the page."""
        here = [link for link in self._sessions.all if link.state is not LinkState.LOST]
        if len(here) >= MAX_LINKS:
            raise HandshakeFailed(Reason.BUSY, "too many people are here")
        same = [link for link in here if link.peer_id == connection.peer and not _dials(link)]
        if mode is Mode.SECRET:
            others = [link for link in same if not _is_same_page(link, connection)]
            if len(others) >= MAX_WITH_ONE_ID:
                raise HandshakeFailed(Reason.BUSY, "too many with this ID are here")
            return
        if same:
            raise HandshakeFailed(Reason.BUSY, "somebody with this ID is here")
        if sum(link.state is LinkState.ASKING for link in here) >= MAX_AT_THE_DOOR:
            raise HandshakeFailed(Reason.BUSY, "too many wait to be let in")

    def _let_in(self, connection: DataConnection, outcome: Outcome) -> None:
        if outcome.mode is Mode.RESUME:
            try:
                link = self._resumed(connection.peer, outcome.session)
            except HandshakeFailed as error:
                raise LinkClosed("it was ended meanwhile") from error
            self._sessions.go_on(link, connection, outcome.resume)
            return
        self._make_room(connection)
        link = self._sessions.add(SessionRecord(connection.peer, guest=False), LinkState.CONNECTING)
        scope = self._sessions.invites.scope(outcome.proved)
        self._establish(link, connection, outcome, scope)

    def _establish(
        self, link: LinkSession, connection: DataConnection, outcome: Outcome, scope: str = ""
    ) -> None:
        try:
            link.establish(replace(established(link.record, outcome), scope=scope))
        except PeerScriptError as error:
            link.end(error)
            raise
        self._sessions.go_on(link, connection, outcome.resume)

    def _make_room(self, connection: DataConnection, besides: LinkSession | None = None) -> None:
        """End what the very same page had here before. Of those who are lost under this ID, the
        newest goes when there are too many: so nobody drives out the one who had it first.
        """
        for link in self._sessions.all:
            if link is not besides and _is_same_page(link, connection) and not _stays(link):
                link.end(LinkClosed("they have come again"))
        same = [link for link in self._with_id(connection.peer) if link is not besides]
        lost = [link for link in same if link.state is LinkState.LOST and not link.guest]
        if len(same) >= MAX_WITH_ONE_ID and lost:
            lost[-1].end(LinkClosed("too many others have come since"))

    async def _ask(self, connection: DataConnection, outcome: Outcome) -> None:
        """Ask the person here whether somebody comes in who has no secret."""
        _, guest = parties(connection, self._sessions.own_id)
        link = self._sessions.add(SessionRecord(connection.peer, guest=False), LinkState.ASKING)
        link.certificate = guest.fingerprint
        link.compare(outcome.phrase)
        leaving = self._sessions.tasks.start(_until_anything(connection))
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
            self._make_room(connection, besides=link)
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


def _is_same_page(link: LinkSession, connection: DataConnection) -> bool:
    """Whether the Link was with the page at the other end: no other page has its certificate."""
    seen = connection.fingerprints
    return seen is not None and link.certificate == seen.remote


def _stays(link: LinkSession) -> bool:
    """Whether it is this page's own to end, since it has dialled and been let in."""
    return link.guest and link.record.key != ""


async def _until_anything(connection: DataConnection) -> None:
    """Whoever waits to be let in has nothing to say: a frame, or the end, ends the waiting."""
    try:
        await connection.receive()
    except PeerScriptError as error:
        logger.info("%s did not wait to be let in: %s", connection.peer, error)
