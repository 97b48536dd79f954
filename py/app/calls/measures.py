"""What is measured of a call's media over time, and how it is drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.language import N_, _
from peerscript.calls import CallStats

EVERY = 2.0  # seconds between two looks
KEPT = 150  # looks: five minutes


@dataclass(frozen=True)
class Plot:
    """One quantity over time.

    Attributes:
        title: its name.
        latest: its newest value, for people; "–" if it is not known.
        lines: one or two series of values, oldest first; None where it was not known.
        top: what the upper edge of the plot stands for.
    """

    title: str
    latest: str
    lines: tuple[Sequence[float | None], ...]
    top: float


class Measures:
    """The newest looks at one person's media."""

    def __init__(self) -> None:
        self._looks: deque[CallStats] = deque(maxlen=KEPT)

    def add(self, stats: CallStats) -> None:
        """Keep another look."""
        self._looks.append(stats)

    @property
    def quality(self) -> str:
        """The newest look's."""
        return self._looks[-1].quality if self._looks else "unknown"

    @property
    def summary(self) -> str:
        """What is no quantity: the codec, and the way that the media take."""
        if not self._looks:
            return ""
        newest = self._looks[-1]
        ways = {
            True: N_("relayed by a TURN server"),
            False: N_("direct"),
            None: N_("no path"),
        }
        way = _(ways[newest.relayed])
        size = f"{newest.width} × {newest.height}" if newest.width else ""
        return " · ".join(part for part in (newest.codec, size, way) if part)

    @property
    def plots(self) -> tuple[Plot, ...]:
        """Everything that is drawn."""
        return (
            self._plot(
                _("Received / sent"),
                lambda value: f"{value:.2f}",
                lambda look: look.received / 1e6,
                lambda look: look.sent / 1e6,
                unit=_("Mb/s"),
                least=0.5,
            ),
            self._plot(
                _("Round trip"), _whole, lambda look: _ms(look.round_trip), unit="ms", least=100
            ),
            self._plot(_("Loss"), _tenths, lambda look: look.loss * 100, unit="%", least=5),
            self._plot(_("Jitter"), _whole, lambda look: _ms(look.jitter), unit="ms", least=30),
            self._plot(
                _("Pictures"), _whole, lambda look: look.frames, unit=_("a second"), least=30
            ),
            self._plot(_("Height"), _whole, lambda look: look.height, unit=_("pixels"), least=360),
        )

    def _plot(
        self,
        title: str,
        words: Callable[[float], str],
        *values: Callable[[CallStats], float | None],
        unit: str,
        least: float,
    ) -> Plot:
        lines = tuple([value(look) for look in self._looks] for value in values)
        known = [each for line in lines for each in line if each is not None]
        newest = [line[-1] for line in lines if line and line[-1] is not None]
        latest = " / ".join(words(each) for each in newest if each is not None)
        return Plot(title, f"{latest} {unit}" if latest else "–", lines, max([least, *known]))


def points(line: Sequence[float | None], top: float, width: float, height: float) -> str:
    """The points of an SVG polyline: the newest value at the right edge."""
    step = width / (KEPT - 1)
    start = width - step * (len(line) - 1)
    return " ".join(
        f"{start + step * at:.1f},{height - height * min(value / top, 1.0):.1f}"
        for at, value in enumerate(line)
        if value is not None
    )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _tenths(value: float) -> str:
    return f"{value:.1f}"
