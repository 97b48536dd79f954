"""The page's state, notices and screen-reader announcements (app.notices.Notices)."""

from __future__ import annotations

from collections.abc import Callable

from app.language import N_, _
from app.notices import NoticeBoard
from ui.bridge import page
from ui.bridge.attention import in_view
from ui.bridge.elements import Element, by_id, copy_of, root

OFFLINE = N_(
    "You are offline. Nobody can be reached until the network is back; this page then goes on by"
    " itself."
)


class StatusPanel:
    """`#status` and `#announcer`, and what `#notices` has."""

    def __init__(self) -> None:
        notices = NoticeList()
        self._board = NoticeBoard(notices)
        notices.on_dismissed(self._board.dismiss)
        by_id("loading-again").on_click(page.reload)

    def show(self, state: str, words: str) -> None:
        """Set the state (`data-state`) and its text."""
        status = by_id("status")
        status.set(data_state=state)
        status.text = words

    def ready(self) -> None:
        """Mark the page as ready: Python runs, and the peer is open."""
        root().set(data_ready="true")
        self._board.settle("failed")

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
        self._board.problem(text, about="failed", stays=True)

    def problem(self, text: str, *, about: str = "") -> None:
        """Show what went wrong."""
        self._board.problem(text, about=about)

    def settle(self, about: str) -> None:
        """Remove what is shown about this."""
        self._board.settle(about)

    def announce(self, text: str) -> None:
        """Announce what happened to a screen reader."""
        by_id("announcer").text = text


class NoticeList:
    """`#notices` (app.notices.NoticeView)."""

    def __init__(self) -> None:
        self._list = by_id("notices")
        self._rows: dict[int, Element] = {}

    @property
    def seen(self) -> bool:
        return in_view()

    def on_seen(self, seen: Callable[[], None]) -> None:
        page.when_seen(seen)

    def on_dismissed(self, dismiss: Callable[[int], None]) -> None:
        """Call this with the number of a notice whose button is pressed."""
        self._list.on_action(lambda row, _: dismiss(int(row.get("data-number"))))

    def show(self, number: int, text: str) -> None:
        row = copy_of("notice-template")
        row.slot("text").text = text
        row.set(data_number=str(number))
        self._rows[number] = self._list.append(row)

    def is_pointed_at(self, number: int) -> bool:
        return self._rows[number].is_pointed_at()

    def remove(self, number: int) -> None:
        self._rows.pop(number).remove()
