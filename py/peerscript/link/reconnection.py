"""Restores the path of a Link without a person's help.

Only the guest dials to restore it, a new connection through the broker each time, with growing
pauses. The host stays reachable at the broker, and asks it whether the guest is still there. A
browser does not notice that the broker's socket is dead after a change of network, so the socket is
renewed too.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterator

from peerscript.aio.backoff import delays
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import (
    BrokerError,
    ConnectError,
    ConnectionLost,
    ConnectTimeout,
    Disconnected,
    LinkRefused,
    PeerScriptError,
    PeerUnavailable,
)
from peerscript.link.guest import ATTEMPT_TIMEOUT
from peerscript.link.host import LABEL
from peerscript.link.session import LinkSession
from peerscript.peer.peer import Peer
from peerscript.protocol.link.state import LinkState

logger = logging.getLogger("peerscript")

GIVE_UP_AFTER = 180.0  # seconds without a path
GONE_AFTER = 30.0  # seconds for a page that is not at the broker to come back from a reload
CHECK_INTERVAL = 4.0  # seconds between a host's checks whether the guest is back
# Seconds for the first attempts after a path was lost. They are short, since a broker loses what is
# sent to a page that is being reloaded, and no event tells of it.
FIRST_TIMEOUTS = (1.5, 6.5)
# Seconds within which a first connection that nobody answers is dialled once more: their page may
# be busy, or being loaded. A person waits for the result, so no longer.
REDIAL_WITHIN = 1.5 * ATTEMPT_TIMEOUT
ASK_AFTER = 8.0  # seconds without a path after which a host asks for the guest
RENEW_AFTER = 8.0  # seconds without a path after which the broker's socket is renewed
_RESTORABLE = (LinkState.CONNECTING, LinkState.WAITING, LinkState.RECONNECTING)
_TEMPORARY = frozenset({"busy", "glare"})  # reasons for a refusal that may soon be gone

Attempt = Callable[[LinkSession, float], Awaitable[None]]


class Reconnection:
    """Restores paths, with a task for each Link.

    Args:
        attempt: dials once; it is given the seconds for the connection to open.
        tasks: owns the tasks.
    """

    def __init__(self, peer: Peer, attempt: Attempt, tasks: TaskOwner) -> None:
        self._peer = peer
        self._attempt = attempt
        self._tasks = tasks
        self._restoring: dict[LinkSession, asyncio.Task[None]] = {}
        self._retry_event = asyncio.Event()
        self._answered_at = 0.0  # when the broker last answered

    def retry_now(self) -> None:
        """Retry at once, without waiting for the end of the pauses: the network may be back."""
        self._retry_event.set()
        self._retry_event.clear()

    def restore(self, link: LinkSession) -> None:
        """Start looking for a path, unless that is running; give up after a while."""
        if link not in self._restoring:
            self._restoring[link] = self._tasks.start(self._restore(link))

    def stop(self, link: LinkSession) -> None:
        """Stop looking for a path."""
        task = self._restoring.pop(link, None)
        if task is not None:
            task.cancel()

    async def _restore(self, link: LinkSession) -> None:
        try:
            look = self._redial if link.guest else self._stay_reachable
            error = await look(link)
        finally:
            self._restoring.pop(link, None)
        if error is not None:
            link.give_up(error)  # a handler may call `restore` again at once

    async def _redial(self, link: LinkSession) -> PeerScriptError | None:
        """Return when the Link needs no path any more, or with the error on which to give up."""
        began = absent_since = self._now()
        pauses, timeouts = delays(), self._timeouts(link)
        while self._needs_path(link):
            try:
                await self._attempt(link, next(timeouts))
                return None
            except PeerScriptError as error:
                if not self._needs_path(link):
                    break
                logger.info("no path to %s yet: %s", link.peer_id, error)
                absent = isinstance(error, PeerUnavailable) or _is_unproven_refusal(link, error)
                if self._is_final(link, error, absent_since if absent else began):
                    return error
            if absent:
                self._answered_at = self._now()  # the broker did
            else:
                absent_since = self._now()
            await self._pause(next(pauses))
            if self._needs_path(link):
                await self._ensure_broker(link, began)
        return None

    @staticmethod
    def _timeouts(link: LinkSession) -> Iterator[float]:
        """Seconds for each attempt."""
        if link.state is LinkState.RECONNECTING:
            yield from FIRST_TIMEOUTS
        yield from itertools.repeat(ATTEMPT_TIMEOUT)

    @staticmethod
    def _needs_path(link: LinkSession) -> bool:
        """Whether the old path has not recovered, and the Link is not over."""
        return link.state in _RESTORABLE

    def _is_final(self, link: LinkSession, error: PeerScriptError, since: float) -> bool:
        seconds = self._now() - since
        if isinstance(error, LinkRefused):
            if _is_unproven_refusal(link, error):
                return seconds > GONE_AFTER
            # After a phrase was shown, retrying on "busy" would let the other side get another one.
            temporary = error.reason in _TEMPORARY and link.state is not LinkState.WAITING
            return not temporary or seconds > GONE_AFTER
        if link.state is not LinkState.RECONNECTING and not isinstance(error, BrokerError):
            unheard = isinstance(error, ConnectTimeout) and link.state is LinkState.CONNECTING
            return not unheard or seconds > REDIAL_WITHIN
        limit = GONE_AFTER if isinstance(error, PeerUnavailable) else GIVE_UP_AFTER
        return seconds > limit

    async def _stay_reachable(self, link: LinkSession) -> PeerScriptError | None:
        """Return when the Link needs no path any more, or with the error on which to give up."""
        began = absent_since = self._now()
        losses, left = link.losses, not isinstance(link.error, ConnectionLost)
        while True:
            await self._pause(CHECK_INTERVAL)
            if losses != link.losses:  # it was back meanwhile, and is lost anew
                began = absent_since = self._now()
                losses, left = link.losses, not isinstance(link.error, ConnectionLost)
            absent = left or (self._now() - began > ASK_AFTER and await self._is_absent(link))
            if link.state is not LinkState.RECONNECTING:
                return None
            if not (absent and self._peer.open):
                absent_since = self._now()
            waited, absence = self._now() - began, self._now() - absent_since
            if waited > GIVE_UP_AFTER or absence > GONE_AFTER:
                return ConnectError(f"{link.peer_id} has not come back")
            await self._ensure_broker(link, began)

    async def _is_absent(self, link: LinkSession) -> bool:
        """Whether the broker says that nobody has the guest's ID, or another page has it: one that
        was loaded since and knows the Link would resume it. The broker is asked by dialling; what
        opens is closed at once, before a handshake.
        """
        try:
            connection = await self._peer.connect(
                link.peer_id, label=LABEL, serialization="raw", timeout=ATTEMPT_TIMEOUT
            )
        except PeerScriptError as error:
            logger.info("%s has not come back yet: %s", link.peer_id, error)
            return isinstance(error, PeerUnavailable)
        self._answered_at = self._now()
        seen = connection.fingerprints
        await connection.close(flush=False)
        return seen is not None and link.certificate not in (b"", seen.remote)

    async def _ensure_broker(self, link: LinkSession, began: float) -> None:
        """Disconnect from the broker if its socket may be dead; `Sessions` logs on again. Return
        when that is done, or after ATTEMPT_TIMEOUT.
        """
        now = self._now()
        known = link.state is LinkState.RECONNECTING  # else a host may just be busy
        if known and self._peer.open and now - max(began, self._answered_at) > RENEW_AFTER:
            self._answered_at = now
            self._peer.disconnect()
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT):
                await self._peer.wait_open()
        except (TimeoutError, Disconnected) as error:
            logger.info("no broker: %r", error)

    async def _pause(self, seconds: float) -> None:
        try:  # no task of its own: while the peer closes, none can be started
            async with asyncio.timeout(seconds):
                await self._retry_event.wait()
        except TimeoutError:
            return

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _is_unproven_refusal(link: LinkSession, error: PeerScriptError) -> bool:
    """Whether a refusal counts no more than silence: it refuses an established session, and the
    refusing page has not proved that it has the session's key. Anybody may have its ID.
    """
    return isinstance(error, LinkRefused) and link.record.key != ""
