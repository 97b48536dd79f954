"""PeerJS's Peer."""

from __future__ import annotations

import re
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

from peerscript.aio.tasks import TaskOwner
from peerscript.bridge.brokercheck import broker_address, no_broker, unreachable
from peerscript.bridge.call import PeerJsCall, call_options, empty_stream
from peerscript.bridge.channel import PeerJsChannel
from peerscript.bridge.ice import rtc_ice_servers
from peerscript.bridge.listeners import Listeners
from peerscript.bridge.media import check_stream
from peerscript.bridge.peerjs import PeerJs, peerjs
from peerscript.bridge.values import metadata_object, peer_error, plain_object, thrown
from peerscript.errors import BrokerError, BrokerUnreachable, Disconnected, InvalidKey
from peerscript.options import PeerOptions
from peerscript.ports import BrokerEvents, CallOffer, Offer

# What PeerServer says (peer 1.0.2, src/enums.ts).
_WRONG_KEY = "Invalid key provided"
_OWN_WORDS = ("Server has reached", "No id, token", "Invalid token")
_UNAVAILABLE = re.compile(r"Could not connect to peer (.*)", re.DOTALL)
# Every name that another page may ask for: one that PeerJS does not know throws inside its socket's
# callback, and the other side waits for ever.
_SERIALIZER_NAMES = ("raw", "json", "binary", "binary-utf8", "default", "msgpack", "MsgPack")
_PEERJS_NAMES = {"msgpack": "MsgPack"}  # where PeerJS's name is not ours
_OUR_NAMES = {name: ours for ours, name in _PEERJS_NAMES.items()}
LIST_TIMEOUT = 10  # seconds


