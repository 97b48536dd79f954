"""Files that a person drops onto the page or saves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsProxy, create_proxy

from peerscript.transfer import Source, download, file_sources


def save(file: JsProxy, name: str) -> None:
    """Let the browser save a received file under its name."""
    download(file, name)


def on_drop(handler: Callable[[list[Source]], None], hint: Callable[[bool], None]) -> None:
    """Handle files dropped anywhere; `hint` is called with whether files are dragged over the
    page.
    """

    def over(event: Any) -> None:
        if "Files" in [str(kind) for kind in event.dataTransfer.types]:
            event.preventDefault()
            hint(True)

    def leave(event: Any) -> None:
        if not event.relatedTarget:
            hint(False)

    def drop(event: Any) -> None:
        event.preventDefault()
        hint(False)
        handler(file_sources(event.dataTransfer.files))

    for name, listener in (("dragover", over), ("dragleave", leave), ("drop", drop)):
        js.document.addEventListener(name, create_proxy(listener))
