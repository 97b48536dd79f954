"""The lines of the table: what each block gave, and the blocks' own ratios."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Pair, Pairs

HEAD = ("", "PeerJS", "PeerScript", "ratio", "goal")


@dataclass
class Figure:
    """One line: what each block gave, with PeerScript and with what it is compared to.

    Attributes:
        peerjs: of plain PeerJS, unless the table says otherwise.
        unit: of a printed number; the blocks' are in seconds, bytes, or what `unit` says.
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
        scale = {"ms": 1e3, "MB": 1e-6, "MB/s": 1e-6}.get(self.unit, 1)
        middle = median(blocks) * scale
        digits = 2 if middle < 10 else 1 if middle < 100 else 0
        return f"{middle:,.{digits}f}{'' if self.unit == '/s' else ' '}{self.unit}"


def likely(ordered: list[float]) -> str:
    """Where the true median lies in nine runs of ten, as text."""
    found = interval(ordered)
    return f" ({found[0]:.2f}–{found[1]:.2f})" if found else ""


def interval(ordered: list[float]) -> tuple[float, float] | None:
    """Where the true median lies in nine runs of ten (the sign test's interval); None if there are
    too few to say.
    """
    count = len(ordered)
    if count < 5:
        return None
    outside = 0  # of each end
    while sum(comb(count, k) for k in range(outside + 2)) <= 0.05 * 2**count:
        outside += 1
    return ordered[outside], ordered[-1 - outside]


def figures(pairs: Pairs) -> list[Figure]:
    """The lines."""
    ours, bare = pairs.peerscript, pairs.bare

    def round_trip(name: str, pair: Pair, goal: str) -> Figure:
        name = f"round trip, {name}"
        return Figure(name, pairs.peerjs.round_trips, pair.round_trips, "ms", goal)

    def rate(name: str, pair: Pair, goal: str) -> Figure:
        return Figure(f"messages, {name}", pairs.peerjs.rates, pair.rates, "/s", goal)

    return [
        round_trip("PeerScript ↔ PeerScript", ours, "≤ 1.15"),
        round_trip("PeerScript ↔ PeerJS", pairs.peerscript_to_peerjs, "≤ 1.15"),
        Figure("round trip, to Python without us", bare.round_trips, ours.round_trips, "ms"),
        rate("PeerScript → PeerScript", ours, "≥ 4"),
        rate("PeerScript → PeerJS", pairs.peerscript_to_peerjs, "≥ 1.5"),
        rate("PeerJS → PeerScript", pairs.peerjs_to_peerscript, "≥ 1.0"),
        Figure("messages, to Python without us", bare.rates, ours.rates, "/s"),
    ]
