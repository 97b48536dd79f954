"""The host's side: authenticates every incoming connection before anything else is read from it.

An ID at the broker proves nothing: the broker gives it to whoever asks first. A session is resumed
only with its key, and replaced by a newcomer only if that is the same page, recognized by its
certificate. Any other newcomer under a known ID gets a session of its own.
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
from peerscript.protocol.link.attempts import AttemptLimit
from peerscript.protocol.link.handshake import HandshakeFailed, Mode, Outcome, Reason
from peerscript.protocol.link.invites import InviteTable
from peerscript.protocol.link.keys import NONCE_SIZE, to_text
from peerscript.protocol.link.messages import HANDSHAKE, Admitted
from peerscript.protocol.link.state import LinkState, Verification

logger = logging.getLogger("peerscript")

LABEL = "peerscript-link"
MAX_HANDSHAKES = 16  # handshakes at once
MAX_LINKS = 100  # sessions at once
MAX_WAITING = 8  # guests without a secret who may wait to be accepted
MAX_WITH_ONE_ID = 4  # sessions that may exist with guests of the same ID
_HERE = (LinkState.CONNECTED, LinkState.RECONNECTING)
_WITHOUT_A_PATH = (LinkState.RECONNECTING, LinkState.LOST)


class HostLinks(Protocol):
    """What a Host needs of `Sessions`."""

    invites: InviteTable
    tasks: TaskOwner

    @property
    def own_id(self) -> str:
        """This page's ID."""

    @property
    def all(self) -> Sequence[LinkSession]:
        """Every Link that is not over."""

    def add(self, session: SessionRecord, state: LinkState) -> LinkSession:
        """Add a new session."""

    def use_connection(self, link: LinkSession, connection: DataConnection, key: bytes) -> None:
        """Continue the Link on a connection whose other side has proved who it is."""


