"""An RTCPeerConnection of our own, and how its two ends find each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException

from peerscript.bridge.broker import rtc_configuration
from peerscript.bridge.certificates import fingerprints
from peerscript.bridge.listeners import Listeners
from peerscript.bridge.peerjs import peerjs
from peerscript.bridge.values import plain_object, thrown
from peerscript.options import PeerOptions
from peerscript.ports import Fingerprints


class RtcPath:
    """What the paths of media and of data have in common.

    Args:
        options: the peer's: its ICE servers and its certificate.
    """

    def __init__(self, options: PeerOptions) -> None:
        script = peerjs()
        configuration = rtc_configuration(options, script) or script.util.defaultConfig
        self._path: Any = js.RTCPeerConnection.new(configuration)
        self._listeners = Listeners()

    def _listen_for_candidates(self, on_candidate: Callable[[str], None]) -> None:
        def on_event(event: Any) -> None:
            if event.candidate:
                on_candidate(str(js.JSON.stringify(event.candidate)))

        self._listeners.listen(self._path, "icecandidate", on_event)

    async def describe(self) -> tuple[str, str]:
        try:
            await self._path.setLocalDescription()
        except JsException as error:
            raise thrown(error, "an offer or answer") from error
        description = self._path.localDescription
        return str(description.type), str(description.sdp)

    async def apply(self, type: str, sdp: str) -> None:
        try:
            await self._path.setRemoteDescription(plain_object({"type": type, "sdp": sdp}))
        except JsException as error:
            raise thrown(error, "the other page's offer or answer") from error

    async def add_candidate(self, candidate: str) -> None:
        try:
            await self._path.addIceCandidate(js.JSON.parse(candidate))
        except JsException as error:
            raise thrown(error, "the other page's candidate") from error

    def fingerprints(self) -> Fingerprints | None:
        return fingerprints(self._path)

    def close(self) -> None:
        self._listeners.close()
        self._path.close()
