"""Files that a person chooses, drops, pastes or saves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import js
from pyodide.ffi import JsProxy, create_proxy

from peerscript.ports.files import Source
from peerscript.transfer import dropped_sources, file_sources

_TEXT_FIELDS = "input, textarea, [contenteditable]"


def can_choose_folders() -> bool:
    """Whether this browser has folders to choose: not on every phone."""
    return bool(js.Reflect.has(js.HTMLInputElement.prototype, "webkitdirectory"))


def file_of(source: Source) -> JsProxy | None:
    """The browser's File that is sent."""
    return getattr(source, "file", None)


def object_url(file: JsProxy) -> str:
    """A URL under which the page can show a file, until `revoke`."""
    return str(js.URL.createObjectURL(file))


def revoke(url: str) -> None:
    """Let go of a file."""
    js.URL.revokeObjectURL(url)


def on_drop(
    handler: Callable[[Awaitable[Sequence[Source]]], None], hint: Callable[[bool], None]
) -> None:
    """Handle files and folders dropped anywhere.

    Args:
        handler: awaits what was dropped; OSError if it cannot be read.
        hint: is called with whether files are dragged over the page.
    """

    def over(event: Any) -> None:
        if "Files" in [str(kind) for kind in event.dataTransfer.types]:
            event.preventDefault()
            hint(True)

    def leave(event: Any) -> None:
        if not event.relatedTarget:
            hint(False)

    def drop(event: Any) -> None:
        if "Files" not in [str(kind) for kind in event.dataTransfer.types]:
            return  # text that is dragged into a field
        event.preventDefault()
        hint(False)
        handler(dropped_sources(event.dataTransfer))

    for name, listener in (("dragover", over), ("dragleave", leave), ("drop", drop)):
        js.document.addEventListener(name, create_proxy(listener))


def on_paste(handler: Callable[[Sequence[Source]], None]) -> None:
    """Handle files in the clipboard, as a screenshot is, pasted anywhere. Text in a field stays
    text, also where the clipboard has a picture of it, as a word processor's has.
    """

    def paste(event: Any) -> None:
        clipboard = event.clipboardData
        has_text = "text/plain" in [str(kind) for kind in clipboard.types]
        if not clipboard.files.length or (has_text and event.target.closest(_TEXT_FIELDS)):
            return
        event.preventDefault()
        handler(file_sources(clipboard.files))

    js.document.addEventListener("paste", create_proxy(paste))
