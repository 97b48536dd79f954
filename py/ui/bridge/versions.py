"""The built page's service worker, as app.versions.Host (docs/decisions/0021).

https://developer.mozilla.org/docs/Web/API/ServiceWorkerRegistration
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, to_js

from ui.bridge import page

logger = logging.getLogger("peerscript.app")

SETTINGS = "peerscript-settings"  # the worker's cache for pyscript.toml (serving/offline.py)


class PageVersions:
    """The version that a worker keeps, and the one that waits to be kept."""

    def __init__(self) -> None:
        self._registration: Any = None
        self._newer: Callable[[], None] = lambda: None

    async def keep(self, newer: Callable[[], None]) -> None:
        named = js.document.querySelector('meta[name="service-worker"]')
        workers = getattr(js.navigator, "serviceWorker", None)
        if not named or not workers:
            return  # the un-built page; plain http, or a private window
        self._newer = newer
        try:
            self._registration = await workers.register(named.content)
            if not workers.controller:  # the worker has not seen this visit's requests
                await (await js.caches.open(SETTINGS)).add("./pyscript.toml")
        except JsException as error:
            logger.info("this page is not kept for a start without a network: %s", error)
        if self._registration is None:
            return
        if self._registration.waiting:
            newer()
        self._follow(self._registration.installing)
        self._registration.addEventListener(
            "updatefound", create_proxy(lambda _: self._follow(self._registration.installing))
        )
        if workers.controller:  # another tab may take the newer one
            workers.addEventListener("controllerchange", create_proxy(lambda _: newer()))

    def _follow(self, worker: Any) -> None:
        """Wait until a worker that is newer than another has fetched its version."""

        def look(_: Any) -> None:
            if str(worker.state) == "installed":
                self._newer()

        if worker and self._registration.active:
            worker.addEventListener("statechange", create_proxy(look))

    async def look(self) -> None:
        if self._registration is None:
            return
        try:
            await self._registration.update()
        except JsException as error:
            logger.info("no newer version was found: %s", error)

    def take(self) -> None:
        worker = self._registration.waiting
        if not worker:
            page.reload()  # another tab has taken it
            return

        def look(_: Any) -> None:
            if str(worker.state) == "activated":
                page.reload()

        worker.addEventListener("statechange", create_proxy(look))
        worker.postMessage(to_js({"type": "SKIP_WAITING"}, dict_converter=js.Object.fromEntries))
