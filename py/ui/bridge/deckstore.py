"""Stores decks in the browser's Cache: the presented one over a reload, and those shown lately.

https://developer.mozilla.org/en-US/docs/Web/API/Cache. It holds many megabytes, and every browser
has it on https and localhost.
"""

from __future__ import annotations

import logging
from urllib.parse import quote, unquote

import js
from pyodide.ffi import JsException, to_js

from app.slides.recent import RecentDeck
from peerscript.slides import DeckSource

logger = logging.getLogger("peerscript.app")

_NAME = "peerscript-decks"


class DeckStore:
    """Decks under names (app.slides.ports.DeckStore, app.slides.recent.RecentStore).

    Args:
        folder: what this store's are for; another store does not see them.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder

    async def save(self, key: str, source: DeckSource, shown: float = 0.0) -> None:
        """Save a deck. If the browser has no space, it has to be opened again."""
        if not _available():
            logger.info("the deck is not kept: this page is not secure")
            return
        headers = {
            "X-Format": source.format,
            "X-Name": quote(source.name),
            "X-Size": str(len(source.data)),
            "X-Shown": str(shown),
        }
        options = to_js({"headers": headers}, dict_converter=js.Object.fromEntries)
        await self.forget(key)  # if saving fails, no older deck must be left
        try:
            cache = await js.caches.open(_NAME)
            await cache.put(self._address(key), js.Response.new(to_js(source.data), options))
        except JsException as error:
            logger.info("the deck is not kept: %s", error)

    async def load(self, key: str) -> DeckSource | None:
        """The deck that was saved under a key; None if there is none."""
        if not _available():
            return None
        kept = await (await js.caches.open(_NAME)).match(self._address(key))
        if not kept:
            return None
        data = bytes((await kept.arrayBuffer()).to_bytes())
        headers = kept.headers
        return DeckSource(str(headers.get("X-Format")), unquote(str(headers.get("X-Name"))), data)

    async def forget(self, key: str) -> None:
        """Delete the deck."""
        if _available():
            await (await js.caches.open(_NAME)).delete(self._address(key))

    async def all(self) -> list[RecentDeck]:
        """What is known of each deck, in no order."""
        if not _available():
            return []
        cache = await js.caches.open(_NAME)
        folder = str(js.URL.new(self._address(""), js.document.baseURI).href)
        found = []
        for request in await cache.keys():
            if str(request.url).startswith(folder):
                kept = await cache.match(request)
                if not kept:
                    continue  # it was removed meanwhile, or is just being saved anew
                headers = kept.headers
                key = unquote(str(request.url).removeprefix(folder))
                name = unquote(str(headers.get("X-Name")))
                size, shown = int(headers.get("X-Size")), float(headers.get("X-Shown"))
                found.append(RecentDeck(key, name, size, shown))
        return found

    def _address(self, key: str) -> str:
        return f"./{self._folder}/{quote(key)}"


def _available() -> bool:
    return bool(getattr(js.window, "caches", None))
