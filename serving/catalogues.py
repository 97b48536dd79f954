"""The page's texts in other languages: `site/locale/<language>.po` (docs/decisions/0023).

`nox -s translations` takes up new texts of the page in the catalogues and compiles them. The build
compiles them, too, and makes one that exists to try the page from right to left.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from serving.places import ROOT

FOLDER = ROOT / "site" / "locale"
PSEUDO = "site/locale/pseudo/ar-XB.mo"  # of no language: `?lang=ar-XB` shows it
PSEUDO_LINK = f'<link rel="translation" hreflang="ar-XB" dir="rtl" href="./{PSEUDO}">'
ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-empty")
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_VOID = {"br", "img", "input", "link", "meta"}
_SKIPPED = {"script", "style", "noscript"}
_LETTER = re.compile(r"[^\W\d_]")

Found = tuple[str, str | tuple[str, str], str | None]  # the file, the text, its context


def extracted() -> Catalog:
    """All texts of the page, in English."""
    texts = Catalog(fuzzy=False, header_comment="#")
    for path, text, context in (*_of_python(), *_of_page(), *_of_start()):
        texts.add(text, locations=[(path, 1)], context=context)
    for message in texts:
        message.flags.discard("python-format")  # a percent sign is one
    return texts


def _of_python() -> Iterator[Found]:
    for pattern in ("main.py", "app/**/*.py", "ui/**/*.py"):
        for path in sorted((ROOT / "py").glob(pattern)):
            yield from _extracted("python", path.relative_to(ROOT), path.read_bytes())


def _of_start() -> Iterator[Found]:
    """Those of the built page's script, a template in Python."""
    path = ROOT / "serving" / "start.py"
    module = path.read_text().partition('Template("""')[2].partition('""")')[0]
    yield from _extracted("javascript", path.relative_to(ROOT), module.encode())


def _extracted(method: str, path: Path, content: bytes) -> Iterator[Found]:
    for _, text, _, context in extract(method, io.BytesIO(content), keywords=_KEYWORDS):
        one_or_two = text if isinstance(text, str) else (text[0], text[1])
        yield path.as_posix(), one_or_two, context


def _of_page() -> Iterator[Found]:
    page = PageTexts()
    page.feed((ROOT / "index.html").read_text())
    for text, context in page.found:
        yield "index.html", text, context


class PageTexts(HTMLParser):
    """The texts of a page: each stretch of text between two tags, and of some attributes.

    `translate="no"` leaves out an element with all that is in it; `data-context` says what an
    English text means that stands for several things.

    Attributes:
        found: the texts, with their contexts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None]] = []
        self._open: list[tuple[bool, str | None]] = [(True, None)]  # translated or not, context

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        translated = self._open[-1][0] and given.get("translate") != "no" and tag not in _SKIPPED
        context = given.get("data-context")
        if translated:
            self.found += [(text, context) for name in ATTRIBUTES if (text := given.get(name))]
        if tag not in _VOID:
            self._open.append((translated, context))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        translated, context = self._open[-1]
        if translated and _LETTER.search(data):
            self.found.append((data.strip(), context))


def read(path: Path) -> Catalog:
    """A catalogue of translated texts."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def compiled(catalogue: Catalog) -> bytes:
    """The content of its .mo file, which is what Python's gettext reads."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def pseudo(texts: Catalog) -> Catalog:
    """Each text in its own words, written from right to left."""
    catalogue = Catalog(locale="en", fuzzy=False)
    for message in texts:
        if message.id:
            turned = [
                _turned(text)
                for text in ([message.id] if isinstance(message.id, str) else message.id)
            ]
            string = turned[0] if isinstance(message.id, str) else tuple(turned)
            catalogue.add(message.id, string, context=message.context)
    return catalogue


def _turned(text: str) -> str:
    """What stands in braces is not turned: it is filled in."""
    parts = re.split(r"(\{\w+\}|[^\w{}]+)", text)
    return "".join(f"\u202e{part}\u202c" if part.isalpha() else part for part in parts)


def write(target: Path) -> None:
    """Write the compiled catalogues of a built page."""
    for path in FOLDER.glob("*.po"):
        (target / "site/locale" / f"{path.stem}.mo").write_bytes(compiled(read(path)))
        (target / "site/locale" / path.name).unlink()
    (target / PSEUDO).parent.mkdir()
    (target / PSEUDO).write_bytes(compiled(pseudo(extracted())))


def update() -> None:
    """Take up the page's texts of now in every catalogue, and compile it for the un-built page."""
    texts = extracted()
    for path in sorted(FOLDER.glob("*.po")):
        catalogue = read(path)
        catalogue.update(texts, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        missing = [
            message for message in catalogue if message.id and not translated(message.string)
        ]
        with path.open("wb") as file:
            write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {len(missing)} to be translated")


def translated(string: object) -> bool:
    """Whether a message's string, or each of its plural's, says something."""
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    update()
