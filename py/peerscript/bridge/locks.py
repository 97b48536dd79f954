"""What only one page of this origin may use at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import js
from pyodide.ffi import JsException, JsProxy, create_once_callable

from peerscript.bridge.values import plain_object

logger = logging.getLogger("peerscript")

TRIES = 5
PAUSE = 0.1  # seconds


async def claim(name: str, tries: int = TRIES) -> Callable[[], None] | None:
    """Take a [Web Lock](https://developer.mozilla.org/docs/Web/API/LockManager/request) until the
    function that is returned is called, or the page goes; return None if another page has it. It is
    given where the browser has no locks (plain http) or gives this page none: a reload is more
    likely there than a duplicated tab.
    """
    locks = getattr(js.navigator, "locks", None)
    if not locks:
        return lambda: None
    # A page that is reloaded releases its old lock within milliseconds of starting again.
    for attempt in range(tries):
        if attempt:
            await asyncio.sleep(PAUSE)
        if release := await _take(locks, name):
            return release
    return None


async def _take(locks: JsProxy, name: str) -> Callable[[], None] | None:
    loop = asyncio.get_running_loop()
    taken: asyncio.Future[bool] = loop.create_future()
    held: asyncio.Future[None] = loop.create_future()

    def answer(lock: JsProxy | None) -> asyncio.Future[None] | None:
        taken.set_result(bool(lock))
        return held if lock else None

    def refused(error: JsException) -> None:
        if not taken.done():
            logger.info("no lock %r: %s", name, error.message)
            taken.set_result(True)

    request = locks.request(name, plain_object({"ifAvailable": True}), create_once_callable(answer))
    request.then(lambda _: None, refused)
    return (lambda: held.set_result(None)) if await taken else None
