"""Decks that are reveal.js pages: their slides are taken out, and shown by our own reveal.js."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from app.slides.decks import NotADeck
from app.slides.decks.markdown import describe
from app.slides.decks.outline import Slide, check, short
from app.slides.decks.plain import plain_text
from peerscript.slides import SlideText

MAX_DEPTH = 500  # elements in each other: what browsers themselves do not exceed

_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# They would not work in the frame (decision 12), and complain or lead astray.
_CUT = frozenset(("base", "link", "meta", "script"))


@dataclass
class _Section:
    """A <section> of the page.

    Attributes:
        begin, end: where its source stands in the page.
        inner: the sections in it: it is a column of slides, then.
        cuts: the parts of the source that are left out.
        asides: the notes among them, which are no title.
    """

    begin: int
    end: int = -1
    inner: list[_Section] = field(default_factory=list)
    hidden: bool = False
    markdown: str | None = None
    heading: str = ""
    notes: list[str] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    asides: list[tuple[int, int]] = field(default_factory=list)

    def source(self, page: str, *, asides: bool = True) -> str:
        """What the page says in it."""
        cuts = self.cuts if asides else sorted(self.cuts + self.asides)
        kept, at = [], self.begin
        for begin, end in cuts:
            kept.append(page[at : max(at, begin)])
            at = max(at, end)
        return "".join(kept) + page[at : self.end]

    def text(self, page: str) -> SlideText:
        if self.markdown is not None:
            return describe(self.markdown)
        title = plain_text(self.heading) or plain_text(self.source(page, asides=False))
        return SlideText(short(title), "\n".join(self.notes).strip())


@dataclass
class _Element:
    """An element that is open.

    Attributes:
        begin, inside: where its tag and what is in it begin.
        part: "slides", "section", "heading", "notes", "cut" or "".
    """

    tag: str
    begin: int
    inside: int
    part: str = ""


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
        self._open: list[_Element] = []
        self._path: list[_Section] = []
        self.feed(page)
        self.close()
        while self._open:
            self._leave(len(page))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        begin = self._at()
        element = _Element(tag, begin, begin + len(self.get_starttag_text() or ""))
        element.part = self._part(tag, {name: value or "" for name, value in attrs})
        if element.part == "section":
            self._begin(begin, dict(attrs))
        if tag in _VOID:
            if element.part == "cut":
                self._path[-1].cuts.append((begin, element.inside))
            return
        self._open.append(element)
        if len(self._open) > MAX_DEPTH:
            raise NotADeck("This page is nested too deeply for a deck.")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # as browsers do: in HTML, a "/" ends no element
        if tag in ("path", "rect", "circle", "line", "use", "image", "ellipse", "polygon"):
            self._open.pop()  # but in SVG it does

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._leave(self._at()) != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].tag == "style":
            self.styles.append(data)
        elif self._path and self._path[-1].markdown is not None:
            self._path[-1].markdown += data

    def _part(self, tag: str, given: dict[str, str]) -> str:
        classes = given.get("class", "").split()
        if not self.found and "slides" in classes:
            self.found = True
            return "slides"
        if tag == "section" and any(element.part == "slides" for element in self._open):
            return "section"
        if not self._path or any(element.part == "notes" for element in self._open):
            return ""
        if tag in _CUT and not (tag == "script" and self._path[-1].markdown is not None):
            return "cut"
        if tag == "aside" and "notes" in classes:
            return "notes"
        return "heading" if tag in _HEADINGS and not self._path[-1].heading else ""

    def _begin(self, begin: int, given: dict[str, str | None]) -> None:
        section = _Section(begin, hidden=given.get("data-visibility") == "hidden")
        section.notes += [given.get("data-notes") or ""]
        section.markdown = "" if "data-markdown" in given else None
        (self._path[-1].inner if self._path else self.sections).append(section)
        self._path.append(section)

    def _leave(self, end: int) -> str:
        """Close the innermost element; its end tag, if it has one, begins at `end`."""
        element = self._open.pop()
        closed = self._page[end : end + len(element.tag) + 2].lower() == f"</{element.tag}"
        after = self._page.find(">", end) + 1 or len(self._page) if closed else end
        if element.part == "section":
            self._path.pop().end = after
        elif self._path and element.part == "cut":
            self._path[-1].cuts.append((element.begin, after))
        elif self._path and element.part == "notes":
            self._path[-1].notes.append(plain_text(self._page[element.inside : end]))
            self._path[-1].asides.append((element.begin, after))
        elif self._path and element.part == "heading":
            self._path[-1].heading = self._page[element.inside : end]
        return element.tag

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
    columns = [_shown(section.inner or [section]) for section in _shown(reader.sections)]
    slides = tuple(
        Slide(across, down, section.source(page), section.text(page))
        for across, column in enumerate(column for column in columns if column)
        for down, section in enumerate(column)
    )
    check(slides, name)
    return slides, tuple(reader.styles)


def _shown(sections: list[_Section]) -> list[_Section]:
    return [section for section in sections if not section.hidden]
