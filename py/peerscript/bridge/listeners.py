"""Python callbacks that JavaScript holds, and their removal.

A Python function passed to JavaScript is a proxy that lives until it is destroyed. All listeners of
one object are kept together and removed in one place.
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
        proxy = self.function(reporting(handler))
        emitter.on(event, proxy)
        self._stack.callback(emitter.off, event, proxy)

    def listen(self, target: JsProxy, event: str, handler: Callable[..., None]) -> None:
        """Listen to an EventTarget of the browser."""
        proxy = self.function(reporting(handler))
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

    def at_close(self, work: Callable[[], object]) -> None:
        """Do something when they are closed, too."""
        self._stack.callback(work)

    def close(self) -> None:
        """Remove every listener and destroy the proxies. Closing twice does nothing."""
        self._stack.close()


def reporting(handler: Callable[..., None]) -> Callable[..., None]:
    """A handler whose exceptions go to the event loop: thrown into PeerJS, they would break its own
    handling of the event.
    """

    def report_errors(*arguments: Any) -> None:
        try:
            handler(*arguments)
        except Exception as error:
            report(error)

    return report_errors


def report(error: Exception) -> None:
    """Report an exception in a listener to the event loop."""
    asyncio.get_running_loop().call_exception_handler(
        {"message": f"in a listener: {error}", "exception": error}
    )
