"""Mending a Link's path without a person.

Only the guest dials, a fresh connection through the broker each time, with pauses that grow; the
host keeps itself reachable. A browser does not notice that its network has changed under the
broker's socket, so that is renewed, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from peerscript.backoff import delays
from peerscript.connection import DataConnection
from peerscript.errors import (
    BrokerError,
    ConnectError,
    ConnectionLost,
    LinkRefused,
    PeerScriptError,
    PeerUnavailable,
)
from peerscript.greeting import greet_as_guest
from peerscript.link import Link
from peerscript.peer import Peer
from peerscript.protocol.handshake import Outcome
from peerscript.protocol.invites import secret_bytes
from peerscript.protocol.linkstate import LinkState
from peerscript.sessions import Session

logger = logging.getLogger("peerscript")

ATTEMPT_TIMEOUT = 10.0  # seconds for one connection
GIVE_UP_AFTER = 180.0  # seconds without a path
GONE_AFTER = 30.0  # seconds in which a page that was closed may be back from a reload
RENEW_AFTER = 8.0  # seconds without a path after which the broker's socket is not trusted
_MENDABLE = (LinkState.CONNECTING, LinkState.WAITING, LinkState.RECONNECTING)
_PASSING = frozenset({"busy", "glare"})  # reasons of refusal that may be gone in a moment

Try = Callable[[Link], Awaitable[None]]


async def dial(
    peer: Peer, session: Session, capabilities: Sequence[str], label: str
) -> tuple[DataConnection, Outcome]:
    """Dial, and prove what this page has: the session's key, or the invite's secret, or nothing.

    Raises:
        PeerScriptError: it did not work, and why. Nothing is left behind.
    """
    connection = await peer.connect(
        session.peer_id, label=label, serialization="raw", timeout=ATTEMPT_TIMEOUT
    )
    key = bytes.fromhex(session.key) or (secret_bytes(session.secret) if session.secret else None)
    try:
        outcome = await greet_as_guest(
            connection,
            peer.id or "",
            key,
            session=session.session,
            capabilities=capabilities,
        )
    except BaseException:
        await connection.close(flush=False)
        raise
    return connection, outcome


class Healing:
    """Mends Links, each in a task of its own.

    Args:
        attempt: dials once.
    """

    def __init__(self, peer: Peer, attempt: Try) -> None:
        self._peer = peer
        self._attempt = attempt
        self._mending: set[Link] = set()
        self._hurry = asyncio.Event()
        self._renewed_at = 0.0

    def mends(self, link: Link) -> bool:
        """Whether it is being mended."""
        return link in self._mending

    def hurry(self) -> None:
        """Something has changed for the better: do not wait out the pauses."""
        self._hurry.set()
        self._hurry.clear()

    async def mend(self, link: Link) -> None:
        """Look for a path until there is one, or it is hopeless."""
        self._mending.add(link)
        try:
            if link.dialled:
                await self._redial(link)
            else:
                await self._stay_reachable(link)
        finally:
            self._mending.discard(link)

    async def _redial(self, link: Link) -> None:
        began = self._now()
        for delay in delays():
            try:
                await self._attempt(link)
            except PeerScriptError as error:
                if not self._wanted(link):
                    return
                logger.info("no path to %s yet: %s", link.peer_id, error)
                if self._hopeless(link, error, self._now() - began):
                    link.give_up(error)
                    return
            else:
                return
            await self._pause(delay)
            if not self._wanted(link):
                return
            self._renew_the_broker(began)

    @staticmethod
    def _wanted(link: Link) -> bool:
        """Whether the old path has not healed by itself, nor the other page has come instead."""
        return link.dialled and link.state in _MENDABLE

    def _hopeless(self, link: Link, error: PeerScriptError, seconds: float) -> bool:
        if isinstance(error, LinkRefused):
            return error.reason not in _PASSING or seconds > GONE_AFTER
        if link.state is not LinkState.RECONNECTING:
            return not isinstance(error, BrokerError)  # the first time, a person waits for it
        limit = GONE_AFTER if isinstance(error, PeerUnavailable) else GIVE_UP_AFTER
        return seconds > limit

    async def _stay_reachable(self, link: Link) -> None:
        began = self._now()
        closed = not isinstance(link.trouble, ConnectionLost)
        limit = GONE_AFTER if closed else GIVE_UP_AFTER
        for delay in delays():
            await self._pause(delay)
            if link.state is not LinkState.RECONNECTING:
                return
            if self._now() - began > limit:
                link.give_up(ConnectError(f"{link.peer_id} has not come back"))
                return
            self._renew_the_broker(began)

    def _renew_the_broker(self, began: float) -> None:
        """Leave the broker when its socket may be dead, which the browser would not tell; `Links`
        logs on again.
        """
        now = self._now()
        if self._peer.open and now - max(began, self._renewed_at) > RENEW_AFTER:
            self._renewed_at = now
            self._peer.disconnect()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
