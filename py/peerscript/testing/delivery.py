"""Delivery in the in-memory network: a turn of the event loop later, as in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from peerscript.protocol.values import jsontext


def soon(action: Callable[..., None], *arguments: Any) -> None:
    asyncio.get_running_loop().call_soon(action, *arguments)


def through_json(metadata: Any) -> Any:
    return jsontext.parse(jsontext.text(metadata, "metadata"))
