"""ICE servers as the browser takes them, and the candidates that it finds with them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import js
from pyodide.ffi import JsException, JsProxy, to_js

from peerscript.bridge.listeners import Listeners
from peerscript.bridge.peerjs import peerjs
from peerscript.bridge.values import plain_object, thrown
from peerscript.errors import BrowserUnsupported
from peerscript.options import IceServer
from peerscript.ports.ice import Gathered, IceCandidateError

# What the constructor throws for servers that it does not accept
# (https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/RTCPeerConnection#exceptions).
_NOT_TAKEN = {"SyntaxError", "InvalidAccessError", "TypeError"}


def rtc_ice_servers(servers: Sequence[IceServer]) -> JsProxy:
    """An array of RTCIceServer."""
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


async def gather_candidates(servers: Sequence[IceServer] | None, timeout: float) -> Gathered:
    """See ports.Browser."""
    gathering = _Gathering(_open_path(servers))
    try:
        async with asyncio.timeout(timeout):
            await gathering.run()
    except TimeoutError:
        pass  # `complete` says so; Chromium alone would wait 40 s for a silent STUN server
    except JsException as error:
        raise thrown(error, "candidates could not be gathered") from error
    finally:
        gathering.close()
    return gathering.result()


def _open_path(servers: Sequence[IceServer] | None) -> JsProxy:
    if not getattr(js, "RTCPeerConnection", None):
        raise BrowserUnsupported("this browser has no WebRTC, or it is switched off")
    table = peerjs().util.defaultConfig.iceServers if servers is None else rtc_ice_servers(servers)
    try:
        path: JsProxy = js.RTCPeerConnection.new(plain_object({"iceServers": table}))
    except JsException as error:
        if error.name not in _NOT_TAKEN:
            raise thrown(error, "candidates could not be gathered") from error
        raise ValueError(f"the browser does not take these ICE servers: {error.message}") from error
    return path


class _Gathering:
    """An RTCPeerConnection that only gathers candidates."""

    def __init__(self, path: JsProxy) -> None:
        self._path = path
        self._listeners = Listeners()
        self._complete = asyncio.Event()
        self._types: set[str] = set()
        self._errors: dict[IceCandidateError, None] = {}  # each comes once per network interface
        self._listeners.listen(path, "icecandidate", self._on_candidate)
        self._listeners.listen(path, "icecandidateerror", self._on_error)
        self._listeners.listen(path, "icegatheringstatechange", self._on_state)

    async def run(self) -> None:
        self._path.createDataChannel("connectivity")  # with nothing to carry, nothing is gathered
        await self._path.setLocalDescription(await self._path.createOffer())
        await self._complete.wait()

    def close(self) -> None:
        self._listeners.close()
        self._path.close()

    def result(self) -> Gathered:
        return Gathered(frozenset(self._types), tuple(self._errors), self._complete.is_set())

    def _on_candidate(self, event: JsProxy) -> None:
        # Null, or a candidate without an address, marks the end.
        if event.candidate and event.candidate.candidate:
            self._types.add(str(event.candidate.type))

    def _on_error(self, event: JsProxy) -> None:
        error = IceCandidateError(str(event.url), int(event.errorCode), str(event.errorText))
        self._errors[error] = None

    def _on_state(self, _: JsProxy) -> None:
        if self._path.iceGatheringState == "complete":
            self._complete.set()
