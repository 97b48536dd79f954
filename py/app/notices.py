"""Notices for the person."""

from __future__ import annotations

from typing import Protocol


class Notices(Protocol):
    """Shows notices to the person."""

    def problem(self, text: str) -> None:
        """Show what went wrong until it is dismissed."""

    def announce(self, text: str) -> None:
        """Announce what happened to a screen reader."""
