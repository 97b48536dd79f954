"""Thumbnails of pictures and films, of the first few files of a transfer."""

from __future__ import annotations

from typing import Any

from app.files.group import AnyTransfer
from ui.bridge.elements import Element, new_element
from ui.bridge.files import file_of, object_url, revoke

SHOWN = 4
# What browsers draw; no SVG, which can keep a browser busy. A film's beginning is read alone.
PICTURES = frozenset(f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "avif", "bmp"))
FILMS = frozenset(("video/mp4", "video/webm", "video/ogg", "video/quicktime"))
LARGEST_PICTURE = 50_000_000  # bytes


class Previews:
    """The files that are shown, each under one URL however many cards show it."""

    def __init__(self) -> None:
        self._candidates: dict[str, list[int]] = {}
        self._urls: dict[str, dict[int, str]] = {}

    def urls(self, transfer: AnyTransfer) -> dict[int, str]:
        """The URLs of what can be shown now, by the files' numbers."""
        urls = self._urls.setdefault(transfer.key, {})
        for index in self._of(transfer):
            if index not in urls and (file := _content(transfer, index)):
                urls[index] = object_url(file)
        return urls

    def forget(self, transfer: AnyTransfer) -> None:
        """Its cards were removed."""
        self._candidates.pop(transfer.key, None)
        for url in self._urls.pop(transfer.key, {}).values():
            revoke(url)

    def _of(self, transfer: AnyTransfer) -> list[int]:
        if transfer.key not in self._candidates:
            fit = (n for n in range(len(transfer.files)) if _can_be_shown(transfer, n))
            self._candidates[transfer.key] = [n for n, _ in zip(fit, range(SHOWN), strict=False)]
        return self._candidates[transfer.key]


def _can_be_shown(transfer: AnyTransfer, index: int) -> bool:
    info = transfer.files[index].info
    if info.type in PICTURES:
        return info.size <= LARGEST_PICTURE
    return info.type in FILMS


def _content(transfer: AnyTransfer, index: int) -> Any:
    """The browser's File; None if it is not there, or not yet."""
    if transfer.incoming:
        return transfer.saved.get(index)
    return file_of(transfer.sources[index]) if transfer.sources else None


def thumbnail(transfer: AnyTransfer, index: int, url: str) -> Element:
    """A new element that shows it."""
    info = transfer.files[index].info
    if info.type in PICTURES:
        shown = new_element("img")
        shown.set(decoding="async", src=url, alt="")
    else:
        shown = new_element("video")
        shown.node.muted = True
        shown.set(preload="metadata", src=f"{url}#t=0.1", tabindex="-1", aria_hidden="true")
    return shown
