"""What the page says to the person."""

from __future__ import annotations

from typing import Protocol


class Notices(Protocol):
    """The page's words to the person."""

    def problem(self, text: str) -> None:
        """Show what went wrong until it is dismissed."""

    def announce(self, text: str) -> None:
        """Tell what happened, to those who hear the page."""