class Host:
    """Runs the handshake with pages that dial.

    Args:
        on_refused: called with the error and the ID of every page that was refused, and has no
            Link to this one: else its late dial is of no account.
        on_other: called with each connection that is no Link's; returns whether somebody takes it.
    """

    def __init__(
        self,
        sessions: HostLinks,
        capabilities: Sequence[str],
        on_refused: Callable[[LinkRefused, str], None],
        on_other: Callable[[DataConnection], bool],
    ) -> None:
        self._sessions = sessions
        self._capabilities = capabilities
        self._on_refused = on_refused
        self._on_other = on_other
        self._handshakes = 0
        self._attempts = AttemptLimit()

    async def accept(self, connection: DataConnection) -> None:
        """Authenticate a connection; return when the page is admitted, refused or gone."""
        if connection.label != LABEL or connection.serialization != "raw":
            if not self._on_other(connection):
                await connection.close(flush=False)
            return
        is_here = self._is_here(connection)
        try:
            outcome = await self._handshake(connection)
            if outcome.mode is Mode.PHRASE:
                await self._await_decision(connection, outcome)
            elif outcome.mode is Mode.REDEEM:
                self._grant(self._standing(connection, outcome.session), outcome)
                await connection.close(timeout=1.0)
            else:
                self._admit_proven(connection, outcome)
        except LinkRefused as error:
            if not is_here:
                self._on_refused(error, connection.peer)
        except PeerScriptError as error:
            logger.info("no Link with %s: %s", connection.peer, error)
            await connection.close(flush=False)

    def _is_here(self, connection: DataConnection) -> bool:
        """Whether the page that dials is connected already, over another Link."""
        return any(
            link.state in _HERE and _is_same_page(link, connection) for link in self._sessions.all
        )

    async def _handshake(self, connection: DataConnection) -> Outcome:
        if self._handshakes >= MAX_HANDSHAKES:
            await refuse(connection, HandshakeFailed(Reason.BUSY, "too many handshakes"))
            raise LinkClosed("too many handshakes at once")
        self._handshakes += 1
        try:
            return await handshake_as_host(
                connection,
                self._sessions.own_id,
                lambda mode, session: self._keys_for(connection.peer, mode, session),
                lambda outcome: self._approve(connection, outcome),
                capabilities=self._capabilities,
            )
        finally:
            self._handshakes -= 1

    def _keys_for(self, peer_id: str, mode: Mode, session: str) -> tuple[bytes, ...]:
        if mode is Mode.RESUME:
            return self._resumed(peer_id, session).record.keys
        if mode is Mode.REDEEM:
            return self._sessions.invites.keys()
        if self._sessions.own_id < peer_id and any(map(_is_dialling, self._with_id(peer_id))):
            raise HandshakeFailed(Reason.GLARE, "this page dials already")
        if mode is Mode.SECRET:
            return self._sessions.invites.keys()
        if not self._attempts.take(peer_id, asyncio.get_running_loop().time()):
            raise HandshakeFailed(Reason.BUSY, "too many phrases in a short time")
        return ()

    def _with_id(self, peer_id: str) -> list[LinkSession]:
        return [link for link in self._sessions.all if link.peer_id == peer_id]

    def _resumed(self, peer_id: str, session: str) -> LinkSession:
        for link in self._with_id(peer_id):
            if not link.guest and link.record.key and link.record.session == session:
                return link
        raise HandshakeFailed(Reason.SESSION, "an unknown session")

    def _standing(self, connection: DataConnection, session: str) -> LinkSession:
        """The session to which an invite is added: it is that page's own, by its certificate."""
        for link in self._sessions.all:
            known = link.established and link.record.session == session
            if known and _is_same_page(link, connection):
                return link
        raise HandshakeFailed(Reason.SESSION, "an unknown session")

    def _approve(self, connection: DataConnection, outcome: Outcome) -> None:
        if outcome.mode is Mode.RESUME:
            self._renew(self._resumed(connection.peer, outcome.session), outcome)
            return
        if outcome.mode is Mode.REDEEM:
            self._standing(connection, outcome.session)
        else:
            self._require_capacity(connection, outcome.mode)
        if outcome.mode is not Mode.PHRASE:
            scope = self._sessions.invites.scope(outcome.proved)
            closed = self._sessions.invites.redeem(outcome.proved, time.time())
            if closed is not None:
                raise HandshakeFailed(closed, "the invite is over", scope=scope)

    @staticmethod
    def _renew(link: LinkSession, outcome: Outcome) -> None:
        """Save the new key before the guest can know it; keep the old one until the guest has saved
        the new one.
        """
        key, previous = outcome.resume.hex(), outcome.proved.hex()
        link.save(replace(link.record, key=key, previous=previous))

    def _require_capacity(self, connection: DataConnection, mode: Mode) -> None:
        """Refuse a newcomer that would exceed the limits on sessions."""
        here = [link for link in self._sessions.all if link.state is not LinkState.LOST]
        if len(here) >= MAX_LINKS:
            raise HandshakeFailed(Reason.BUSY, "too many people are here")
        same = [link for link in self._with_id(connection.peer) if not _is_dialling(link)]
        if mode is Mode.SECRET:
            others = [link for link in same if not _is_same_page(link, connection)]
            if len(others) >= MAX_WITH_ONE_ID and not _replaceable(others):
                raise HandshakeFailed(Reason.BUSY, "too many with this ID are here")
            return
        if any(link.state is not LinkState.LOST for link in same):
            raise HandshakeFailed(Reason.BUSY, "somebody with this ID is here")
        if sum(link.state is LinkState.ASKING for link in here) >= MAX_WAITING:
            raise HandshakeFailed(Reason.BUSY, "too many wait to be let in")

    def _admit_proven(self, connection: DataConnection, outcome: Outcome) -> None:
        if outcome.mode is Mode.RESUME:
            try:
                link = self._resumed(connection.peer, outcome.session)
            except HandshakeFailed as error:
                raise LinkClosed("it was ended meanwhile") from error
            self._sessions.use_connection(link, connection, outcome.resume)
            return
        self._end_superseded(connection)
        for link in self._sessions.all:
            if _is_same_page(link, connection):  # they will find that it stands, and leave
                self._grant(link, outcome)
        scope = self._sessions.invites.scope(outcome.proved)
        record = SessionRecord(connection.peer, guest=False, scope=scope)
        self._establish(self._sessions.add(record, LinkState.CONNECTING), connection, outcome)

    def _grant(self, link: LinkSession, outcome: Outcome) -> None:
        link.grant(self._sessions.invites.scope(outcome.proved))

    def _establish(self, link: LinkSession, connection: DataConnection, outcome: Outcome) -> None:
        try:
            link.establish(established(link.record, outcome))
        except PeerScriptError as error:
            link.end(error)
            raise
        self._sessions.use_connection(link, connection, outcome.resume)

    def _end_superseded(
        self, connection: DataConnection, besides: LinkSession | None = None
    ) -> None:
        """End the earlier session of the same page. If too many sessions have this ID, end the
        newest without a path: a page that dies again and again has left it behind.
        """
        for link in self._sessions.all:
            if (
                link is not besides
                and _is_same_page(link, connection)
                and not _is_established_guest(link)
            ):
                link.end(LinkClosed("they have come again"))
        same = [link for link in self._with_id(connection.peer) if link is not besides]
        if len(same) >= MAX_WITH_ONE_ID and (left := _replaceable(same)):
            left[-1].end(LinkClosed("too many others have come since"))

    async def _await_decision(self, connection: DataConnection, outcome: Outcome) -> None:
        """Wait for the person here to accept or reject a guest without a secret."""
        _, guest = parties(connection, self._sessions.own_id)
        link = self._sessions.add(SessionRecord(connection.peer, guest=False), LinkState.ASKING)
        link.certificate = guest.fingerprint
        link.show_phrase(outcome.phrase)
        leaving = self._sessions.tasks.start(_until_frame_or_close(connection))
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
            await self._admit_accepted(link, connection, outcome)
        else:
            link.end(None)
            await refuse(connection, HandshakeFailed(Reason.PERSON, "turned away"))

    async def _admit_accepted(
        self, link: LinkSession, connection: DataConnection, outcome: Outcome
    ) -> None:
        key = secrets.token_bytes(NONCE_SIZE)
        try:
            await connection.send(HANDSHAKE.encode(Admitted(to_text(key))))
            self._end_superseded(connection, besides=link)
            self._establish(link, connection, replace(outcome, resume=key))
        except PeerScriptError as error:
            link.end(error)
            raise


