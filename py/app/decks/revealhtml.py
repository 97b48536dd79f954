"""Decks that are reveal.js pages: their slides are taken out, and shown by our own reveal.js."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from app.decks import NotADeck
from app.decks.outline import Slide, check, short
from peerscript.slides import SlideText

_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_UNSEEN = frozenset(("script", "style", "template"))


@dataclass
class _Section:
    """A <section> of the page.

    Attributes:
        begin, end: where its source stands in the page.
        inner: whether other sections stand in it: a column of slides.
    """

    begin: int
    end: int = 0
    inner: list[_Section] = field(default_factory=list)
    heading: str = ""
    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> SlideText:
        return SlideText(short(self.heading or " ".join(self.words)), "\n".join(self.notes).strip())


class _Reader(HTMLParser):
    """Finds the sections in the element of class "slides", and the page's own styles."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[_Section] = []
        self.styles: list[str] = []
        self.found = False
        self._page = page
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._open: list[tuple[str, bool]] = []  # each element, and whether it is notes
        self._depth = 0  # of "slides" in `_open`; 0 outside
        self._path: list[_Section] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag not in _VOID:
            self._open.append((tag, tag == "aside" and "notes" in classes))
        if not self.found and "slides" in classes:
            self.found, self._depth = True, len(self._open)
        elif tag == "section" and self._depth:
            self._begin(_Section(self._at()), given.get("data-notes", ""))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self._open]
        if tag not in names:
            return
        while self._open:
            name, _ = self._open.pop()
            if name == "section" and self._path:
                end = self._at() + len("</section>") if tag == "section" else self._at()
                self._path.pop().end = end
            if len(self._open) < self._depth:
                self._depth = 0
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        names = [name for name, _ in self._open]
        if names and names[-1] == "style":
            self.styles.append(data)
        if not self._path or (names and names[-1] in _UNSEEN):
            return
        section = self._path[-1]
        if any(notes for _, notes in self._open):
            section.notes.append(data)
        elif not section.heading and names and _HEADINGS.intersection(names[self._depth :]):
            section.heading = data.strip()
        else:
            section.words.append(data)

    def _begin(self, section: _Section, notes: str) -> None:
        (self._path[-1].inner if self._path else self.sections).append(section)
        self._path.append(section)
        if notes:
            section.notes.append(notes)

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def read_html(name: str, page: str) -> tuple[tuple[Slide, ...], tuple[str, ...]]:
    """Take the slides out of a reveal.js page, and its own styles.

    Raises:
        NotADeck: there are none, or too many.
    """
    reader = _Reader(page)
    if not reader.found:
        raise NotADeck(f"{name} has no reveal.js slides in it.")
    slides = tuple(
        Slide(across, down, page[section.begin : section.end or len(page)], section.text())
        for across, column in enumerate(reader.sections)
        for down, section in enumerate(column.inner or [column])
    )
    check(slides, name)
    return slides, tuple(reader.styles)
