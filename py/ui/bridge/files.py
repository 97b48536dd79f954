"""Files that a person drops onto the page or saves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsProxy, create_once_callable, create_proxy

from peerscript.transfer import Source, file_sources


def save(file: JsProxy, name: str) -> None:
    """Let the browser save a received file under its name."""
    url = js.URL.createObjectURL(file)
    link = js.document.createElement("a")
    link.href = url
    link.download = name
    js.document.body.appendChild(link)
    link.click()
    link.remove()
    release = create_once_callable(lambda: js.URL.revokeObjectURL(url))
    js.setTimeout(release, 60_000)  # the browser may still be asking where to


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