def established(session: SessionRecord, outcome: Outcome) -> SessionRecord:
    """The record of a session after its first handshake."""
    proved = Verification.SECRET if outcome.mode is Mode.SECRET else Verification.ADMITTED
    return replace(
        session,
        session=outcome.session,
        key=outcome.resume.hex(),
        verification=proved,
        met=time.time(),
    )


def _is_dialling(link: LinkSession) -> bool:
    return link.guest and link.state is LinkState.CONNECTING


def _replaceable(same: Sequence[LinkSession]) -> list[LinkSession]:
    """Which sessions with guests of one ID may go for a newcomer: none that has a path, nor the
    one that had the ID first.
    """
    return [link for link in same[1:] if link.state in _WITHOUT_A_PATH and not link.guest]


def _is_same_page(link: LinkSession, connection: DataConnection) -> bool:
    """Whether the Link is with the page at the other end: each page has its own certificate."""
    seen = connection.fingerprints
    return seen is not None and link.certificate == seen.remote


def _is_established_guest(link: LinkSession) -> bool:
    """Whether this page dialled and was admitted; then a newcomer does not replace the Link."""
    return link.guest and link.record.key != ""


async def _until_frame_or_close(connection: DataConnection) -> None:
    """Return when anything is received or the connection ends: a waiting guest sends nothing."""
    try:
        await connection.receive()
    except PeerScriptError as error:
        logger.info("%s did not wait to be let in: %s", connection.peer, error)
