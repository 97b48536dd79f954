"""A page's session at its broker: logging on, losing the socket, reconnecting."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import replace
from enum import Enum

from peerscript.aio.backoff import delays
from peerscript.aio.events import Emitter
from peerscript.aio.lifecycle import Lifecycle, follow
from peerscript.aio.timeouts import check_timeout
from peerscript.errors import (
    BrokerUnreachable,
    BrowserUnsupported,
    Disconnected,
    PeerScriptError,
)
from peerscript.options import PeerOptions
from peerscript.peer.events import PEER_EVENTS, PeerEvent, PeerOn
from peerscript.ports import Broker, BrokerEvents, Browser, CallChannel, Channel
from peerscript.protocol.ids import check_id

logger = logging.getLogger("peerscript")

_START_IT = "enter it with `async with`, or `await peer.start()`"

LOG_ON_TIMEOUT = 20.0  # seconds in which a broker must answer
SILENCE = 4.0  # seconds without an answer after which a peer with a known ID opens a new socket
PAUSE = 0.5  # seconds for the broker to notice that a socket was closed


class PeerState(Enum):
    """The life of a peer."""

    NEW = "new"
    OPENING = "opening"
    OPEN = "open"
    DISCONNECTED = "disconnected"
    CLOSED = "closed"


_MOVES = {
    PeerState.NEW: frozenset({PeerState.OPENING, PeerState.CLOSED}),
    PeerState.OPENING: frozenset({PeerState.OPEN, PeerState.DISCONNECTED, PeerState.CLOSED}),
    PeerState.OPEN: frozenset({PeerState.DISCONNECTED, PeerState.CLOSED}),
    PeerState.DISCONNECTED: frozenset({PeerState.OPENING, PeerState.CLOSED}),
    PeerState.CLOSED: frozenset[PeerState](),
}


_WHY_NOT = {
    PeerState.NEW: f"this peer has not started: {_START_IT}",
    PeerState.OPENING: "this page is not logged on to the broker yet",
    PeerState.OPEN: "this peer is logged on",
    PeerState.DISCONNECTED: "this page has left or lost the broker: see reconnect()",
    PeerState.CLOSED: "this peer is closed for good: make a new Peer",
}
_STARTED_BEFORE = {
    PeerState.OPENING: "this peer is starting already: start() or `async with`, once",
    PeerState.OPEN: "this peer has started already: start() or `async with`, once",
    PeerState.DISCONNECTED: "this peer has started already: reconnect() logs on again",
    PeerState.CLOSED: "this peer is closed for good: make a new Peer",
}


class BrokerSession(Emitter[PeerOn, PeerEvent], ABC):
    """A Peer's session at its broker. The subclass handles connections and calls of other pages."""

    _EVENTS = PEER_EVENTS

    def __init__(self, id: str | None, options: PeerOptions, browser: Browser) -> None:
        super().__init__()
        if not isinstance(id, str | None):
            raise TypeError(f"an ID is text, not {id!r}; options go by name: Peer(host=…)")
        self._id = "" if id is None else check_id(id)
        self.options = options
        self._browser = browser
        self._life = Lifecycle(f"peer {id or ''}", PeerState.NEW, _MOVES)
        self._failure: PeerScriptError | None = None
        self._reopening = False
        self._broker: Broker | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._id!r} {self.state.value}>"

    @property
    def id(self) -> str:
        """This page's ID at the broker; kept after a disconnect.

        Raises:
            Disconnected: the broker has not chosen one yet.
        """
        if not self._id:
            raise Disconnected(f"this peer has no ID yet: {_START_IT}")
        return self._id

    @property
    def state(self) -> PeerState:
        """The current state."""
        return self._life.state

    @property
    def open(self) -> bool:
        """Whether the broker knows this page now."""
        return self.state is PeerState.OPEN

    @property
    def disconnected(self) -> bool:
        """Whether the broker was left or lost; `reconnect` may help."""
        return self.state in (PeerState.DISCONNECTED, PeerState.CLOSED)

    @property
    def destroyed(self) -> bool:
        """Whether it is closed for good."""
        return self.state is PeerState.CLOSED

    async def states(self) -> AsyncIterator[PeerState]:
        """Iterate over the current state and each later one, ending after CLOSED. A slow reader
        skips to the newest.
        """
        async for state in follow(lambda: self.state, self._life, PeerState.CLOSED):
            yield state

    async def wait_open(self) -> None:
        """Return as soon as the broker knows this page.

        Raises:
            Disconnected: this peer is closed for good.
        """
        while not self.open:
            if self.destroyed:
                raise Disconnected("this peer is closed")
            await self._life.change()

    async def start(self, *, timeout: float = LOG_ON_TIMEOUT) -> None:
        """Log on to the broker; return when it knows this page.

        Args:
            timeout: seconds to wait for the broker.

        Raises:
            BrowserUnsupported: this page cannot do WebRTC.
            BrokerUnreachable, IdTaken, InvalidId, InvalidKey: the broker cannot or will not.
            RuntimeError: it was started before.
        """
        check_timeout(timeout)
        if self.state is not PeerState.NEW:
            raise RuntimeError(_STARTED_BEFORE[self.state])
        if not self._browser.supports().webrtc:
            raise BrowserUnsupported("this browser has no WebRTC")
        self._life.move(PeerState.OPENING)
        try:
            await self._have_certificate()
            self._broker = self._browser.open_broker(self._id or None, self.options, self._events())
            await self._opened(self._broker, timeout)
        except BaseException:
            await self.close()
            raise

    async def _have_certificate(self) -> None:
        """Use one certificate for all connections and calls, so that they can be matched by it."""
        config = dict(self.options.config or {})
        if "certificates" not in config:
            config["certificates"] = [await self._browser.make_certificate()]
            self.options = replace(self.options, config=config)

    async def reconnect(self, *, timeout: float | None = LOG_ON_TIMEOUT) -> None:
        """Log on again under the same ID; return when the broker knows this page again.

        A broker that does not answer is tried again, after 0.5 s, 1 s, 2 s and so on to 15 s.
        Each failed attempt emits "error".

        Args:
            timeout: seconds to go on trying; None for ever, 0 for one attempt.

        Raises:
            BrokerUnreachable: it did not answer in time.
            IdTaken: another page took the ID meanwhile.
            Disconnected: this peer is closed, or was never open.
        """
        check_timeout(timeout, may_be_none=True)
        clock = asyncio.get_running_loop().time
        until = None if timeout is None else clock() + timeout
        for delay in delays():
            try:
                await self._log_on_again()
            except BrokerUnreachable:
                if until is not None and clock() + delay > until:
                    raise
            else:
                return
            await self._changes_within(delay)

    async def _log_on_again(self) -> None:
        if self.state is not PeerState.DISCONNECTED or self._broker is None:
            raise Disconnected(_WHY_NOT[self.state])
        self._failure = None
        self._life.move(PeerState.OPENING)
        try:
            self._broker.reconnect()
            await self._opened(self._broker, LOG_ON_TIMEOUT)
        except BaseException:
            self._broker.disconnect()
            self._on_disconnected()
            raise

    async def _opened(self, broker: Broker, timeout: float) -> None:
        known = bool(self._id)
        try:
            async with asyncio.timeout(timeout):
                while self.state is PeerState.OPENING:
                    if not await self._changes_within(SILENCE) and known:
                        await self._reopen_socket(broker)
        except TimeoutError:
            error = BrokerUnreachable(
                f"no broker at {broker.address} answered within {timeout:g} s"
            )
            self._emit("error", error)
            raise error from None
        if self.state is not PeerState.OPEN:
            raise self._failure or Disconnected("closed while logging on")

    async def _changes_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._life.change()
        except TimeoutError:
            return False
        return True

    async def _reopen_socket(self, broker: Broker) -> None:
        """After a reload or a change of network PeerServer accepts a new socket for an ID that it
        still holds, but sends no OPEN until it notices that the old socket is dead (peerjs#1289).
        Closing the new socket makes it forget the ID, and the next one gets its OPEN.
        """
        self._reopening = True
        try:
            broker.disconnect()
            await asyncio.sleep(PAUSE)
        finally:
            self._reopening = False
        if self.state is PeerState.OPENING:
            broker.reconnect()

    async def list_all_peers(self) -> list[str]:
        """Ask the broker for every ID it knows. PeerJS's public broker refuses.

        Raises:
            Disconnected: this page is not logged on to the broker.
            BrokerError: the broker refuses (PeerServer's `allow_discovery` is off).
        """
        return await self._require_broker().list_all_peers()

    def disconnect(self) -> None:
        """Leave the broker. Open connections stay open; no new ones can be made."""
        if self.open and self._broker is not None:
            self._broker.disconnect()
            self._on_disconnected()

    @abstractmethod
    async def close(self) -> None:
        """Leave the broker for good."""

    def _require_started(self) -> None:
        """Raise Disconnected if nothing can come any more, or before somebody starts it."""
        if self.state in (PeerState.NEW, PeerState.CLOSED):
            raise Disconnected(_WHY_NOT[self.state])

    def _require_broker(self) -> Broker:
        if self._broker is None or not self.open:
            raise self._failure or Disconnected(_WHY_NOT[self.state])
        return self._broker

    # Reports of the broker

    def _events(self) -> BrokerEvents:
        return BrokerEvents(
            on_open=self._on_open,
            on_connection=self._on_connection,
            on_call=self._on_call,
            on_disconnected=self._on_disconnected,
            on_unavailable=self._on_unavailable,
            on_error=self._on_error,
        )

    @abstractmethod
    def _on_connection(self, channel: Channel) -> None: ...

    @abstractmethod
    def _on_call(self, call: CallChannel) -> None: ...

    @abstractmethod
    def _on_unavailable(self, peer_id: str) -> None: ...

    def _on_open(self, peer_id: str) -> None:
        if self.state is PeerState.OPENING:
            self._id = peer_id
            self._life.name = f"peer {peer_id}"
            self._life.move(PeerState.OPEN, lambda: self._emit("open", peer_id))

    def _on_disconnected(self) -> None:
        if not self._reopening and self.state in (PeerState.OPEN, PeerState.OPENING):
            self._life.move(PeerState.DISCONNECTED, lambda: self._emit("disconnected", self._id))

    def _on_error(self, error: PeerScriptError) -> None:
        logger.warning("broker: %s: %s", type(error).__name__, error)
        if self.state is PeerState.OPENING:
            self._failure = error
            self._life.move(PeerState.DISCONNECTED, lambda: self._emit("error", error))
        else:
            self._emit("error", error)
