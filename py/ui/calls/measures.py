"""What was measured of each person's media, as plots: `#call-measures`."""

from __future__ import annotations

from app.calls.measures import Measures, Plot, points
from ui.bridge.elements import Element, by_id, copy_of, hide_popover, popover_is_open

WIDTH, HEIGHT = 200, 50  # of a plot, in its own units


class MeasuresPanel:
    """A part for each person, drawn while it is open."""

    def __init__(self) -> None:
        self._parts: dict[str, Element] = {}
        self._newest: dict[str, tuple[str, Measures]] = {}
        by_id("call-measures").on("toggle", lambda _: self._draw_all())

    def open(self) -> None:
        """Show it."""
        by_id("call-measures").node.showPopover()

    def keep(self, keys: set[str]) -> None:
        """Forget everybody else."""
        for key in [each for each in self._newest if each not in keys]:
            del self._newest[key]
            if part := self._parts.pop(key, None):
                part.remove()
        if not keys:
            hide_popover(by_id("call-measures"))

    def show(self, key: str, name: str, measures: Measures) -> None:
        """There is something new about somebody."""
        self._newest[key] = name, measures
        if self._open:
            self._draw(key)

    @property
    def _open(self) -> bool:
        return popover_is_open(by_id("call-measures"))

    def _draw_all(self) -> None:
        if self._open:
            for key in self._newest:
                self._draw(key)

    def _draw(self, key: str) -> None:
        name, measures = self._newest[key]
        if key not in self._parts:
            self._parts[key] = by_id("call-measured").append(copy_of("measures-template"))
        part = self._parts[key]
        part.slot("name").text = name
        part.slot("summary").text = measures.summary
        box = part.slot("plots")
        drawn = list(box.children())
        for number, plot in enumerate(measures.plots):
            if number == len(drawn):
                drawn.append(box.append(copy_of("plot-template")))
            _fill(drawn[number], plot)


def _fill(figure: Element, plot: Plot) -> None:
    figure.slot("title").text = plot.title
    figure.slot("latest").text = plot.latest
    for name, line in zip(("first", "second"), plot.lines, strict=False):
        figure.slot(name).set(points=points(line, plot.top, WIDTH, HEIGHT))
