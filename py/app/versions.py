"""A newer version of the page: it is told, and taken with one press, in the middle of nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from app.language import _
from app.tasks import Tasks

LOOK = 3600.0  # seconds between looks for a newer version; a reload looks anyway
BUSY_LOOK = 1.0  # seconds between looks whether the person is still busy


class Host(Protocol):
    """Where versions come from, and what keeps one of them in this browser."""

    async def keep(self, newer: Callable[[], None]) -> None:
        """Keep this version for a start without a network, unless one is kept already.

        Args:
            newer: called when a newer one is there, whole.
        """

    async def look(self) -> None:
        """Look for a newer version; being offline is no error."""

    def take(self) -> None:
        """Have the newer version kept instead of this one, and load it."""


class VersionView(Protocol):
    """Shows that there is a newer version."""

    def show(self, words: str, *, can_take: bool) -> None:
        """Show these words, and whether it can be taken now."""


class Versions:
    """What there is besides the version that runs.

    Args:
        doing: returns what the person is in the middle of, which a reload would disturb; "" for
            nothing.
    """

    def __init__(
        self, host: Host, view: VersionView, doing: Callable[[], str], tasks: Tasks
    ) -> None:
        self._host = host
        self._view = view
        self._doing = doing
        self._tasks = tasks
        self._newer = False

    async def follow(self) -> None:
        """Keep this version, and look for newer ones for as long as the page is open."""
        await self._host.keep(self._on_newer)
        while True:
            await asyncio.sleep(LOOK)
            await self._host.look()

    def take(self) -> None:
        """Take the newer version, unless the person has begun something just now."""
        if not self._show():
            self._host.take()

    def _on_newer(self) -> None:
        if not self._newer:
            self._newer = True
            self._tasks.start(self._offer())

    async def _offer(self) -> None:
        while True:
            self._show()
            await asyncio.sleep(BUSY_LOOK)

    def _show(self) -> str:
        doing = self._doing()
        words = _("A new version of this page is there.")
        if doing:
            words = f"{words} " + _("It can be taken once {doing}.", doing=doing)
        self._view.show(words, can_take=not doing)
        return doing
