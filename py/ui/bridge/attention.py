"""The tab's title, notifications, and a screen that stays on (app.files.ports.Attention)."""

from __future__ import annotations

import js
from pyodide.ffi import create_once_callable

from ui.bridge.device import WakeLock

TITLE = "PeerScript"


class Attention:
    """What the browser shows outside of the page."""

    def __init__(self) -> None:
        self._screen = WakeLock()
        self._asked = False
        self._title = TITLE

    def show_progress(self, share: float | None) -> None:
        title = TITLE if share is None else f"{int(share * 100)} % · {TITLE}"
        if title != self._title:
            self._title = js.document.title = title
        self._screen.want(share is not None)

    def ask(self) -> None:
        kind = getattr(js.window, "Notification", None)
        if kind and str(kind.permission) == "default" and not self._asked:
            self._asked = True
            nothing = create_once_callable(lambda _: None)
            kind.requestPermission().then(nothing)

    def notify(self, text: str) -> None:
        kind = getattr(js.window, "Notification", None)
        if kind and str(kind.permission) == "granted" and js.document.hidden:
            kind.new(text)
