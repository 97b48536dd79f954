"""Keeps the records of transfers in IndexedDB (app.files.ports.Journal).

https://developer.mozilla.org/docs/Web/API/IndexedDB_API. It takes file handles, too. All pages of
the origin have the same one: a record belongs to the page that holds its Web Lock, and after that
page has gone to its tab, which comes back with the same peer ID when it is reloaded or restored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy, create_once_callable, to_js

from peerscript.bridge.locks import claim

logger = logging.getLogger("peerscript.app")

_NAME = "peerscript-transfers"
_RECORDS = "records"


class TransferJournal:
    """The records that this page has. Where the browser keeps nothing, nothing is there after a
    reload.

    Args:
        tab: the page's peer ID.
        adopts: whether it takes the records of tabs that are gone, too. A tab that comes back does
            not: the others that were open may come back later than it.
    """

    def __init__(self, tab: str, *, adopts: bool) -> None:
        self._tab = tab
        self._adopts = adopts
        self._database: Any = None
        self._release: dict[str, Callable[[], None]] = {}

    async def load(self) -> list[tuple[str, Sequence[JsProxy]]]:
        """The records, each with its handles, that no other open page has."""
        found: list[tuple[str, Sequence[JsProxy]]] = []
        try:
            for id in await self._ask("readonly", "getAllKeys"):
                record = await self._ask("readonly", "get", id)
                if not record or not self._is_for_this_tab(record):
                    continue
                if not await self._claim(str(id)):
                    continue
                # Another page may have changed or deleted it before that.
                if record := await self._ask("readonly", "get", id):
                    text, handles = str(record.text), list(record.handles)
                    await self.put(str(id), text, handles)
                    found.append((text, handles))
        except JsException as error:
            logger.info("no transfers are kept here: %s", error)
        return found

    def _is_for_this_tab(self, record: Any) -> bool:
        return self._adopts or getattr(record, "tab", None) == self._tab

    async def put(self, id: str, text: str, handles: Sequence[JsProxy]) -> None:
        """Keep a record, instead of an earlier one of that ID."""
        record = js.Object.new()
        record.tab, record.text, record.handles = self._tab, text, to_js(handles)
        try:
            if await self._claim(id):
                await self._ask("readwrite", "put", record, id)
        except JsException as error:
            logger.info("a transfer is not kept for a reload: %s", error)

    async def forget(self, id: str) -> None:
        """Keep it no longer."""
        try:
            await self._ask("readwrite", "delete", id)
        except JsException as error:
            logger.info("a transfer is still kept: %s", error)
        if release := self._release.pop(id, None):
            release()

    async def _claim(self, id: str) -> bool:
        """Whether the record is this page's."""
        if id not in self._release:
            release = await claim(f"peerscript transfer {id}", tries=2)
            if release is None:
                return False
            self._release[id] = release
        return True

    async def _ask(self, mode: str, method: str, *arguments: Any) -> Any:
        """The answer of a method of the store of the records.

        Raises:
            JsException: the browser keeps nothing, or no more.
        """
        if self._database is None:
            request = js.indexedDB.open(_NAME, 1)
            request.onupgradeneeded = create_once_callable(
                lambda _: request.result.createObjectStore(_RECORDS)
            )
            self._database = await _answer(request)
        store = self._database.transaction(_RECORDS, mode).objectStore(_RECORDS)
        return await _answer(getattr(store, method)(*arguments))


async def _answer(request: Any) -> Any:
    answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    request.onsuccess = create_once_callable(lambda _: answered.set_result(request.result))
    request.onerror = create_once_callable(lambda _: answered.set_exception(_failed(request)))
    return await answered


def _failed(request: Any) -> JsException:
    error: JsException = request.error
    return error
