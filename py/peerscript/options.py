"""PeerJS's options in Python words, and the page's own settings for them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from peerscript.protocol.values.codecs import Codecs

__all__ = ["IceServer", "PeerOptions"]


@dataclass(frozen=True)
class IceServer:
    """A STUN or TURN server, as in
    [RTCIceServer](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/RTCPeerConnection#iceservers).

    Attributes:
        urls: "stun:host:port", "turn:host:port" or "turns:host:port", or several of them.
        username, credential: what a TURN server asks for.

    Raises:
        TypeError, ValueError: browsers would not take it, and why.
    """

    urls: str | Sequence[str]
    username: str | None = None
    credential: str | None = None

    def __post_init__(self) -> None:
        urls = [self.urls] if isinstance(self.urls, str) else self.urls
        if not urls or not isinstance(urls, Sequence):
            raise TypeError(f'urls={self.urls!r}: write one address or a list of them, "stun:host"')
        for url in urls:
            _check_ice_url(url)
        for name in ("username", "credential"):
            if getattr(self, name) is not None:
                _check_type(name, getattr(self, name), str)
        turn = [url for url in urls if url.lower().startswith("turn")]
        if turn and (self.username is None or self.credential is None):
            raise ValueError(f"{turn[0]} is a TURN server: give its username and credential, too")


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


def read_options(given: Mapping[str, Any], settings: Mapping[str, Any]) -> PeerOptions:
    """Merge the caller's options over the page's `[peerscript]` table.

    Raises:
        TypeError, ValueError: an option cannot be used. The text names it, and says what to write.
    """
    if unknown := set(settings) - _NAMES:
        raise ValueError(
            f"[peerscript] in the page's settings: unknown {', '.join(sorted(unknown))}"
        )
    try:
        ours = {name: _read(name, value) for name, value in settings.items()}
    except (TypeError, ValueError) as error:
        raise type(error)(f"[peerscript] in the page's settings: {error}") from error
    theirs = {name: _read(name, value) for name, value in given.items() if value is not None}
    return PeerOptions(**{**ours, **theirs})


def read_ice_servers(
    servers: Iterable[IceServer | Mapping[str, Any]],
) -> tuple[IceServer, ...]:
    """Read ICE servers as code or a settings file writes them.

    Raises:
        TypeError, ValueError: it is no list, or one of them cannot be used.
    """
    if isinstance(servers, str | bytes | Mapping | IceServer) or not isinstance(servers, Iterable):
        raise TypeError(
            f"ice_servers is a list, [IceServer(...), ...], not {type(servers).__name__}"
        )
    return tuple(_ice_server(server) for server in servers)


def _ice_server(server: IceServer | Mapping[str, Any]) -> IceServer:
    if isinstance(server, IceServer):
        return server
    if not isinstance(server, Mapping):
        raise TypeError(f'ice_servers: write IceServer("stun:host:port") instead of {server!r}')
    named = set(server)
    known = {field.name for field in fields(IceServer)}
    if "urls" not in named or named - known:  # the text has no password in it
        raise ValueError(f"an ICE server has urls, username and credential, not {sorted(named)}")
    return IceServer(**server)


_ICE_URL = re.compile(r"(?:stuns?|turns?):[^/\s]+", re.IGNORECASE)


def _check_ice_url(url: object) -> None:
    if not isinstance(url, str):
        raise TypeError(f'urls: {url!r} is no address: write "stun:host:port"')
    if not _ICE_URL.fullmatch(url):
        host = re.sub(r"^(?:\w+:)?//", "", url.strip()).split("/")[0] or "host:port"
        raise ValueError(
            f'urls: {url!r} is no address of a STUN or TURN server: write "stun:{host}" or '
            f'"turn:{host}"'
        )


# Checks of single options


def _read(name: str, value: Any) -> Any:
    """The option as PeerOptions holds it."""
    if name == "ice_servers":
        return read_ice_servers(value)
    check = _CHECKS.get(name)
    if check is None:
        raise ValueError(f"there is no option {name}")
    check(name, value)
    return value


def _check_type(name: str, value: Any, *kinds: type) -> None:
    # A bool is an int to Python, but port=True is a mistake.
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        wanted = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(f"{name} must be {wanted}, not {type(value).__name__}: {name}={value!r}")


_HOST = re.compile(r"/|[\w-]+(?:\.[\w-]+)*\.?|\[[\da-fA-F:.]+\]")
_ADDRESS = re.compile(
    r"(?:(?P<scheme>\w+)://)?(?P<host>\[[^\]]*\]|[^\s:/?#]+)(?::(?P<port>\d+))?(?P<path>/[^\s?#]*)?"
)
_SECURE = {"http": False, "ws": False, "https": True, "wss": True}


def _check_host(name: str, host: Any) -> None:
    _check_type(name, host, str)
    if _HOST.fullmatch(host):
        return
    if not host.strip():
        raise ValueError(
            'host is empty: leave it out for PeerJS\'s own broker, or write host="/" for this '
            "page's own host"
        )
    if re.fullmatch(r"[\da-fA-F:]*:[\da-fA-F:.]*:[\da-fA-F:.]*", host):
        raise ValueError(f'host={host!r} needs brackets: write host="[{host}]"')
    raise ValueError(f"host={host!r} is not a host's name alone: write {_address_in(host)}")


def _address_in(text: str) -> str:
    """How the options say an address that somebody gave as one text."""
    parts = _ADDRESS.match(text.strip().lstrip("/"))
    if parts is None or not _HOST.fullmatch(parts["host"]):
        return 'something like host="broker.example.org"'
    words = [f'host="{parts["host"]}"']
    if parts["port"]:
        words.append(f"port={int(parts['port'])}")
    if parts["path"] not in {None, "/"}:
        words.append(f'path="{parts["path"]}"')
    if parts["scheme"] in _SECURE:
        words.append(f"secure={_SECURE[parts['scheme']]}")
    return ", ".join(words)


def _check_port(name: str, port: Any) -> None:
    if isinstance(port, str) and port.strip().isdecimal():
        raise TypeError(f"port={port!r} is a text: write port={int(port)}")
    _check_type(name, port, int)
    if port not in range(1, 65536):
        raise ValueError(f"port={port}: a port is 1 to 65535")


def _check_path(name: str, path: Any) -> None:
    _check_type(name, path, str)
    if not path.strip():
        raise ValueError('path is empty: write path="/"')
    if re.search(r"[\s?#]|://", path):
        raise ValueError(f'path={path!r} is no path: write it without host and query, "/myapp"')


def _address_part(forbidden: str) -> Callable[[str, Any], None]:
    """The check of what PeerJS puts into an address as it is."""

    def check(name: str, part: Any) -> None:
        _check_type(name, part, str)
        if not part or not part.isprintable() or set(part) & set(forbidden):
            raise ValueError(
                f"{name}={part!r}: one or more characters, and none of {' '.join(forbidden)}"
            )

    return check


def _check_secure(name: str, secure: Any) -> None:
    _check_type(name, secure, bool)


LONGEST_PING = 600.0  # seconds; PeerServer forgets who is silent for one or two minutes


def _check_ping_interval(name: str, seconds: Any) -> None:
    _check_type(name, seconds, int, float)
    if not 0 < seconds <= LONGEST_PING:
        raise ValueError(
            f"ping_interval={seconds}: it counts seconds (PeerJS counts milliseconds), more than 0 "
            f"and up to {LONGEST_PING:g}"
        )


def _one_of(*values: object) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        _check_type(name, value, *{type(each) for each in values})
        if value not in values:
            raise ValueError(f"{name}={value!r}: choose {', '.join(map(repr, values))}")

    return check


def _check_config(name: str, config: Any) -> None:
    _check_type(name, config, Mapping)


def _check_function(name: str, function: Any) -> None:
    if not callable(function) or inspect.iscoroutinefunction(function):
        raise TypeError(f"{name} must be a plain function, not {function!r}")


def _check_serializers(name: str, serializers: Any) -> None:
    _check_type(name, serializers, Mapping)
    for each, make in serializers.items():
        _check_type(f"a name in {name}", each, str)
        _check_function(f"{name}[{each!r}]", make)


_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "host": _check_host,
    "port": _check_port,
    "path": _check_path,
    "key": _address_part("?#&/%"),
    "secure": _check_secure,
    "token": _address_part("#&%"),
    "ping_interval": _check_ping_interval,
    "ice_transport_policy": _one_of("all", "relay"),
    "config": _check_config,
    "debug": _one_of(0, 1, 2, 3),
    "log_function": _check_function,
    # https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
    "referrer_policy": _one_of(
        "",
        "no-referrer",
        "no-referrer-when-downgrade",
        "same-origin",
        "origin",
        "strict-origin",
        "origin-when-cross-origin",
        "strict-origin-when-cross-origin",
        "unsafe-url",
    ),
    "serializers": _check_serializers,
}
