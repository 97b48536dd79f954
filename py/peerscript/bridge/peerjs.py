"""PeerJS's script in this page, checked before it is used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import js
from pyodide.ffi import JsProxy

from peerscript.bridge.values import plain_object
from peerscript.errors import BrowserUnsupported
from peerscript.ports.support import PEERJS_TAG


@dataclass(frozen=True)
class PeerJs:
    """What PeerJS's script sets (`window.peerjs`), and its `Raw` class."""

    script: JsProxy
    raw: JsProxy

    @property
    def Peer(self) -> Any:  # noqa: N802 - PeerJS's name
        """The class. Not `window.Peer`: a page may have something else by that name."""
        return self.script.Peer

    @property
    def util(self) -> Any:
        """PeerJS's `util`."""
        return self.script.util

    @property
    def supports(self) -> Any:
        """PeerJS's `util.supports`. PeerJS looks once, when its script runs; while Firefox is
        offline, it makes no RTCPeerConnection, so that is looked at again.
        """
        if self.util.supports.webRTC and not self.util.supports.data:
            self.util.supports = self.util.constructor.new().supports
        return self.util.supports


@cache  # `_raw` has a side effect: PeerJS has one log for all its Peers
def peerjs() -> PeerJs:
    """Return PeerJS.

    Raises:
        BrowserUnsupported: its script is not loaded in this page, or too old.
    """
    script: Any = getattr(js, "peerjs", None)
    prototype = getattr(getattr(script, "Peer", None), "prototype", None)
    if not hasattr(prototype, "listAllPeers"):
        taken = [name for name in ("Peer", "peerjs") if hasattr(js, name)]
        others = f" (its {' and '.join(taken)} is something else)" if taken else ""
        raise BrowserUnsupported(
            f"PeerJS is not loaded in this page{others}. Put this into its HTML, above Python's "
            f"own script: {PEERJS_TAG}"
        )
    return PeerJs(script, _raw(script))


def _raw(script: Any) -> JsProxy:
    """The script exposes it only through a Peer; one with an invalid ID opens no socket."""
    throwaway = script.Peer.new("!", plain_object({"debug": 0}))
    throwaway.destroy()
    # PeerJS tells its version to its server only; 1.5.0 brought serializers that can be exchanged.
    raw: JsProxy | None = getattr(getattr(throwaway, "_serializers", None), "raw", None)
    if raw is None:
        raise BrowserUnsupported(
            "this page's PeerJS is too old: PeerScript needs 1.5 or newer. Replace its script tag "
            f"by this one: {PEERJS_TAG}"
        )
    return raw