class PeerJsBroker:
    """One Peer of PeerJS (ports.Broker)."""

    def __init__(self, peer_id: str | None, options: PeerOptions, events: BrokerEvents) -> None:
        script = peerjs()
        self.address = broker_address(options, script)
        self._events = events
        self._listeners = Listeners()
        self._checking = TaskOwner(f"the broker at {self.address}")
        self._known = False  # whether the broker has known this page: then its address is right
        given = _peerjs_options(options, script)
        if not script.supports.data and not js.navigator.onLine:
            raise no_broker(self.address)  # PeerJS would say that this browser is not supported
        try:
            self._peer = (
                script.Peer.new(given) if peer_id is None else script.Peer.new(peer_id, given)
            )
        except JsException as error:  # thrown where the browser allows no such WebSocket
            raise no_broker(self.address) from error
        self._listeners.on(self._peer, "open", self._on_open)
        self._listeners.on(self._peer, "connection", self._on_connection)
        self._listeners.on(self._peer, "call", lambda call: events.on_call(PeerJsCall(call)))
        self._listeners.on(self._peer, "disconnected", self._on_disconnected)
        self._listeners.on(self._peer, "error", self._on_error)
        self._listeners.listen(js.window, "pagehide", self._on_page_hidden)

    def connect(self, peer_id: str, offer: Offer) -> PeerJsChannel:
        listeners = Listeners()
        options = {
            "label": offer.label,
            "metadata": metadata_object(offer.metadata),
            "reliable": offer.reliable,
            "sdpTransform": listeners.function_or_none(offer.sdp_transform),
        }
        try:
            connection = self._peer.connect(peer_id, plain_object(options))
        except JsException as error:
            raise thrown(error, "the connection could not be started") from error
        if not connection:
            raise Disconnected("PeerJS is not logged on to the broker")
        # The class's own name is "raw"; the offer, made after this turn of the event loop, carries
        # the real serialization.
        connection.serialization = _PEERJS_NAMES.get(offer.serialization, offer.serialization)
        return PeerJsChannel(connection, serialization=offer.serialization, listeners=listeners)

    def call(self, peer_id: str, stream: Any, offer: CallOffer) -> PeerJsCall:
        check_stream(stream)
        listeners = Listeners()
        options = call_options(offer, listeners, receive_only=stream is None)
        try:
            call = self._peer.call(peer_id, empty_stream() if stream is None else stream, options)
        except JsException as error:
            raise thrown(error, "the call could not be started") from error
        if not call:
            raise Disconnected("PeerJS is not logged on to the broker")
        return PeerJsCall(call, listeners)

    async def list_all_peers(self) -> list[str]:
        # PeerJS's own `listAllPeers` disconnects from the broker when it is refused.
        url = self.address.url("peers")
        signal = js.AbortSignal.timeout(LIST_TIMEOUT * 1000)
        try:
            response = await js.fetch(url, plain_object({"signal": signal}))
            if not response.ok:
                raise BrokerError(f"the broker does not tell whom it knows ({response.status})")
            return [str(peer_id) for peer_id in await response.json()]
        except JsException as error:
            raise BrokerUnreachable(
                f"the broker at {self.address} did not answer: {error.message}"
            ) from error

    def disconnect(self) -> None:
        self._peer.disconnect()

    def reconnect(self) -> None:
        self._peer.reconnect()

    def destroy(self) -> None:
        self._checking.cancel()
        self._listeners.close()
        self._peer.destroy()

    def _on_page_hidden(self, _: Any) -> None:
        """Close everything: a tab that is closed does not do so by itself, and in Chromium the
        other side notices only after 17 s. PeerJS's `destroy` alone skips every second connection
        with the same page.
        """
        for connections in js.Object.values(self._peer.connections):
            for connection in connections.slice():
                connection.close()
        self._peer.destroy()

    def _on_connection(self, connection: JsProxy) -> None:
        asked = str(getattr(connection.options, "serialization", None) or "binary")
        serialization = _OUR_NAMES.get(asked, asked)
        self._events.on_connection(PeerJsChannel(connection, serialization=serialization))

    def _on_open(self, peer_id: str) -> None:
        self._known = True
        self._events.on_open(peer_id)

    def _on_disconnected(self, *_: Any) -> None:
        if not self._checking:  # its error is reported first
            self._events.on_disconnected()

    def _on_error(self, error: Any) -> None:
        kind, words = str(error.type), str(error.message)
        unavailable = _UNAVAILABLE.match(words)
        if kind == "peer-unavailable" and unavailable:
            self._events.on_unavailable(unavailable[1])
        elif kind == "server-error" and words == _WRONG_KEY:
            self._events.on_error(
                InvalidKey(f"the broker at {self.address} does not take key={self.address.key!r}")
            )
        elif not isinstance(reported := peer_error(error), BrokerUnreachable):
            self._events.on_error(reported)
        elif self._known or words.startswith(_OWN_WORDS):
            self._events.on_error(BrokerUnreachable(f"the broker at {self.address}: {words}"))
        elif not self._checking:
            self._checking.start(self._report_unreachable())

    async def _report_unreachable(self) -> None:
        self._events.on_error(await unreachable(self.address))


def _peerjs_options(options: PeerOptions, script: PeerJs) -> JsProxy:
    milliseconds = None if options.ping_interval is None else int(options.ping_interval * 1000)
    return plain_object(
        {
            "host": options.host,
            "port": options.port,
            "path": options.path,
            "key": options.key,
            "secure": options.secure,
            "token": options.token,
            "pingInterval": milliseconds,
            "config": rtc_configuration(options, script),
            "debug": options.debug,
            "referrerPolicy": options.referrer_policy,
            "logFunction": _log_function(options),
            "serializers": plain_object(
                dict.fromkeys((*_SERIALIZER_NAMES, *(options.serializers or ())), script.raw)
            ),
        }
    )


def _log_function(options: PeerOptions) -> JsProxy | None:
    """PeerJS has one log for all its Peers, and never releases the function."""
    log = options.log_function
    if log is None:
        return None
    proxy: JsProxy = create_proxy(
        lambda level, *texts: log(int(level), " ".join(str(text) for text in texts))
    )
    return proxy


def rtc_configuration(options: PeerOptions, script: PeerJs) -> JsProxy | None:
    if (options.ice_servers, options.ice_transport_policy, options.config) == (None, None, None):
        return None  # PeerJS's own STUN and TURN servers
    servers = options.ice_servers
    ours = {
        "iceServers": script.util.defaultConfig.iceServers
        if servers is None
        else rtc_ice_servers(servers),
        "iceTransportPolicy": options.ice_transport_policy,
        "sdpSemantics": "unified-plan",
    }
    others = {name: to_js(value) for name, value in (options.config or {}).items()}
    return plain_object({**ours, **others})
