"""A list that may become long: only the rows around the visible ones are in the page; others are
added when they are scrolled to.

However fast it changes, it is redrawn at intervals of PAUSE, each time for at most about SLICE.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from ui.bridge.elements import EdgeWatch, Element, hold_in_place

Item = TypeVar("Item")

SIZE = 200  # rows in the page; twice as many while scrolling
PAUSE = 0.03  # seconds between two drawings
SLICE = 0.01  # seconds that one drawing may take
READ_OUT = 10  # new rows of a log in one drawing that a screen reader may still announce


class WindowedList(Generic[Item]):
    """The rows of one element of the page, in the order in which their items first came.

    Args:
        element: what they stand in.
        make: returns a new row with the constant parts filled.
        fill: fills the parts of a row that change.
        log: whether it starts at its end and follows new items, as a conversation does; else it
            starts at its beginning.
        drawn: called after every drawing.
    """

    def __init__(
        self,
        element: Element,
        make: Callable[[Item], Element],
        fill: Callable[[Element, Item], None],
        *,
        log: bool = False,
        drawn: Callable[[], None] = lambda: None,
    ) -> None:
        self._element = element
        self._make = make
        self._fill = fill
        self._log = log
        self._drawn = drawn
        self._items: dict[str, Item] = {}
        self._keys: list[str] = []
        self._first = self._last = 0  # those of the keys that have rows, or soon will
        self._rows: dict[str, Element] = {}  # in the order of the page
        self._stale: set[str] = set()  # rows to fill again
        self._to_end = log
        self._at_end = log  # whether the end of a log is in view, or would be if it were shown
        self._timer: asyncio.TimerHandle | None = None
        self._waiting = False
        self._edges = EdgeWatch(self._earlier, self._later)
        if log:
            element.on("scroll", lambda _: self._note_place())
            element.on_resize(self._keep_end)

    def replace(self, items: dict[str, Item]) -> None:
        """Show other items. The dict is kept, and `put` and `drop` change it."""
        self._items, self._keys = items, list(items)
        self._first = max(0, len(items) - SIZE) if self._log else 0
        self._last = min(len(items), self._first + SIZE)
        self._to_end = self._log
        self._stale.clear()
        self._rows.clear()
        self._element.clear()
        self._draw_soon()

    def put(self, key: str, item: Item, *, to_end: bool = False) -> None:
        """Add or update an item.

        Args:
            to_end: bring the end of a log into view, wherever it was.
        """
        if key not in self._items:
            if self._last == len(self._keys):
                self._last += 1
            self._keys.append(key)
        self._items[key] = item
        self._stale.add(key)
        self._to_end = self._to_end or to_end
        self._draw_soon()

    def drop(self, key: str) -> None:
        """Remove an item."""
        del self._items[key]
        at = self._keys.index(key)
        del self._keys[at]
        self._first -= at < self._first
        self._last -= at < self._last
        self._draw_soon()

    def rows(self) -> Iterator[tuple[str, Element]]:
        """The rows that are in the page, with their keys."""
        return iter(self._rows.items())

    # Drawing

    def _draw_soon(self) -> None:
        if self._timer is None:
            self._draw()
        else:
            self._waiting = True

    def _draw(self) -> None:
        self._waiting = False
        self._timer = asyncio.get_running_loop().call_later(PAUSE, self._rest)
        follows = self._at_end = self._log and (self._to_end or self._is_at_end())
        self._move_window(follows)
        if follows:
            self._change_rows()
            self._element.scroll_to_end()
        elif self._rows:
            hold_in_place(list(self._rows.values()), self._change_rows)
        else:
            self._change_rows()
        self._to_end = follows and self._waiting  # what is left comes in the next drawing
        self._watch_edges()
        self._drawn()

    def _rest(self) -> None:
        self._timer = None
        if self._waiting:
            self._draw()

    def _is_at_end(self) -> bool:
        return self._last == len(self._keys) and self._element.near_end()

    def _move_window(self, follows: bool) -> None:
        if follows:
            self._last = len(self._keys)
            self._first = max(self._first, self._last - SIZE)
        else:
            self._last = min(self._last, self._first + 2 * SIZE)

    def _change_rows(self) -> None:
        """Update the rows to those of the window, as far as SLICE allows."""
        until = time.perf_counter() + SLICE
        wanted = self._keys[self._first : self._last]
        inside = set(wanted)
        for key in [key for key in self._rows if key not in inside]:
            self._rows.pop(key).remove()
        for key in self._stale & self._rows.keys():
            self._fill(self._rows[key], self._items[key])
        self._stale.clear()
        start = wanted.index(next(iter(self._rows))) if self._rows else 0
        after = wanted[start + len(self._rows) :]
        if self._log:
            quiet = start > 0 or len(after) > READ_OUT
            self._element.set(aria_live="off" if quiet else "polite")
        self._add_after(after, until)
        self._add_before(wanted[:start], until)

    def _add_after(self, keys: Sequence[str], until: float) -> None:
        for key in keys:
            if time.perf_counter() > until:
                self._waiting = True
                return
            self._rows[key] = self._element.append(self._new_row(key))

    def _add_before(self, keys: Sequence[str], until: float) -> None:
        before: dict[str, Element] = {}
        for key in reversed(keys):
            if time.perf_counter() > until:
                self._waiting = True
                break
            before[key] = self._element.prepend(self._new_row(key))
        if before:
            self._rows = {**dict(reversed(before.items())), **self._rows}

    def _new_row(self, key: str) -> Element:
        row = self._make(self._items[key])
        self._fill(row, self._items[key])
        return row

    # Scrolling

    def _note_place(self) -> None:
        self._at_end = self._is_at_end()

    def _keep_end(self) -> None:
        """It has another size: the phone is turned, a call begins, or it was hidden until now."""
        if self._at_end:
            self._element.scroll_to_end()

    def _watch_edges(self) -> None:
        rows = [] if self._waiting else list(self._rows.values())
        self._edges.watch(
            rows[0] if rows and self._first > 0 else None,
            rows[-1] if rows and self._last < len(self._keys) else None,
        )

    def _earlier(self) -> None:
        """The first row is in view, and there are earlier ones."""
        self._first = max(0, self._first - SIZE // 2)
        self._last = min(self._last, self._first + 2 * SIZE)
        self._draw_soon()

    def _later(self) -> None:
        """The last row is in view, and there are later ones."""
        self._last = min(len(self._keys), self._last + SIZE // 2)
        self._first = max(self._first, self._last - 2 * SIZE)
        self._draw_soon()
