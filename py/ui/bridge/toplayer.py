"""What the browser shows over the page: modal dialogs and popovers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import create_proxy, to_js

from ui.bridge.elements import Element, by_id

_OPEN = "dialog:modal, [popover]:popover-open"


def when_covered(changed: Callable[[Element | None], None]) -> None:
    """Listen to dialogs and popovers: the one on top; None while there is none."""
    shown: list[str] = []  # their IDs, the newest last

    def look(*_: Any) -> None:
        found = [str(each.id) for each in js.document.querySelectorAll(_OPEN)]
        before = [each for each in shown if each in found]
        shown[:] = [*before, *(each for each in found if each not in before)]
        changed(by_id(shown[-1]) if shown else None)

    looking = create_proxy(look)
    js.document.addEventListener("toggle", looking, True)  # of popovers; it does not bubble
    observer = js.MutationObserver.new(looking)  # not every browser has that event for dialogs
    options = to_js({"attributeFilter": ["open"]}, dict_converter=js.Object.fromEntries)
    for dialog in js.document.querySelectorAll("dialog"):
        observer.observe(dialog, options)
