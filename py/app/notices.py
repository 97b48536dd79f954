"""Notices for the person."""

from __future__ import annotations

from typing import Protocol


class Notices(Protocol):
    """Shows notices to the person."""

    def problem(self, text: str, *, about: str = "") -> None:
        """Show what went wrong for a while: until it is dismissed, or `about` is settled."""

    def settle(self, about: str) -> None:
        """Remove what is shown about this: it is not so any more."""

    def announce(self, text: str) -> None:
        """Announce what happened to a screen reader."""
