"""The only modules of the library that import `js` and `pyodide`.

`page` implements `ports.Browser`; `broker`, `channel` and `call` wrap PeerJS's Peer, DataConnection
and MediaConnection. Names in JavaScript's spelling stay in here.
"""

from __future__ import annotations

from asyncio import Future
from typing import Any

import js
from _pyodide import _future_helper
from pyodide.ffi import JsException


def complete_exceptions() -> None:
    """Let every DOMException end an `await`. It is done at import, and anew in a page whose Python
    comes from a memory snapshot (decision 20): what is done to the browser is not in it.

    What rejects a Promise is an error to Pyodide if it has a `stack` or is a DOMException itself.
    Chromium's subclasses of DOMException have no `stack`: QuotaExceededError,
    OverconstrainedError, RTCError and others.
    """
    if not js.Reflect.has(js.DOMException.prototype, "stack"):
        js.DOMException.prototype.stack = ""


def _reject(future: Future[Any], reason: object) -> None:
    """End an `await` of a Promise that was rejected, whatever the reason. Pyodide's own function
    leaves it waiting for ever, and throws a TypeError into the console, if that is no error: it is
    `undefined` where a stream is aborted without one, and an error of an <iframe> may be unknown.
    """
    if not future.done():
        future.set_exception(reason if isinstance(reason, BaseException) else _as_error(reason))


def _as_error(reason: object) -> JsException:
    """A value with a name and a message keeps them."""
    name, words = "Error", "a promise was rejected"
    try:
        message = getattr(reason, "message", None)
        if isinstance(message, str):
            name, words = str(getattr(reason, "name", name)), message
        else:
            words = f"{words}: {js.String(reason)}"
    except JsException:  # a symbol has no attributes, an object without a prototype no text
        pass
    error: JsException = js.Error.new(words)
    error.name = name
    return error


complete_exceptions()
_future_helper.set_exception = _reject
