"""The person's own settings, which override the page's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.faults import InvalidSetting
from app.language import _
from peerscript.options import read_options

BROKER = ("host", "port", "path", "key", "secure")
YOURSELF = ("name", "theme", "language")  # what is no option of a Peer
# As RFC 7064 and 7065 write them.
_ADDRESS = re.compile(
    r"(?:stuns?|(?P<turn>turns?)):(?:[\w.-]+|\[[\da-f:.]+\])(?::(?P<port>\d+))?"
    r"(?(turn)(?:\?transport=(?:udp|tcp))?)",
    re.IGNORECASE,
)
# The defaults where the page sets nothing.
_USUAL = {"ice_servers": [], "ice_transport_policy": "all"}


def urls_of(server: Mapping[str, Any]) -> list[str]:
    """A server's addresses: `urls` is one, or a list."""
    urls = server["urls"]
    return [urls] if isinstance(urls, str) else list(urls)


def is_turn(url: str) -> bool:
    """Whether an address is a TURN server's."""
    return url.lower().startswith(("turn:", "turns:"))


def ice_lines(servers: Sequence[Mapping[str, Any]]) -> str:
    """ICE servers as text, an address a line."""
    return "\n".join(
        " ".join(filter(None, (url, server.get("username"), server.get("credential"))))
        for server in servers
        for url in urls_of(server)
    )


def read_ice_lines(text: str) -> list[dict[str, str]]:
    """Parse ICE servers from text, an address a line.

    Raises:
        InvalidSetting: a line is no STUN or TURN server.
    """
    return [_read_ice_line(line.split()) for line in text.splitlines() if line.strip()]


def _read_ice_line(words: list[str]) -> dict[str, str]:
    urls = words[0]
    address = _ADDRESS.fullmatch(urls)
    if not address or int(address["port"] or 1) not in range(1, 65536):
        raise InvalidSetting(
            _("“{urls}” is no STUN or TURN address, such as turn:host:3478.", urls=urls)
        )
    if is_turn(urls) and len(words) != 3:
        raise InvalidSetting(_("{urls} needs a user name and a password behind it.", urls=urls))
    return {"urls": urls} | dict(zip(("username", "credential"), words[1:3], strict=False))


def check_relay(options: Mapping[str, Any]) -> None:
    """Check that a TURN server is listed if only TURN is allowed.

    Raises:
        InvalidSetting: none is listed.
    """
    if options.get("ice_transport_policy") != "relay":
        return
    servers = options.get("ice_servers")
    # Where nothing is said, PeerJS's own TURN servers are used.
    if servers is not None and not any(is_turn(url) for each in servers for url in urls_of(each)):
        raise InvalidSetting(
            _(
                "“Only through a TURN server” needs one: list a TURN server with user name and "
                "password, or switch it off."
            )
        )


def differing(own: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that differ from the page's. Only these are stored, so that later changes of
    the page's settings take effect for everything else.
    """
    theirs = {**_USUAL, **page}
    theirs["ice_servers"] = read_ice_lines(ice_lines(theirs["ice_servers"]))
    return {key: value for key, value in own.items() if value != theirs.get(key)}


def peer_options(page: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The options of this page's Peer: the person's own settings override the page's.

    Raises:
        InvalidSetting: one cannot be used; or see `check_relay`.
    """
    options = {key: value for key, value in {**page, **own}.items() if key not in YOURSELF}
    try:
        read_options(options, {})
    except (TypeError, ValueError) as error:
        raise InvalidSetting(str(error)) from error
    check_relay(options)
    return options
