"""The only modules of the library that import `js` and `pyodide`.

`page` implements `ports.Browser`; `broker`, `channel` and `call` wrap PeerJS's Peer, DataConnection
and MediaConnection. Names in JavaScript's spelling stay in here.
"""

import js


def complete_exceptions() -> None:
    """Let every DOMException end an `await`. It is done at import, and anew in a page whose Python
    comes from a memory snapshot (decision 20): what is done to the browser is not in it.

    What rejects a Promise is an error to Pyodide if it has a `stack` or is a DOMException itself;
    if not, an `await` of that Promise never ends. Chromium's subclasses of DOMException have no
    `stack`: QuotaExceededError, OverconstrainedError, RTCError and others.
    """
    if not js.Reflect.has(js.DOMException.prototype, "stack"):
        js.DOMException.prototype.stack = ""


complete_exceptions()
