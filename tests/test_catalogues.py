"""The catalogues have every text of the page, and the page has no text that is not marked."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from serving import build, catalogues
from serving.places import ROOT

PO = sorted(catalogues.FOLDER.glob("*.po"))
AGAIN = "run `nox -s translations`, then translate what is new in site/locale/"
PY = [ROOT / "py" / "main.py", *(p for f in ("app", "ui") for p in (ROOT / "py" / f).rglob("*.py"))]


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogues.extracted()


def keys(catalogue: Catalog) -> set[tuple[object, str | None]]:
    ids = ((each.id, each.context) for each in catalogue if each.id)
    return {(tuple(id) if isinstance(id, list) else id, context) for id, context in ids}


def strings(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text)  # type: ignore[call-overload]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("path", PO, ids=lambda path: path.name)
def test_a_catalogue_has_the_texts_of_the_page_and_no_others(path: Path, texts: Catalog) -> None:
    there, wanted = keys(catalogues.read(path)), keys(texts)
    assert wanted - there == set(), f"missing: {AGAIN}"
    assert there - wanted == set(), f"no longer in the page: {AGAIN}"


@pytest.mark.parametrize("path", PO, ids=lambda path: path.name)
def test_each_text_is_translated_with_the_same_names_to_fill_in(path: Path) -> None:
    for message in catalogues.read(path):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        assert catalogues.translated(message.string), f"{message.id}: {AGAIN}"
        names = placeholders(strings(message.id)[-1])
        for string in strings(message.string):
            assert placeholders(string) <= names, message.id
            assert names - placeholders(string) <= {"count"}, message.id


@pytest.mark.parametrize("path", PO, ids=lambda path: path.name)
def test_the_unbuilt_page_has_the_compiled_catalogue(path: Path) -> None:
    made = path.with_suffix(".mo").read_bytes()
    assert made == catalogues.compiled(catalogues.read(path)), AGAIN
    read = GNUTranslations(io.BytesIO(made))
    assert read.gettext("Settings") != "Settings"


@pytest.mark.parametrize("path", PO, ids=lambda path: path.name)
def test_the_page_names_the_catalogue_and_offers_the_language(path: Path) -> None:
    page = (ROOT / "index.html").read_text()
    link = f'<link rel="translation" hreflang="{path.stem}" href="./site/locale/{path.stem}.mo">'
    assert page.count(link) == 1
    assert f'<option value="{path.stem}" lang="{path.stem}" translate="no">' in page


def test_the_language_to_try_the_page_with_is_in_the_built_page_alone(texts: Catalog) -> None:
    page = (ROOT / "index.html").read_text()
    assert "ar-XB" not in page
    assert page.replace("</head>", f"  {catalogues.PSEUDO_LINK}\n</head>") != page
    assert catalogues.PSEUDO_LINK in build._main_page(page)
    made = GNUTranslations(io.BytesIO(catalogues.compiled(catalogues.pseudo(texts))))
    assert made.gettext("{name} has left.") == "{name} \u202ehas\u202c \u202eleft\u202c."
    assert made.pgettext("verb", "Call") == "\u202eCall\u202c"
    assert made.ngettext("{count} file", "{count} files", 2) == "{count} \u202efiles\u202c"


def test_what_is_taken_from_the_page() -> None:
    page = catalogues.PageTexts()
    page.feed(
        '<h1 translate="no">Name <b>inside</b></h1><p title="About it">One <i>two</i> three<br>four'
        '</p><template><input placeholder="Write"></template><b data-context="verb">Call</b>'
        '<p translate="no" aria-label="Not this">0:00</p><script>no("text")</script><p>…</p>'
    )
    assert page.found == [
        *((text, None) for text in ("About it", "One", "two", "three", "four", "Write")),
        ("Call", "verb"),
    ]


# What looks like words and is shown to nobody: names of the web's own things, what is logged, and
# markup. Who adds a text marks it; who adds such a thing adds it here.
LOGGED = {"debug", "info", "warning", "error", "exception"}
UNSHOWN_ARGUMENTS = {"TaskOwner", "Topic", "getLogger", "LookupError", "ValueError", "compile"}
UNSHOWN_ARGUMENTS |= {"AssertionError", "ModuleNotFoundError", "querySelectorAll", "querySelector"}
UNSHOWN_ARGUMENTS |= {"MessageTooBig", "getattr", "cast", "TypeVar", "write", "all", "matches"}
UNSHOWN_ARGUMENTS |= {"closest", "removeprefix", "open", "find"}
MARKS = {"_", "N_", "ngettext", "pgettext"}
NAMES = re.compile(
    r"(PeerScript|Markdown|Marp|Slidev|Windows-1252|Facebook|Instagram|WeChat|Telegram|Snapchat"
    r"|TikTok|LinkedIn|Files|Notification|Content-Security-Policy|Cf|[A-Z][a-z]+([A-Z]\w*)+"
    r"|(Page|Arrow)\w+|Backspace|Enter|Tab|noopener noreferrer)"
)
MARKUP = re.compile(r"[<>#]|[\[:][\w-]+[=\])(]|\\b|(default|frame)-src|data-markdown|h1, h2")
WORDS = re.compile(r"[a-z,.…] [a-zA-Z]|[a-z] \{|\} [a-z]|^[A-Z][a-z]+$|^[A-Z][a-z]+[ …]")
# In app.units each unit is the same in every language; "speaker view" is what a notice is about.
UNITS = {"{} min", "{} kB", "{} h", "{} s"}
OTHERS = UNITS | {"the page", "speaker view", "peerscript transfer {}"}


def literals(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """The texts in a module that may be shown: no docstrings, and none that is marked."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Constant | ast.JoinedStr):
            if isinstance(node, ast.JoinedStr) or isinstance(node.value, str):
                yield node
            continue
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in MARKS | LOGGED | UNSHOWN_ARGUMENTS:
                values = [*(each for each in node.args if not _is_text(each)), *node.keywords]
                yield from literals(ast.Tuple(values, ast.Load()))  # type: ignore[arg-type]
                continue
        yield from literals(node)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.JoinedStr)


def said(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts = (each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
    return "".join(map(str, parts))


@pytest.mark.parametrize("path", PY, ids=lambda path: str(path.relative_to(ROOT / "py")))
def test_every_text_is_marked(path: Path) -> None:
    found = {said(node): node.lineno for node in literals(ast.parse(path.read_text()))}
    unmarked = {
        f"line {line}: {text}"
        for text, line in found.items()
        if text not in OTHERS
        and WORDS.search(text)
        and not NAMES.fullmatch(text)
        and not MARKUP.search(text)
    }
    assert unmarked == set(), "a text that people see stands in _() (app.language)"


@pytest.mark.parametrize("path", PY, ids=lambda path: str(path.relative_to(ROOT / "py")))
def test_marks_stand_where_the_extraction_sees_them(path: Path) -> None:
    """In an f-string it sees none; and what is no literal cannot be looked up by it either."""
    tree = ast.parse(path.read_text())
    inside = [
        ast.unparse(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for each in ast.walk(node)
        if isinstance(each, ast.Call)
        and ast.unparse(each.func) in MARKS
        and each.args
        and _is_text(each.args[-1])
    ]
    assert inside == []
    formatted = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in MARKS
        and any(isinstance(each, ast.JoinedStr) for each in node.args)
    ]
    assert formatted == []
