"""PeerJS's options in Python words, and the page's own settings for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from peerscript.protocol.values.codecs import Codecs


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
    """How to reach the broker and the other pages. None takes PeerJS's default.

    See [PeerJS's options](https://peerjs.com/docs/#peer-options). Times are seconds.

    Attributes:
        host: the broker's host; "/" is the page's own.
        port, path, key, secure: the rest of its address; `secure` is https.
        token: proves to the broker that an ID is still ours after a reload.
        ping_interval: seconds between heartbeats to the broker.
        ice_servers: STUN and TURN servers, instead of PeerJS's.
        ice_transport_policy: "all", or "relay" to go through TURN alone, which hides this page's
            addresses from the other side; nothing connects without a TURN server that works.
        config: further members of
            [RTCConfiguration](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/RTCPeerConnection#configuration),
            under the names they have there.
        debug: how much PeerJS logs, 0 (nothing) to 3.
        log_function: called with the level (1 to 3) and text of what PeerJS logs, instead of the
            browser's console. PeerJS has one log: the last peer's function is used.
        referrer_policy: for the request for an ID.
        serializers: serializations of your own, by name; each makes a
            `peerscript.protocol.values.codecs.Codec`. Both pages need it.
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
    config: Mapping[str, Any] | None = None
    debug: int | None = None
    log_function: Callable[[int, str], None] | None = None
    referrer_policy: str | None = None
    serializers: Codecs | None = None


# What a settings file can set: not functions.
_NAMES = frozenset(field.name for field in fields(PeerOptions)) - {"log_function", "serializers"}
_POLICIES = (None, "all", "relay")


def read_options(given: Mapping[str, Any], settings: Mapping[str, Any]) -> PeerOptions:
    """Merge the caller's options over the page's `[peerscript]` table.

    Raises:
        ValueError: the table holds an unknown option, an ICE server without `urls`, or an unknown
            policy.
    """
    if unknown := set(settings) - _NAMES:
        raise ValueError(
            f"[peerscript] in the page's settings: unknown {', '.join(sorted(unknown))}"
        )
    merged = {**settings, **{name: value for name, value in given.items() if value is not None}}
    if merged.get("ice_servers") is not None:
        merged["ice_servers"] = read_ice_servers(merged["ice_servers"])
    if merged.get("ice_transport_policy") not in _POLICIES:
        raise ValueError(
            f'ice_transport_policy {merged["ice_transport_policy"]!r}: choose "all" or "relay"'
        )
    return PeerOptions(**merged)


def read_ice_servers(
    servers: Iterable[IceServer | Mapping[str, Any]],
) -> tuple[IceServer, ...]:
    """Read ICE servers as code or a settings file writes them.

    Raises:
        ValueError: one lacks `urls`, or has what no ICE server has.
    """
    return tuple(_ice_server(server) for server in servers)


def _ice_server(server: IceServer | Mapping[str, Any]) -> IceServer:
    if isinstance(server, IceServer):
        return server
    try:
        return IceServer(**server)
    except TypeError as error:
        raise ValueError(f"ICE server {server!r}: {error}") from error
