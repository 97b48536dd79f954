"""A page that others can reach by its ID."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Generator, Sequence
from enum import Enum
from types import TracebackType
from typing import Any
from weakref import WeakSet

from peerscript.browser import this_browser
from peerscript.call import MediaConnection
from peerscript.connection import DataConnection
from peerscript.errors import (
    BrokerUnreachable,
    BrowserUnsupported,
    ConnectionClosed,
    Disconnected,
    OwnId,
    PeerScriptError,
    PeerUnavailable,
)
from peerscript.inbox import Inbox
from peerscript.lifecycle import Lifecycle
from peerscript.options import IceServer, read_options
from peerscript.ports import Broker, Browser, CallChannel, Channel, MediaStream
from peerscript.protocol.codecs import codec_for
from peerscript.protocol.ids import check_id

logger = logging.getLogger("peerscript")

INCOMING_TIMEOUT = 30.0  # seconds in which a connection from another page must open


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


class Peer:
    """This page, as others reach it: PeerJS's [Peer](https://peerjs.com/docs/#peer).

    Enter it with `async with`, or `await peer.start()` and later `await peer.close()`.

    Args:
        id: the ID to be known by; None lets the broker choose one.
        browser: where to run instead of this page: a `peerscript.memory.MemoryNetwork`.
        options: see `peerscript.options.PeerOptions`. What is not given comes from the
            page's `[peerscript]` table, and from PeerJS where that is silent.

    Raises:
        InvalidId: `id` is not one that a broker accepts.
        BrowserUnsupported: there is no browser here.
    """

    def __init__(
        self,
        id: str | None = None,
        *,
        host: str | None = None,
        port: int | None = None,
        path: str | None = None,
        key: str | None = None,
        secure: bool | None = None,
        token: str | None = None,
        ping_interval: float | None = None,
        ice_servers: Sequence[IceServer] | None = None,
        ice_transport_policy: str | None = None,
        debug: int | None = None,
        referrer_policy: str | None = None,
        browser: Browser | None = None,
    ) -> None:
        given = {
            "host": host,
            "port": port,
            "path": path,
            "key": key,
            "secure": secure,
            "token": token,
            "ping_interval": ping_interval,
            "ice_servers": ice_servers,
            "ice_transport_policy": ice_transport_policy,
            "debug": debug,
            "referrer_policy": referrer_policy,
        }
        self.id = None if id is None else check_id(id)
        self._browser = browser or this_browser()
        self.options = read_options(given, self._browser.settings())
        self._life = Lifecycle(f"peer {id or ''}", PeerState.NEW, _MOVES)
        self._failure: PeerScriptError | None = None
        self._broker: Broker | None = None
        self._incoming: Inbox[DataConnection] = Inbox()
        self._ringing: Inbox[MediaConnection] = Inbox()
        self._arrivals: set[asyncio.Task[None]] = set()
        self._members: WeakSet[DataConnection | MediaConnection] = WeakSet()

    def __repr__(self) -> str:
        return f"<Peer {self.id!r} {self.state.value}>"

    @property
    def state(self) -> PeerState:
        """Where in its life the peer is."""
        return self._life.state

    @property
    def open(self) -> bool:
        """Whether the broker knows this page now."""
        return self.state is PeerState.OPEN

    async def states(self) -> AsyncIterator[PeerState]:
        """Give the state now and each later one, to CLOSED. A slow reader sees the newest."""
        seen = None
        while seen is not PeerState.CLOSED:
            if self.state is seen:
                await self._life.change()
                continue
            seen = self.state
            yield seen

    async def start(self, *, timeout: float = 20.0) -> None:
        """Log on to the broker; return when it knows this page.

        Args:
            timeout: seconds to wait for the broker.

        Raises:
            BrowserUnsupported: this page cannot do WebRTC.
            BrokerUnreachable, IdTaken, InvalidId, InvalidKey: the broker cannot or will not.
        """
        if not self._browser.supports().webrtc:
            raise BrowserUnsupported("this browser has no WebRTC")
        self._life.move(PeerState.OPENING)
        try:
            self._broker = self._browser.open_broker(self.id, self.options, self)
            await self._opened(timeout)
        except BaseException:
            await self.close()
            raise

    async def _opened(self, timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout):
                while self.state is PeerState.OPENING:
                    await self._life.change()
        except TimeoutError:
            raise BrokerUnreachable(f"the broker did not answer within {timeout:g} s") from None
        if self.state is not PeerState.OPEN:
            raise self._failure or Disconnected("closed while logging on")

    async def __aenter__(self) -> Peer:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def connect(
        self,
        id: str,
        *,
        label: str | None = None,
        metadata: Any = None,
        serialization: str = "binary",
        reliable: bool = True,
        timeout: float = 30.0,
    ) -> _Connecting:
        """Connect to another page: `await` it, or enter it with `async with`.

        Args:
            id: the other page's ID.
            label: a name for the connection; PeerJS makes one up if None.
            metadata: anything JSON can carry; the other side reads it as `metadata`.
            serialization: "binary" (any value), "json" (one frame each) or "raw" (str, bytes).
            reliable: ordered delivery. PeerJS's own default is False.
            timeout: seconds until ConnectTimeout.

        Returns:
            An open DataConnection. Cancelling leaves nothing behind.

        Raises:
            InvalidId, OwnId, ValueError: wrong arguments.
            Disconnected: this page is not logged on to the broker.
            PeerUnavailable, ConnectTimeout, NegotiationFailed: it did not open, and why.
        """
        return _Connecting(self, id, (label, metadata, serialization, reliable), timeout)

    async def _connect(
        self, id: str, offer: tuple[str | None, Any, str, bool], timeout: float
    ) -> DataConnection:
        label, metadata, serialization, reliable = offer
        codec_for(serialization)  # refuses an unknown name before anything is sent
        broker = self._require_broker(id)
        channel = broker.connect(
            id, label=label, metadata=metadata, serialization=serialization, reliable=reliable
        )
        connection = DataConnection(channel)
        self._members.add(connection)
        await connection.opened(timeout)
        return connection

    async def call(
        self, id: str, stream: MediaStream | None = None, *, metadata: Any = None
    ) -> MediaConnection:
        """Call another page; it rings there when this returns. `MediaConnection.answered` waits.

        Args:
            id: the other page's ID.
            stream: what to send (`peerscript.media.get_user_media`); None only receives.
            metadata: anything JSON can carry; the other side reads it as `metadata`.

        Raises:
            InvalidId, OwnId: wrong arguments.
            Disconnected: this page is not logged on to the broker.
        """
        broker = self._require_broker(id)
        call = MediaConnection(broker.call(id, stream, metadata=metadata), local_stream=stream)
        self._members.add(call)
        return call

    def connections(self) -> AsyncIterator[DataConnection]:
        """Incoming connections, each open. None that came before you listened is lost."""
        return self._incoming

    def calls(self) -> AsyncIterator[MediaConnection]:
        """Incoming calls, each ringing. None that came before you listened is lost."""
        return self._ringing

    def disconnect(self) -> None:
        """Leave the broker. Open connections live on; nobody new can come."""
        if self.open and self._broker is not None:
            self._broker.disconnect()
            self.on_disconnected()

    async def reconnect(self, *, timeout: float = 20.0) -> None:
        """Come back to the broker under the same ID; return when it knows this page again.

        Raises:
            BrokerUnreachable: it does not answer; try again later.
            IdTaken: another page took the ID meanwhile.
            Disconnected: this peer is closed, or was never open.
        """
        if self.state is not PeerState.DISCONNECTED or self._broker is None:
            raise Disconnected(f"this peer is {self.state.value}")
        self._failure = None
        self._life.move(PeerState.OPENING)
        try:
            self._broker.reconnect()
            await self._opened(timeout)
        except BaseException:
            self._broker.disconnect()
            self.on_disconnected()
            raise

    async def close(self) -> None:
        """Close every connection and call, and leave the broker. Closing twice does nothing."""
        if self.state is PeerState.CLOSED:
            return
        for member in tuple(self._members):
            member.fail(ConnectionClosed("this page's own peer was closed"))
        for task in tuple(self._arrivals):
            task.cancel()
        if self._broker is not None:
            self._broker.destroy()
        self._incoming.close()
        self._ringing.close()
        self._life.move(PeerState.CLOSED)
        await asyncio.gather(*self._arrivals, return_exceptions=True)

    def _require_broker(self, id: str) -> Broker:
        check_id(id)
        if self._broker is None or not self.open:
            raise Disconnected(f"this page is not logged on to the broker ({self.state.value})")
        if id == self.id:
            raise OwnId(f"{id} is this page's own ID")
        return self._broker

    # What the broker tells (ports.BrokerEvents)

    def on_open(self, peer_id: str) -> None:
        if self.state is PeerState.OPENING:
            self.id = peer_id
            self._life.name = f"peer {peer_id}"
            self._life.move(PeerState.OPEN)

    def on_connection(self, channel: Channel) -> None:
        try:
            connection = DataConnection(channel)
        except ValueError as error:
            logger.warning("a connection from %s was refused: %s", channel.peer, error)
            channel.abandon()
            return
        self._members.add(connection)
        task = asyncio.ensure_future(self._welcome(connection))
        self._arrivals.add(task)
        task.add_done_callback(self._arrivals.discard)

    async def _welcome(self, connection: DataConnection) -> None:
        try:
            await connection.opened(INCOMING_TIMEOUT)
        except PeerScriptError as error:
            logger.warning("a connection from %s never opened: %s", connection.peer, error)
        else:
            self._incoming.put(connection)

    def on_call(self, call: CallChannel) -> None:
        ringing = MediaConnection(call, incoming=True)
        self._members.add(ringing)
        self._ringing.put(ringing)

    def on_disconnected(self) -> None:
        if self.state in (PeerState.OPEN, PeerState.OPENING):
            self._life.move(PeerState.DISCONNECTED)

    def on_unavailable(self, peer_id: str) -> None:
        # PeerJS tells its Peer and names the ID in the text; the ones who wait are these.
        for member in tuple(self._members):
            if member.peer == peer_id and member.opening:
                member.fail(PeerUnavailable(f"the broker knows nobody by the ID {peer_id}"))

    def on_error(self, error: PeerScriptError) -> None:
        logger.warning("broker: %s: %s", type(error).__name__, error)
        if self.state is PeerState.OPENING:
            self._failure = error
            self._life.move(PeerState.DISCONNECTED)


class _Connecting:
    """What `Peer.connect` returns: to be awaited, or entered."""

    def __init__(
        self, peer: Peer, id: str, offer: tuple[str | None, Any, str, bool], timeout: float
    ) -> None:
        self._arguments = (id, offer, timeout)
        self._peer = peer
        self._connection: DataConnection | None = None

    def __await__(self) -> Generator[Any, None, DataConnection]:
        return self._peer._connect(*self._arguments).__await__()

    async def __aenter__(self) -> DataConnection:
        self._connection = await self
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            await self._connection.__aexit__(kind, error, traceback)
