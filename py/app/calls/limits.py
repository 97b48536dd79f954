"""How much is sent to each person of a call: every one of them gets a stream of their own, so the
uplink and the processor are shared by all.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """What a camera's picture may take to one person.

    Attributes:
        height: of its shorter side, in pixels.
        bitrate: bits per second.
    """

    height: int
    bitrate: int

    def scale_down_by(self, height: int) -> float:
        """What a picture of this height is to be divided by."""
        return max(1.0, height / self.height)


LARGE, MEDIUM, SMALL, LEAST = (
    Limit(720, 1_700_000),
    Limit(360, 450_000),
    Limit(180, 160_000),
    Limit(90, 50_000),
)
SHORT = 120_000  # bits per second, of which sound takes a third
PATIENCE = 2  # looks in a row at an uplink that is short
RELIEF = 8  # looks until more of a picture is tried again: unused room is not measured


def picture_limit(others: int) -> Limit:
    """The limit in a call with so many others."""
    if others <= 1:
        return LARGE
    return MEDIUM if others <= 3 else SMALL


class Uplink:
    """What the way to one person has room for: where it is short, sound goes first."""

    def __init__(self) -> None:
        self._short = 0  # looks in a row
        self._relief = 0  # looks that the picture is kept least for

    def add(self, room: float | None) -> bool:
        """Another look.

        Args:
            room: bits per second; None if not known.

        Returns:
            Whether `fit` says something else now.
        """
        if self._relief:
            self._relief -= 1
            return self._relief == 0
        self._short = self._short + 1 if room is not None and room < SHORT else 0
        if self._short < PATIENCE:
            return False
        self._short, self._relief = 0, RELIEF
        return True

    def fit(self, limit: Limit) -> Limit:
        """What a picture may take now, of what it might."""
        return LEAST if self._relief else limit
