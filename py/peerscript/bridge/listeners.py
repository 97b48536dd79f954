"""Callbacks that JavaScript holds, and their end.

A Python function handed to JavaScript is a proxy that lives until it is destroyed. One object's
listeners are kept together and closed in one place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from pyodide.ffi import JsProxy, create_proxy


class Listeners:
    """The listeners of one connection, call or broker."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def on(self, emitter: JsProxy, event: str, handler: Callable[..., None]) -> None:
        """Listen to a PeerJS object (an eventemitter3)."""
        proxy = self._proxy(handler)
        emitter.on(event, proxy)
        self._stack.callback(emitter.off, event, proxy)

    def listen(self, target: JsProxy, event: str, handler: Callable[..., None]) -> None:
        """Listen to an EventTarget of the browser."""
        proxy = self._proxy(handler)
        target.addEventListener(event, proxy)
        self._stack.callback(target.removeEventListener, event, proxy)

    def function(self, handler: Callable[..., Any]) -> JsProxy:
        """Return a function for JavaScript to call until `close`."""
        proxy: JsProxy = create_proxy(handler)
        self._stack.callback(proxy.destroy)
        return proxy

    def function_or_none(self, handler: Callable[..., Any] | None) -> JsProxy | None:
        """The same for a function that need not be given."""
        return None if handler is None else self.function(handler)

    def _proxy(self, handler: Callable[..., None]) -> JsProxy:
        def report_errors(*arguments: Any) -> None:
            # An exception thrown into PeerJS would break its own handling of the event.
            try:
                handler(*arguments)
            except Exception as error:
                asyncio.get_running_loop().call_exception_handler(
                    {"message": f"in a listener: {error}", "exception": error}
                )

        return self.function(report_errors)

    def close(self) -> None:
        """Take every listener away and let go of the proxies. Closing twice does nothing."""
        self._stack.close()
