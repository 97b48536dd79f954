"""Stores the presented deck over a reload, in the browser's Cache.

https://developer.mozilla.org/en-US/docs/Web/API/Cache. It holds many megabytes, and every browser
has it on https and localhost.
"""

from __future__ import annotations

import logging
from urllib.parse import quote, unquote

import js
from pyodide.ffi import JsException, to_js

from peerscript.slides import DeckSource

logger = logging.getLogger("peerscript.app")

_NAME = "peerscript-decks"


class DeckStore:
    """Decks under names (app.slides.ports.DeckStore)."""

    async def save(self, key: str, source: DeckSource) -> None:
        """Save a deck. If the browser has no space, it has to be opened again after a reload."""
        if not _available():
            logger.info("the deck is not kept for a reload: this page is not secure")
            return
        headers = {"X-Format": source.format, "X-Name": quote(source.name)}
        options = to_js({"headers": headers}, dict_converter=js.Object.fromEntries)
        await self.forget(key)  # if saving fails, no older deck must be left
        try:
            cache = await js.caches.open(_NAME)
            await cache.put(_address(key), js.Response.new(to_js(source.data), options))
        except JsException as error:
            logger.info("the deck is not kept for a reload: %s", error)

    async def load(self, key: str) -> DeckSource | None:
        """The deck that was saved under a key; None if there is none."""
        if not _available():
            return None
        kept = await (await js.caches.open(_NAME)).match(_address(key))
        if not kept:
            return None
        data = bytes((await kept.arrayBuffer()).to_bytes())
        headers = kept.headers
        return DeckSource(str(headers.get("X-Format")), unquote(str(headers.get("X-Name"))), data)

    async def forget(self, key: str) -> None:
        """Delete the deck."""
        if _available():
            await (await js.caches.open(_NAME)).delete(_address(key))


def _available() -> bool:
    return bool(getattr(js.window, "caches", None))


def _address(key: str) -> str:
    return f"./kept-deck/{quote(key)}"
