"""PeerJS's Peer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy, to_js

from peerscript.bridge.call import PeerJsCall, call_options, empty_stream
from peerscript.bridge.channel import PeerJsChannel
from peerscript.bridge.listeners import Listeners
from peerscript.bridge.values import json_object, peer_error, plain_object, thrown
from peerscript.errors import Disconnected
from peerscript.options import IceServer, PeerOptions
from peerscript.ports import BrokerEvents

_UNAVAILABLE = re.compile(r"Could not connect to peer (.*)", re.DOTALL)
# Every name that another page may ask for; one that PeerJS lacks throws inside its socket's
# callback, and the other side would wait for ever.
_SERIALIZER_NAMES = ("raw", "json", "binary", "binary-utf8", "default", "msgpack", "MsgPack")


class PeerJsBroker:
    """One Peer of PeerJS (ports.Broker)."""

    def __init__(self, peer_id: str | None, options: PeerOptions, events: BrokerEvents) -> None:
        self._events = events
        self._listeners = Listeners()
        peerjs_options = _peerjs_options(options)
        self._peer = (
            js.Peer.new(peerjs_options) if peer_id is None else js.Peer.new(peer_id, peerjs_options)
        )
        self._listeners.on(self._peer, "open", events.on_open)
        self._listeners.on(self._peer, "connection", self._on_connection)
        self._listeners.on(self._peer, "call", lambda call: events.on_call(PeerJsCall(call)))
        self._listeners.on(self._peer, "disconnected", lambda *_: events.on_disconnected())
        self._listeners.on(self._peer, "error", self._on_error)
        # A closed tab says nothing by itself: Chromium's other side would notice after 17 s.
        self._listeners.listen(js.window, "pagehide", lambda _: self._peer.destroy())

    def connect(
        self, peer_id: str, *, label: str | None, metadata: Any, serialization: str, reliable: bool
    ) -> PeerJsChannel:
        options = {"label": label, "metadata": json_object(metadata), "reliable": reliable}
        try:
            connection = self._peer.connect(peer_id, plain_object(options))
        except JsException as error:
            raise thrown(error, "the connection could not be started") from error
        if not connection:
            raise Disconnected("PeerJS is not logged on to the broker")
        # The class's own name is "raw"; the offer, made after this turn of the event loop,
        # says what we speak.
        connection.serialization = serialization
        return PeerJsChannel(connection, serialization=serialization)

    def call(self, peer_id: str, stream: Any, *, metadata: Any) -> PeerJsCall:
        options = call_options(json_object(metadata), receive_only=stream is None)
        try:
            call = self._peer.call(peer_id, empty_stream() if stream is None else stream, options)
        except JsException as error:
            raise thrown(error, "the call could not be started") from error
        if not call:
            raise Disconnected("PeerJS is not logged on to the broker")
        return PeerJsCall(call)

    def disconnect(self) -> None:
        self._peer.disconnect()

    def reconnect(self) -> None:
        self._peer.reconnect()

    def destroy(self) -> None:
        self._listeners.close()
        self._peer.destroy()

    def _on_connection(self, connection: JsProxy) -> None:
        serialization = str(getattr(connection.options, "serialization", None) or "binary")
        self._events.on_connection(PeerJsChannel(connection, serialization=serialization))

    def _on_error(self, error: Any) -> None:
        unavailable = _UNAVAILABLE.match(str(error.message))
        if str(error.type) == "peer-unavailable" and unavailable:
            self._events.on_unavailable(unavailable[1])
        else:
            self._events.on_error(peer_error(error))


def _peerjs_options(options: PeerOptions) -> JsProxy:
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
            "config": _rtc_configuration(options),
            "debug": options.debug,
            "referrerPolicy": options.referrer_policy,
            "serializers": _raw_serializers(),
        }
    )


def _rtc_configuration(options: PeerOptions) -> JsProxy | None:
    if options.ice_servers is None and options.ice_transport_policy is None:
        return None  # PeerJS's own STUN and TURN servers
    return plain_object(
        {
            "iceServers": _ice_servers(options.ice_servers or ()),
            "iceTransportPolicy": options.ice_transport_policy,
            "sdpSemantics": "unified-plan",
        }
    )


def _ice_servers(servers: Sequence[IceServer]) -> JsProxy:
    tables = [
        plain_object(
            {
                "urls": to_js(server.urls),
                "username": server.username,
                "credential": server.credential,
            }
        )
        for server in servers
    ]
    array: JsProxy = to_js(tables)
    return array


def _raw_serializers() -> JsProxy:
    """PeerJS's `Raw` class under every name. The script exports it only through a Peer; one with
    an ID that is not valid opens no socket.
    """
    throwaway = js.Peer.new("!", plain_object({"debug": 0}))
    raw = throwaway._serializers.raw
    throwaway.destroy()
    return plain_object(dict.fromkeys(_SERIALIZER_NAMES, raw))
