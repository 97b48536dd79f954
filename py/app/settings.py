"""What a person may set, over what the page says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BROKER = ("host", "port", "path", "key", "secure")


class InvalidSetting(ValueError):
    """A setting that cannot be used; the text says which."""


def ice_lines(servers: list[dict[str, str]]) -> str:
    """ICE servers as text, one a line."""
    return "\n".join(
        " ".join(filter(None, (each["urls"], each.get("username"), each.get("credential"))))
        for each in servers
    )


def read_ice_lines(text: str) -> list[dict[str, str]]:
    """Read what `ice_lines` wrote, or a person.

    Raises:
        InvalidSetting: a line is no STUN or TURN server.
    """
    return [_read_ice_line(line.split()) for line in text.splitlines() if line.strip()]


def _read_ice_line(words: list[str]) -> dict[str, str]:
    urls = words[0]
    if not urls.startswith(("stun:", "stuns:", "turn:", "turns:")):
        raise InvalidSetting(f"“{urls}” is no STUN or TURN address, such as turn:host:3478.")
    if urls.startswith("turn") and len(words) != 3:
        raise InvalidSetting(f"{urls} needs a user name and a password behind it.")
    return {"urls": urls} | dict(zip(("username", "credential"), words[1:3], strict=False))


def peer_options(page: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The options of this page's Peer: the person's own go over the page's."""
    return {key: value for key, value in {**page, **own}.items() if key != "name"}
