"""The browser that Python runs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from peerscript.errors import BrowserUnsupported
from peerscript.ports import Browser
from peerscript.ports.foreign import Foreign

if TYPE_CHECKING:
    from peerscript.ports.support import Supports


def this_browser() -> Browser:
    """Return the page that Python runs in.

    Raises:
        BrowserUnsupported: Python runs in no page: in a web worker, in Node, or in CPython; there,
            give `Peer(browser=peerscript.testing.MemoryNetwork())`.
    """
    try:
        from peerscript.bridge.page import this_page
    except ModuleNotFoundError as error:
        if error.name not in {"js", "pyodide"}:
            raise
        raise BrowserUnsupported(
            "there is no browser here: Python runs outside a page. Without one, "
            "Peer(browser=peerscript.testing.MemoryNetwork()) runs in this process"
        ) from error
    return this_page()


def supports() -> Supports:
    """Tell what this browser can do: PeerJS's `util.supports`.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    return this_browser().supports()


def recognizer() -> Callable[[object], Foreign | None]:
    """Return the function that tells what a message can make of a JavaScript object. For a value of
    Python's own it returns None, and so for all values outside a page.
    """
    try:
        from peerscript.bridge.foreign import foreign
    except ModuleNotFoundError as error:
        if error.name not in {"js", "pyodide"}:
            raise
        return lambda _: None
    return foreign
