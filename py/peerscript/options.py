"""PeerJS's options in Python words, and the page's own settings for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class IceServer:
    """A STUN or TURN server, as in
    [RTCIceServer](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/RTCPeerConnection#iceservers).

    Attributes:
        urls: "stun:host:port", "turn:host:port" or "turns:host:port", or several of them.
        username, credential: what a TURN server asks for.
    """

    urls: str | Sequence[str]
    username: str | None = None
    credential: str | None = None


@dataclass(frozen=True)
class PeerOptions:
    """How to reach the broker and the other pages. None leaves the choice to PeerJS.

    See [PeerJS's options](https://peerjs.com/docs/#peer-options). Times are seconds.

    Attributes:
        host: the broker's host; "/" is the page's own.
        port, path, key, secure: the rest of its address; `secure` is https.
        token: proves to the broker that an ID is still ours after a reload.
        ping_interval: seconds between signs of life to the broker.
        ice_servers: STUN and TURN servers, instead of PeerJS's.
        ice_transport_policy: "all", or "relay" to go through TURN alone.
        debug: how much PeerJS writes to the console, 0 (nothing) to 3.
        referrer_policy: of the request for an ID.
    """

    host: str | None = None
    port: int | None = None
    path: str | None = None
    key: str | None = None
    secure: bool | None = None
    token: str | None = None
    ping_interval: float | None = None
    ice_servers: Sequence[IceServer] | None = None
    ice_transport_policy: str | None = None
    debug: int | None = None
    referrer_policy: str | None = None


_NAMES = frozenset(field.name for field in fields(PeerOptions))


def read_options(given: Mapping[str, Any], settings: Mapping[str, Any]) -> PeerOptions:
    """Merge the caller's options over the page's `[peerscript]` table.

    Raises:
        ValueError: the table holds a name that is no option, or an ICE server without `urls`.
    """
    if unknown := set(settings) - _NAMES:
        raise ValueError(
            f"[peerscript] in the page's settings: unknown {', '.join(sorted(unknown))}"
        )
    merged = {**settings, **{name: value for name, value in given.items() if value is not None}}
    if merged.get("ice_servers") is not None:
        merged["ice_servers"] = tuple(_ice_server(server) for server in merged["ice_servers"])
    return PeerOptions(**merged)


def _ice_server(server: IceServer | Mapping[str, Any]) -> IceServer:
    if isinstance(server, IceServer):
        return server
    try:
        return IceServer(**server)
    except TypeError as error:
        raise ValueError(f"ICE server {server!r}: {error}") from error
