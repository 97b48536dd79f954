"""Mending a Link's path without a person.

Only the guest dials, a fresh connection through the broker each time, with pauses that grow; the
host keeps itself reachable. A browser does not notice that its network has changed under the
broker's socket, so that is renewed, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from peerscript.aio.backoff import delays
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import (
    BrokerError,
    ConnectError,
    ConnectionLost,
    Disconnected,
    LinkRefused,
    PeerScriptError,
    PeerUnavailable,
)
from peerscript.link.guest import ATTEMPT_TIMEOUT
from peerscript.link.session import LinkSession
from peerscript.peer.peer import Peer
from peerscript.protocol.link.state import LinkState

logger = logging.getLogger("peerscript")

GIVE_UP_AFTER = 180.0  # seconds without a path
GONE_AFTER = 30.0  # seconds in which a page that was closed may be back from a reload
LOOK_AFTER = 4.0  # seconds until a host looks again whether the guest is back
RENEW_AFTER = 8.0  # seconds without a path after which the broker's socket is not trusted
_RESTORABLE = (LinkState.CONNECTING, LinkState.WAITING, LinkState.RECONNECTING)
_PASSING = frozenset({"busy", "glare"})  # reasons of refusal that may be gone in a moment

Try = Callable[[LinkSession], Awaitable[None]]


class Reconnection:
    """Mends Links, each in a task of its own.

    Args:
        attempt: dials once.
        tasks: owns those that look for paths.
    """

    def __init__(self, peer: Peer, attempt: Try, tasks: TaskOwner) -> None:
        self._peer = peer
        self._attempt = attempt
        self._tasks = tasks
        self._restoring: dict[LinkSession, asyncio.Task[None]] = {}
        self._hurry = asyncio.Event()
        self._answered_at = 0.0  # when the broker was last known to be there

    def hurry(self) -> None:
        """Something has changed for the better: do not wait out the pauses."""
        self._hurry.set()
        self._hurry.clear()

    def restore(self, link: LinkSession) -> None:
        """Look for a path until there is one, or it is hopeless; once at a time."""
        if link not in self._restoring:
            self._restoring[link] = self._tasks.start(self._restore(link))

    def stop(self, link: LinkSession) -> None:
        """It is over: look no more."""
        task = self._restoring.pop(link, None)
        if task is not None:
            task.cancel()

    async def _restore(self, link: LinkSession) -> None:
        try:
            look = self._redial if link.guest else self._stay_reachable
            trouble = await look(link)
        finally:
            self._restoring.pop(link, None)
        if trouble is not None:
            link.give_up(trouble)  # whoever hears of it may have it tried again at once

    async def _redial(self, link: LinkSession) -> PeerScriptError | None:
        """Return why it was given up, if it was."""
        began = absent_since = self._now()
        pauses = delays()
        while self._wanted(link):
            try:
                await self._attempt(link)
                return None
            except PeerScriptError as error:
                if not self._wanted(link):
                    break
                logger.info("no path to %s yet: %s", link.peer_id, error)
                absent = isinstance(error, PeerUnavailable) or _is_nobodys_word(link, error)
                if self._hopeless(link, error, absent_since if absent else began):
                    return error
            if absent:
                self._answered_at = self._now()  # the broker did
            else:
                absent_since = self._now()
            await self._pause(next(pauses))
            if self._wanted(link):
                await self._have_a_broker(began)
        return None

    @staticmethod
    def _wanted(link: LinkSession) -> bool:
        """Whether the old path has not healed by itself, nor is it over."""
        return link.state in _RESTORABLE

    def _hopeless(self, link: LinkSession, error: PeerScriptError, since: float) -> bool:
        seconds = self._now() - since
        if isinstance(error, LinkRefused):
            if _is_nobodys_word(link, error):
                return seconds > GONE_AFTER
            # Once a phrase was shown, "busy" would be a way to have another one made.
            passing = error.reason in _PASSING and link.state is not LinkState.WAITING
            return not passing or seconds > GONE_AFTER
        if link.state is not LinkState.RECONNECTING and not isinstance(error, BrokerError):
            return True  # the first time, a person waits for it
        limit = GONE_AFTER if isinstance(error, PeerUnavailable) else GIVE_UP_AFTER
        return seconds > limit

    async def _stay_reachable(self, link: LinkSession) -> PeerScriptError | None:
        """Return why it was given up, if it was."""
        began = reachable_since = self._now()
        left = not isinstance(link.trouble, ConnectionLost)
        while True:
            await self._pause(LOOK_AFTER)
            if link.state is not LinkState.RECONNECTING:
                return None
            if not self._peer.open:
                reachable_since = self._now()
            waited, reachable = self._now() - began, self._now() - reachable_since
            if waited > GIVE_UP_AFTER or (left and reachable > GONE_AFTER):
                return ConnectError(f"{link.peer_id} has not come back")
            await self._have_a_broker(began)

    async def _have_a_broker(self, began: float) -> None:
        """Leave the broker when its socket may be dead, which the browser would not tell; `Links`
        logs on again. Return when that is done, or takes too long to wait for.
        """
        now = self._now()
        if self._peer.open and now - max(began, self._answered_at) > RENEW_AFTER:
            self._answered_at = now
            self._peer.disconnect()
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT):
                await self._peer.wait_open()
        except (TimeoutError, Disconnected) as error:
            logger.info("no broker: %r", error)

    async def _pause(self, seconds: float) -> None:
        try:  # in this task: while the peer closes, no other is begun, and there is no pause
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _is_nobodys_word(link: LinkSession, error: PeerScriptError) -> bool:
    """Whether a refusal counts no more than silence: the one who knows the session's key has not
    given it, since whoever has, has not proved itself. Anybody may have the ID at the broker.
    """
    return isinstance(error, LinkRefused) and link.record.key != ""
