"""PeerJS's Peer: this page as other pages reach it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar

from peerscript.aio.each import handle_each
from peerscript.aio.handlers import check_handler
from peerscript.aio.tasks import GRACE
from peerscript.aio.timeouts import check_timeout
from peerscript.browser import this_browser
from peerscript.data.connecting import Connecting
from peerscript.data.connection import DataConnection
from peerscript.errors import ConnectionClosed, ConnectTimeout, OwnId, PeerUnavailable
from peerscript.media.connection import MediaConnection
from peerscript.options import IceServer, read_options
from peerscript.peer.incoming import IncomingQueue
from peerscript.peer.registry import AnyConnection, Registry
from peerscript.peer.session import LOG_ON_TIMEOUT, BrokerSession, PeerState
from peerscript.peerjs_names import keyword_options
from peerscript.ports import (
    Broker,
    Browser,
    CallChannel,
    CallOffer,
    Channel,
    Offer,
    SdpTransform,
)
from peerscript.ports.streams import MediaStream
from peerscript.protocol.ids import check_id, is_plain
from peerscript.protocol.values.codecs import (
    ORDERED,
    Codecs,
    OwnSerialization,
    Serialization,
    codec_for,
)

logger = logging.getLogger("peerscript")


class Peer(BrokerSession):
    """This page, as others reach it: PeerJS's [Peer](https://peerjs.com/docs/#peer).

    Enter it with `async with`, or `await peer.start()` and later `await peer.close()`.
    In PeerJS's style, `on("open")`, "connection", "call", "close", "disconnected", "error".

    Args:
        id: the ID to be known by; None lets the broker choose one.
        browser: where to run instead of this page: a `peerscript.testing.MemoryNetwork`.
        options: see `peerscript.options.PeerOptions`. What is not given comes from the page's
            `[peerscript]` table, else from PeerJS's defaults.

    Raises:
        InvalidId: `id` is not one that a broker accepts.
        TypeError, ValueError: an option cannot be used; the text says what to write.
        BrowserUnsupported: there is no page here, as in a web worker.
    """

    _PEERJS_NAMES: ClassVar[Mapping[str, str]] = {
        **BrokerSession._PEERJS_NAMES,
        "destroy": "close",
    }

    @keyword_options
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
        config: Mapping[str, Any] | None = None,
        debug: int | None = None,
        log_function: Callable[[int, str], None] | None = None,
        referrer_policy: str | None = None,
        serializers: Codecs | None = None,
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
            "config": config,
            "debug": debug,
            "log_function": log_function,
            "referrer_policy": referrer_policy,
            "serializers": serializers,
        }
        browser = browser or this_browser()
        if not hasattr(browser, "open_broker"):
            raise TypeError(f"browser is a peerscript.testing.MemoryNetwork, not {browser!r}")
        super().__init__(id, read_options(given, browser.settings()), browser)
        self._registry = Registry()
        self._incoming = IncomingQueue(self._emit, self._running)

    @property
    def all_connections(self) -> dict[str, list[AnyConnection]]:
        """Every connection and call that is not closed, by the other page's ID."""
        return self._registry.by_peer()

    def get_connection(self, peer_id: str, connection_id: str) -> AnyConnection | None:
        """Return the connection or call of this ID with that page; None if there is none."""
        return self._registry.find(peer_id, connection_id)

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

    @keyword_options
    def connect(
        self,
        id: str,
        *,
        label: str | None = None,
        metadata: Any = None,
        serialization: Serialization | OwnSerialization = "binary",
        reliable: bool = True,
        timeout: float = 30.0,
        sdp_transform: SdpTransform | None = None,
    ) -> Connecting:
        """Connect to another page: `await` it, or enter it with `async with`.

        While this peer is still logging on to the broker, it waits for that first.

        Args:
            id: the other page's ID.
            label: a name for the connection; PeerJS makes one up if None.
            metadata: anything JSON can carry; the other side reads it as `metadata`.
            serialization: "binary" (any value), "json" (one frame each), "raw" (str, bytes),
                "msgpack" (if the other page has PeerJS's MsgPack), or one of your own.
            reliable: ordered delivery. PeerJS's own default is False.
            timeout: seconds until ConnectTimeout, once this page is logged on.
            sdp_transform: is given the offer's SDP, and returns what to send instead.

        Returns:
            An open DataConnection. Cancelling leaves nothing behind.

        Raises:
            InvalidId, OwnId, ValueError: wrong arguments.
            SerializationError: JSON cannot carry the metadata.
            Disconnected: this page is not logged on to the broker.
            PeerUnavailable, ConnectTimeout, NegotiationFailed: it did not open, and why.
        """
        check_timeout(timeout)
        offer = Offer(label, metadata, serialization, reliable, sdp_transform)
        return Connecting(lambda: self._connect(id, offer, timeout))

    async def _connect(self, id: str, offer: Offer, timeout: float) -> DataConnection:
        codec = codec_for(offer.serialization, self.options.serializers)
        if offer.serialization in ORDERED and not offer.reliable:
            raise ValueError(f'"{offer.serialization}" is a stream: it needs reliable=True')
        broker = await self._logged_on(id, timeout)
        connection = DataConnection(broker.connect(id, offer), codec, self._running)
        self._registry.add(connection)
        await connection._wait_open(timeout)
        return connection

    @keyword_options
    async def call(
        self,
        id: str,
        stream: MediaStream | None = None,
        *,
        metadata: Any = None,
        sdp_transform: SdpTransform | None = None,
    ) -> MediaConnection:
        """Call another page; it rings there when this returns. `MediaConnection.answered` waits.

        While this peer is still logging on to the broker, it waits for that first.

        Args:
            id: the other page's ID.
            stream: what to send (`peerscript.media.get_user_media`); None only receives.
            metadata: anything JSON can carry; the other side reads it as `metadata`.
            sdp_transform: is given the offer's SDP, and returns what to send instead.

        Raises:
            InvalidId, OwnId, TypeError: wrong arguments.
            SerializationError: JSON cannot carry the metadata.
            Disconnected: this page is not logged on to the broker.
        """
        broker = await self._logged_on(id, LOG_ON_TIMEOUT)
        channel = broker.call(id, stream, CallOffer(metadata, sdp_transform))
        call = MediaConnection(channel, local_stream=stream, owner=self._running)
        self._registry.add(call)
        return call

    def connections(self) -> AsyncIterator[DataConnection]:
        """Iterate over incoming connections, each open, including those that came before the call.

        Raises:
            Disconnected: this peer has not started, or is closed.
            RuntimeError: `on("connection")` or Links take them already.
        """
        self._require_started()
        return self._incoming.connections()

    def calls(self) -> AsyncIterator[MediaConnection]:
        """Iterate over incoming calls, each ringing, including those that came before the call.

        Raises:
            Disconnected: this peer has not started, or is closed.
            RuntimeError: `on("call")` takes them already.
        """
        self._require_started()
        return self._incoming.calls()

    async def handle_connections(
        self, handler: Callable[[DataConnection], Awaitable[object]]
    ) -> None:
        """Run an `async` function for each incoming connection, until this peer is closed.

            async def talk(conn):
                async for message in conn:
                    await conn.send(message)

            await peer.handle_connections(talk)

        Each runs in a task of its own and ends alone: when the other page goes away or is lost
        (ConnectionClosed), quietly; with any other error, that is reported to the event loop. Its
        connection is closed then. Once this peer is closed, those that still run have a second to
        end. Cancelling cancels them all.

        Raises:
            Disconnected: this peer has not started, or is closed already.
            RuntimeError: something else takes the connections already.
            TypeError: the handler cannot be called with a connection.
        """
        check_handler("handle_connections", handler, ["connection"])
        await handle_each(self.connections(), handler, self._running, lambda opened: opened)

    async def handle_calls(self, handler: Callable[[MediaConnection], Awaitable[object]]) -> None:
        """Run an `async` function for each incoming call, as `handle_connections` does; when it has
        ended, the call is hung up.

        Raises:
            Disconnected: this peer has not started, or is closed already.
            RuntimeError: something else takes the calls already.
            TypeError: the handler cannot be called with a call.
        """
        check_handler("handle_calls", handler, ["call"])
        await handle_each(self.calls(), handler, self._running, lambda ringing: ringing)

    async def close(self) -> None:
        """Close every connection and call, and leave the broker. Closing twice does nothing.

        Returns when no task of this peer is left. `async` handlers that still run, of its events
        and of its connections' and calls', have a second to end; then they are cancelled, and
        awaited. A handler may close its own peer: that one goes on. Cancelling this call cancels
        the handlers at once.
        """
        if self.state is not PeerState.CLOSED:
            self._registry.fail_all(ConnectionClosed("this page's own peer was closed"))
            if self._broker is not None:
                self._broker.destroy()
            self._life.move(PeerState.CLOSED, lambda: self._emit("close"))
            self._incoming.close()
        await self._running.close(GRACE)

    async def _logged_on(self, id: str, timeout: float) -> Broker:
        check_id(id)
        try:
            async with asyncio.timeout(timeout):
                while self.state is PeerState.OPENING:
                    await self._life.change()
        except TimeoutError:
            raise ConnectTimeout(f"the broker did not answer within {timeout:g} s") from None
        if id == self._id:
            raise OwnId(f"{id} is this page's own ID")
        return self._require_broker()

    # Events (events.Emitter)

    def _past(self, event: str) -> tuple[object, ...] | None:
        if event == "open" and self.open:
            return (self._id,)
        return () if event == "close" and self.destroyed else None

    def _handler_added(self, event: str) -> None:
        if event in ("connection", "call"):
            self._incoming.dispatch_to_handlers(event)

    # Reports of the broker

    def _on_connection(self, channel: Channel) -> None:
        if not is_plain(channel.peer):
            logger.warning("a connection from %.80r was refused: no ID", channel.peer)
            channel.abandon()
            return
        try:
            codec = codec_for(channel.serialization, self.options.serializers)
        except ValueError as error:
            logger.warning("a connection from %s was refused: %s", channel.peer, error)
            channel.abandon()
            return
        connection = DataConnection(channel, codec, self._running)
        self._registry.add(connection)
        self._incoming.add_connection(connection)

    def _on_call(self, call: CallChannel) -> None:
        if not is_plain(call.peer):
            logger.warning("a call from %.80r was refused: no ID", call.peer)
            call.close()
            return
        ringing = MediaConnection(call, incoming=True, owner=self._running)
        self._registry.add(ringing)
        self._incoming.add_call(ringing)

    def _on_unavailable(self, peer_id: str) -> None:
        # PeerJS emits this on its Peer, with the ID in the text; these connections wait for it.
        error = PeerUnavailable(f"the broker knows nobody by the ID {peer_id}")
        self._registry.fail_unavailable(error, peer_id)
        self._emit("error", error)
