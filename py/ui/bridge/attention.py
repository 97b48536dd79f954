"""What is noticed of the page when it is not in front: its title and icon, a sound, notifications,
and a screen that stays on (app.people.ports.Attention, app.files.ports.Attention).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy

from app.language import ngettext
from ui.bridge.device import WakeLock
from ui.bridge.elements import by_id
from ui.bridge.page import when_seen
from ui.bridge.sound import Chime

logger = logging.getLogger("peerscript.app")

TITLE = "PeerScript"
_FILES = ""  # no contact's key

_before_title: dict[str, str] = {}  # by what it is about


def set_title(about: str, words: str) -> None:
    """Put words before the page's name; "" for none."""
    _before_title[about] = words
    title = " · ".join([*filter(None, _before_title.values()), TITLE])
    if title != js.document.title:
        js.document.title = title


def may_ask_to_notify() -> bool:
    """Whether the person has not decided yet about notifications."""
    kind = getattr(js.window, "Notification", None)
    return bool(kind and js.isSecureContext and str(kind.permission) == "default")


def ask_to_notify(decided: Callable[[], None]) -> None:
    """Ask them; from a click."""
    js.Notification.requestPermission().then(create_once_callable(lambda _: decided()))


def in_view() -> bool:
    """Whether the page is in view."""
    return str(js.document.visibilityState) == "visible"


def mark_icon(marked: bool) -> None:
    """Mark the page's icon, or not."""
    icon = js.document.querySelector('link[rel="icon"]')
    name = "icon-unread.svg" if marked else "icon.svg"
    address = f"{str(icon.getAttribute('href')).rpartition('/')[0]}/{name}"
    if icon.getAttribute("href") != address:
        icon.setAttribute("href", address)


def notify(text: str) -> Any:
    """Notify, if the person allows it and does not see the page; return the Notification, or
    None.
    """
    kind = getattr(js.window, "Notification", None)
    if not kind or str(kind.permission) != "granted" or not js.document.hidden:
        return None
    try:
        shown = kind.new(text)
    except JsException as error:  # Android has notifications of service workers alone
        logger.info("no notification: %s", error)
        return None
    shown.addEventListener("click", create_proxy(lambda _: js.window.focus()))
    return shown


class Attention:
    """Of what people write and offer, and of files that are on their way."""

    def __init__(self) -> None:
        self._screen = WakeLock()
        self._asked = False
        self._chime = Chime()
        self._shown: dict[str, Any] = {}  # the newest notification of each contact, and of files
        when_seen(lambda: self.settle(_FILES))

    @property
    def seen(self) -> bool:
        return in_view()

    def on_seen(self, seen: Callable[[], None]) -> None:
        when_seen(seen)

    def show_unread(self, count: int) -> None:
        set_title("unread", ngettext("{count} new", "{count} new", count) if count else "")
        mark_icon(count > 0)

    def tell(self, key: str, text: str) -> None:
        if by_id("ring-sound").checked:
            self._chime.play()
        self._show(key, text)

    def _show(self, key: str, text: str) -> None:
        self.settle(key)
        if shown := notify(text):
            self._shown[key] = shown

    def settle(self, key: str) -> None:
        if shown := self._shown.pop(key, None):
            shown.close()

    def show_progress(self, share: float | None) -> None:
        set_title("files", "" if share is None else f"{int(share * 100)} %")
        self._screen.want(share is not None)

    def ask(self) -> None:
        if may_ask_to_notify() and not self._asked:
            self._asked = True
            ask_to_notify(lambda: None)

    def notify(self, text: str) -> None:
        self._show(_FILES, text)


class CallAttention:
    """Of calls: one notification at a time, as long as that call rings."""

    def __init__(self) -> None:
        self._screen = WakeLock()
        self._rings = ""
        self._shown: Any = None

    def show(self, title: str, *, rings: bool, talks: bool) -> None:
        """Show this title; "" for none.

        Args:
            rings: whether the person is notified of it.
            talks: whether the screen is kept on.
        """
        set_title("call", title)
        self._screen.want(talks)
        before, self._rings = self._rings, title if rings else ""
        if self._rings == before:
            return
        if self._shown is not None:
            self._shown.close()
        self._shown = notify(title) if rings else None
