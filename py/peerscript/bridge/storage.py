"""This tab's storage, lock and page events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, MutableMapping

import js
from pyodide.ffi import JsException, JsProxy, create_proxy

from peerscript.bridge.listeners import Listeners
from peerscript.bridge.values import plain_object
from peerscript.ports import PageEvent

CLAIM_TRIES = 5
CLAIM_PAUSE = 0.1  # seconds


class TabStorage(MutableMapping[str, str]):
    """The tab's [sessionStorage](https://developer.mozilla.org/docs/Web/API/Window/sessionStorage)."""

    def __getitem__(self, name: str) -> str:
        value = js.sessionStorage.getItem(name)
        if not isinstance(value, str):
            raise KeyError(name)  # null
        return value

    def __setitem__(self, name: str, value: str) -> None:
        try:
            js.sessionStorage.setItem(name, value)
        except JsException as error:
            raise OSError(f"the browser keeps no more for this page: {error.message}") from error

    def __delitem__(self, name: str) -> None:
        js.sessionStorage.removeItem(name)

    def __iter__(self) -> Iterator[str]:
        return iter([str(name) for name in js.Object.keys(js.sessionStorage)])

    def __len__(self) -> int:
        return int(js.sessionStorage.length)


async def claim(name: str) -> bool:
    """Take a [Web Lock](https://developer.mozilla.org/docs/Web/API/LockManager/request) for this
    page's lifetime; return False if another page has it. True where the browser has no locks (plain
    http): a reload is more likely there than a duplicated tab.
    """
    locks = getattr(js.navigator, "locks", None)
    if not locks:
        return True
    # A page that is reloaded releases its old lock within milliseconds of starting again.
    for _ in range(CLAIM_TRIES):
        if await _take(locks, name):
            return True
        await asyncio.sleep(CLAIM_PAUSE)
    return False


async def _take(locks: JsProxy, name: str) -> bool:
    loop = asyncio.get_running_loop()
    taken: asyncio.Future[bool] = loop.create_future()
    as_long_as_the_page = loop.create_future()

    def answer(lock: JsProxy | None) -> asyncio.Future[None] | None:
        taken.set_result(bool(lock))
        return as_long_as_the_page if lock else None

    locks.request(name, plain_object({"ifAvailable": True}), create_proxy(answer))
    return await taken


def watch(notify: Callable[[PageEvent], None]) -> Callable[[], None]:
    """See ports.Browser."""
    listeners = Listeners()

    def visible(_: JsProxy) -> None:
        if str(js.document.visibilityState) == "visible":
            notify(PageEvent.AWAKE)

    def awake(_: JsProxy) -> None:
        notify(PageEvent.AWAKE)

    listeners.listen(js.document, "freeze", lambda _: notify(PageEvent.FROZEN))
    listeners.listen(js.document, "resume", awake)
    listeners.listen(js.document, "visibilitychange", visible)
    listeners.listen(js.window, "online", awake)
    return listeners.close
