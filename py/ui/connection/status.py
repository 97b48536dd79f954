"""The page's state, notices and screen-reader announcements (app.notices.Notices)."""

from __future__ import annotations

import asyncio

from app.language import N_, _
from ui.bridge import page
from ui.bridge.attention import in_view
from ui.bridge.elements import Element, by_id, copy_of, root

OFFLINE = N_(
    "You are offline. Nobody can be reached until the network is back; this page then goes on by"
    " itself."
)
MAX_NOTICES = 4  # the oldest goes when there are more
SHOWN_FOR = 60.0  # seconds in view


class StatusPanel:
    """`#status`, `#notices` and `#announcer`."""

    def __init__(self) -> None:
        self._notices = by_id("notices")
        self._notices.on_action(lambda notice, _: notice.remove())
        by_id("loading-again").on_click(page.reload)

    def show(self, state: str, words: str) -> None:
        """Set the state (`data-state`) and its text."""
        status = by_id("status")
        status.set(data_state=state)
        status.text = words

    def ready(self) -> None:
        """Mark the page as ready: Python runs, and the peer is open."""
        root().set(data_ready="true")

    def not_reached(self, text: str) -> None:
        """Show why the broker could not be reached."""
        if page.is_online():
            self.failed(text)
            return
        self.show("offline", _("Offline"))
        by_id("loading-stage").text = _(OFFLINE)

    def failed(self, text: str) -> None:
        """Show a failure after which nothing works; the text says what to do."""
        self.show("failed", _("Not working"))
        by_id("loading-stage").text = text
        self._show_notice(text, "failed")

    def problem(self, text: str, *, about: str = "") -> None:
        """Show what went wrong, until it is dismissed or settled, or was long enough in view; the
        same text is shown once.
        """
        if notice := self._show_notice(text, about):
            self._expire(notice)

    def _show_notice(self, text: str, about: str) -> Element | None:
        shown = list(self._notices.children())
        if any(each.slot("text").text == text for each in shown):
            return None
        if len(shown) >= MAX_NOTICES:
            shown[0].remove()
        notice = copy_of("notice-template")
        notice.slot("text").text = text
        notice.set(data_about=about)
        return self._notices.append(notice)

    def _expire(self, notice: Element) -> None:
        """Remove it after SHOWN_FOR, unless it is pointed at then, or nobody sees the page."""

        def due() -> None:
            if not in_view() or notice.is_pointed_at():
                self._expire(notice)
            else:
                notice.remove()

        asyncio.get_running_loop().call_later(SHOWN_FOR, due)

    def settle(self, about: str) -> None:
        """Remove what is shown about this."""
        for notice in tuple(self._notices.children()):
            if notice.get("data-about") == about:
                notice.remove()

    def announce(self, text: str) -> None:
        """Announce what happened to a screen reader."""
        by_id("announcer").text = text
