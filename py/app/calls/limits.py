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


LARGE, MEDIUM, SMALL = Limit(720, 1_700_000), Limit(360, 450_000), Limit(180, 160_000)


def picture_limit(others: int) -> Limit:
    """The limit in a call with so many others."""
    if others <= 1:
        return LARGE
    return MEDIUM if others <= 3 else SMALL
