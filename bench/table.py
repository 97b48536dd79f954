"""The table of ratios."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Pair, Pairs

HEAD = ("", "PeerJS", "PeerScript", "ratio", "goal")
WIDTHS = (37, 10, 12, 20, 8)


@dataclass
class Figure:
    """One line: what each block gave, in plain PeerJS and with PeerScript.

    Attributes:
        unit: of a printed number; the blocks' are seconds, or messages a second.
    """

    name: str
    peerjs: list[float]
    peerscript: list[float]
    unit: str
    goal: str = ""

    @property
    def ratios(self) -> list[float]:
        """Each block's own: what slowed both in one block cancels out. Sorted."""
        pairs = zip(self.peerscript, self.peerjs, strict=True)
        return sorted(ours / theirs for ours, theirs in pairs)

    def cells(self) -> tuple[str, ...]:
        """The line's cells."""
        ratio = f"{median(self.ratios):.2f}{likely(self.ratios)}"
        return (self.name, self._shown(self.peerjs), self._shown(self.peerscript), ratio, self.goal)

    def _shown(self, blocks: list[float]) -> str:
        middle = median(blocks)
        return f"{middle * 1000:.2f} ms" if self.unit == "ms" else f"{middle:,.0f}/s"


def likely(ordered: list[float]) -> str:
    """Where the true median lies in nine runs of ten (the sign test's interval)."""
    count = len(ordered)
    if count < 5:
        return ""  # too few to say
    outside = 0  # of each end
    while sum(comb(count, k) for k in range(outside + 2)) <= 0.05 * 2**count:
        outside += 1
    return f" ({ordered[outside]:.2f}–{ordered[-1 - outside]:.2f})"


def figures(pairs: Pairs) -> list[Figure]:
    """The lines."""

    def round_trip(name: str, pair: Pair, goal: str) -> Figure:
        name = f"round trip, {name}"
        return Figure(name, pairs.peerjs.round_trips, pair.round_trips, "ms", goal)

    def rate(name: str, pair: Pair, goal: str = "") -> Figure:
        return Figure(f"messages, {name}", pairs.peerjs.rates, pair.rates, "/s", goal)

    return [
        round_trip("PeerScript ↔ PeerScript", pairs.peerscript, "≤ 1.15"),
        round_trip("PeerScript ↔ PeerJS", pairs.peerscript_to_peerjs, "≤ 1.15"),
        rate("PeerScript → PeerScript", pairs.peerscript, "≥ 4"),
        rate("PeerScript → PeerJS", pairs.peerscript_to_peerjs, "≥ 1.5"),
        rate("PeerJS → PeerScript", pairs.peerjs_to_peerscript),
    ]


def table(pairs: Pairs) -> str:
    """The whole table."""
    lines = [HEAD, *(figure.cells() for figure in figures(pairs))]
    return "\n".join(_line(cells) for cells in lines)


def _line(cells: tuple[str, ...]) -> str:
    name, *others = cells
    padded = (f"{cell:>{width}}" for cell, width in zip(others, WIDTHS[1:], strict=True))
    return (f"{name:{WIDTHS[0]}}" + "".join(padded)).rstrip()
