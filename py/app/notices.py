"""Notices for the person: one about each thing, for a while, and no longer than it is so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Protocol

NO_CONTACT = "nobody"  # about nobody being connected: settled when somebody is
AT_MOST = 4  # notices at once; the oldest goes when there are more
SHOWN_FOR = 60.0  # seconds in view, without a break
LOOK_AGAIN = 5.0  # seconds until one goes that was about to be read or pressed when it was due


class Notices(Protocol):
    """Shows notices to the person."""

    def problem(self, text: str, *, about: str = "") -> None:
        """Show what went wrong for a while: until it is dismissed, or `about` is settled. It takes
        the place of what was shown about the same.
        """

    def settle(self, about: str) -> None:
        """Remove what is shown about this: it is not so any more."""

    def announce(self, text: str) -> None:
        """Announce what happened to a screen reader."""


class NoticeView(Protocol):
    """Where notices stand on the page, each under a number of its own."""

    @property
    def seen(self) -> bool:
        """Whether the page is in view."""

    def on_seen(self, seen: Callable[[], None]) -> None:
        """Call this whenever the page comes into view."""

    def show(self, number: int, text: str) -> None:
        """Add a notice below the others."""

    def is_pointed_at(self, number: int) -> bool:
        """Whether the pointer or the keyboard's focus is on it."""

    def remove(self, number: int) -> None:
        """Remove it."""


@dataclass
class _Notice:
    text: str
    about: str
    stays: bool
    due: asyncio.TimerHandle | None = None


class NoticeBoard:
    """The notices that stand now."""

    def __init__(self, view: NoticeView) -> None:
        self._view = view
        self._standing: dict[int, _Notice] = {}  # by numbers, the oldest first
        self._numbers = count()
        view.on_seen(self._begin_anew)

    def problem(self, text: str, *, about: str = "", stays: bool = False) -> None:
        """Show a notice, as in Notices.

        Args:
            stays: until it is dismissed or settled, however long it takes.
        """
        for number, each in tuple(self._standing.items()):
            if (each.text, each.about) == (text, about):
                self._wait(number)  # nothing new to read out, or to be moved from under a finger
                return
            if each.text == text or (about and each.about == about):
                self.dismiss(number)
        if len(self._standing) >= AT_MOST:
            self.dismiss(next(iter(self._standing)))
        number = next(self._numbers)
        self._standing[number] = _Notice(text, about, stays)
        self._view.show(number, text)
        self._wait(number)

    def settle(self, about: str) -> None:
        """Remove what is shown about this."""
        for number, each in tuple(self._standing.items()):
            if each.about == about:
                self.dismiss(number)

    def dismiss(self, number: int) -> None:
        """Remove a notice."""
        notice = self._standing.pop(number)
        if notice.due is not None:
            notice.due.cancel()
        self._view.remove(number)

    def _wait(self, number: int, seconds: float = SHOWN_FOR) -> None:
        notice = self._standing[number]
        if notice.due is not None:
            notice.due.cancel()
        if not notice.stays:
            loop = asyncio.get_running_loop()
            notice.due = loop.call_later(seconds, self._expire, number)

    def _expire(self, number: int) -> None:
        if not self._view.seen:
            return  # its time begins anew when it is
        if self._view.is_pointed_at(number):
            self._wait(number, LOOK_AGAIN)
        else:
            self.dismiss(number)

    def _begin_anew(self) -> None:
        """Whoever comes back has not seen them for as long as they have been standing."""
        for number in self._standing:
            self._wait(number)
