"""Libraries in JavaScript that few visits need: loaded when they are."""

from __future__ import annotations

import asyncio

import js
from pyodide.ffi import JsProxy, create_proxy

from app.language import _


async def run_script(script: JsProxy) -> None:
    """Put a <script> into the page, and wait until it has run.

    Raises:
        OSError: it could not be loaded.
    """
    loaded: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    done, failed = (
        create_proxy(lambda _, outcome=outcome: loaded.set_result(outcome))
        for outcome in (True, False)
    )
    script.addEventListener("load", done)
    script.addEventListener("error", failed)
    js.document.head.appendChild(script)
    try:
        if not await loaded:
            script.remove()
            raise OSError(_("is this page online?"))
    finally:
        for proxy in (done, failed):
            proxy.destroy()
