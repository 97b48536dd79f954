"""What test_values.py and test_firefox_values.py share: pages that tell each other values, what a
value is on the other side, and the tables of docs/values.md.
"""

from __future__ import annotations

import datetime
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, Playwright

from harness import Browsers, served
from pages.values import Description, bits_of, build, describe, of_bits
from serving.places import NODE_MODULES, ROOT

DOCUMENT = (ROOT / "docs" / "values.md").read_text()
PAGES = Path(__file__).parent
MSGPACK = NODE_MODULES / "peerjs" / "dist" / "serializer.msgpack.mjs"
PYTHON, PEERJS = "pyodide.html", "values.html"  # the page of either side
NAMES = ("binary", "json", "msgpack", "raw")
marks = (f"— mark {number} —" for number in itertools.count(1))

# The pages

START_PYTHON = """async ([options, names]) => {
  const {loadPyodide} = await import("/vendor/pyodide/pyodide.mjs");
  window.py = await loadPyodide();
  py.unpackArchive(await (await fetch("/app.zip")).arrayBuffer(), "zip");
  py.FS.writeFile("values.py", await (await fetch("/values.py")).text());
  await py.runPythonAsync(
    "import js, json\\nfrom pyodide.ffi import jsnull, to_js\\n" +
    "from peerscript import *\\nfrom dataclasses import dataclass\\n" +
    "from values import NAMES, Side\\n" + names,
  );
  await py.runPythonAsync(
    `NAMES.update(globals())\\nside = Side(Peer(**json.loads('${options}')))\\n` +
    "await side.start()",
  );
}"""
START_PEERJS = """async ([id, port]) => {
  const {MsgPack} = await import("/serializer.msgpack.mjs");
  await values.start(id, {
    host: "/", port, path: "/", secure: false, config: {iceServers: []}, serializers: {MsgPack},
  });
}"""
PEERJS_NAMES = {"msgpack": "MsgPack"}


class Scripted(Protocol):
    """A page in any browser that runs a function of JavaScript."""

    def evaluate(self, function: str, argument: Any = None, /) -> Any: ...


def code_blocks() -> list[str]:
    """The dataclasses of the document: those of both pages, and that of one."""
    return re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)


def python_options(peer_id: str, port: int) -> str:
    options = {"id": peer_id, "host": "/", "port": port, "path": "/", "secure": False}
    return json.dumps({**options, "ice_servers": []})


class PythonPage:
    """A page with Python. `mark` ends what a side has to say."""

    def __init__(self, page: Scripted, peer_id: str, port: int, classes: str) -> None:
        self.id = peer_id
        self._page = page
        page.evaluate(START_PYTHON, [python_options(peer_id, port), classes])

    def _call(self, method: str, *arguments: str) -> Any:
        code = f"await side.{method}(*json.loads(arguments))"
        return self._page.evaluate(
            "([code, given]) => { py.globals.set('arguments', given);"
            " return py.runPythonAsync(code); }",
            [code, json.dumps(arguments)],
        )

    def connect(self, peer_id: str, label: str, serialization: str) -> None:
        self._call("connect", peer_id, label, serialization)

    def send(self, label: str, expression: str) -> str | None:
        refusal: str | None = self._call("send", label, expression)
        return refusal

    def send_described(self, label: str, descriptions: list[Description]) -> list[str | None]:
        refusals: list[str | None] = json.loads(
            self._call("send_described", label, json.dumps(descriptions))
        )
        return refusals

    def until(self, label: str, mark: str) -> list[Description]:
        return [canonical(item) for item in json.loads(self._call("until", label, mark))]

    def receive(self, label: str) -> Description:
        return canonical(json.loads(self._call("receive", label)))

    def mark(self, label: str, mark: str) -> None:
        assert self.send_described(label, [["str", mark]]) == [None]

    def is_open(self, label: str) -> bool:
        return bool(self._call("is_open", label))

    def description(self, expression: str) -> Description:
        found = self._page.evaluate(
            "(code) => py.globals.get('side').description(code)", expression
        )
        return canonical(json.loads(found))


class PeerJsPage:
    """An unmodified PeerJS page."""

    def __init__(self, page: Scripted, peer_id: str, port: int) -> None:
        self.id = peer_id
        self._page = page
        page.evaluate(START_PEERJS, [peer_id, port])

    def _call(self, method: str, *arguments: Any) -> Any:
        return self._page.evaluate(f"(given) => values.{method}(...given)", list(arguments))

    def connect(self, peer_id: str, label: str, serialization: str) -> None:
        self._call("connect", peer_id, label, PEERJS_NAMES.get(serialization, serialization))

    def send(self, label: str, expression: str) -> str | None:
        thrown: str | None = self._call("send", label, expression)
        return thrown

    def send_described(
        self, label: str, descriptions: list[Description], serialization: str
    ) -> list[Description]:
        """What was sent of it: PeerJS's own packer spoils some numbers."""
        sent = self._call("sendDescribed", label, json.dumps(descriptions), serialization)
        return [canonical(item) for item in json.loads(sent)]

    def send_frame(self, label: str, frame: bytes | str) -> None:
        described = ["string", frame] if isinstance(frame, str) else ["Uint8Array", frame.hex()]
        self._call("sendFrame", label, described)

    def until(self, label: str, mark: str) -> list[Description]:
        return [canonical(item) for item in json.loads(self._call("until", label, mark))]

    def mark(self, label: str, mark: str) -> None:
        self._call("send", label, json.dumps(mark))

    def is_open(self, label: str) -> bool:
        return bool(self._call("isOpen", label))

    def description(self, expression: str) -> Description:
        return canonical(json.loads(self._call("description", expression)))


@contextmanager
def laboratory(playwright: Playwright, built: Path, root: Path) -> Iterator[Browsers]:
    """The parts of the page, served, with what these tests need."""
    shutil.copytree(built, root, symlinks=True)
    for name in (PYTHON, PEERJS, "values.py"):
        shutil.copy(PAGES / name, root)
    shutil.copy(MSGPACK, root)
    with served(root) as site:
        browsers = Browsers(playwright, site)
        try:
            yield browsers
            assert browsers.watch.unexpected() == []
        finally:
            browsers.close()


def plain_page(browsers: Browsers, name: str) -> Page:
    page = browsers.page(timezone_id="UTC")
    page.goto(browsers.site.url + name)
    return page


def connect_all(python: PythonPage, peerjs: PeerJsPage) -> None:
    """A connection for each serialization, made by either side."""
    for name in NAMES:
        python.connect(peerjs.id, f"{name} from Python", name)
        peerjs.connect(python.id, f"{name} from PeerJS", name)


# What a value is on the other side


def canonical(description: Description) -> Description:
    """The same for an object or dict in any order."""
    kind, *content = description
    if kind in {"Array", "list"}:
        return [kind, [canonical(item) for item in content[0]]]
    if kind in {"Object", "dict"}:
        return [kind, sorted([key, canonical(item)] for key, item in content[0])]
    if kind == "dataclass":
        return [kind, content[0], [[name, canonical(item)] for name, item in content[1]]]
    return description


def in_javascript(description: Description, name: str) -> Description:
    """What a PeerJS page receives for a value of Python's that is not refused."""
    kind, *rest = description
    if kind in {"int", "float"}:
        number = float(build(description))
        zero = name == "binary" and number == 0  # its minus is lost
        return ["number", bits_of(0.0 if zero else number)]
    if kind == "list":
        return ["Array", [in_javascript(item, name) for item in rest[0]]]
    if kind == "dict":
        return ["Object", [[key, in_javascript(item, name)] for key, item in rest[0]]]
    if kind == "datetime":
        return ["Date", round(build(description).timestamp() * 1000)]
    if kind == "bytes":
        return ["Uint8Array" if name == "msgpack" else "ArrayBuffer", *rest]
    return _IN_JAVASCRIPT[kind] + rest


def in_python(description: Description, name: str) -> Description:
    """What Python receives for what a PeerJS page sent."""
    kind, *rest = description
    if kind == "number":
        return describe(number_in_python(of_bits(rest[0]), name))
    if kind == "Array":
        return ["list", [in_python(item, name) for item in rest[0]]]
    if kind == "Object":
        return ["dict", [[key, in_python(item, name)] for key, item in rest[0]]]
    if kind == "Date":
        return ["datetime", moment(rest[0])]
    return _IN_PYTHON[kind] + rest


_IN_JAVASCRIPT: dict[str, Description] = {
    "None": ["null"],
    "bool": ["boolean"],
    "str": ["string"],
}
_IN_PYTHON: dict[str, Description] = {
    "null": ["None"],
    "undefined": ["None"],
    "boolean": ["bool"],
    "string": ["str"],
    "Uint8Array": ["bytes"],
    "ArrayBuffer": ["bytes"],
}


INTEGERS_BELOW = {"binary": float("inf"), "json": 1e21, "msgpack": 2**53}


def number_in_python(number: float, name: str) -> float | None:
    """JavaScript has one kind of number: what is written without a fraction is an int."""
    if number - number != 0:  # NaN or infinite
        return None if name == "json" else number
    whole = number.is_integer() and abs(number) < INTEGERS_BELOW[name]
    return int(number) if whole else number


def moment(milliseconds: int) -> str:
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return (epoch + datetime.timedelta(milliseconds=milliseconds)).isoformat()


# docs/values.md


@dataclass
class Row:
    """One line of a table: what is sent, and what becomes of it."""

    what: str
    sent: str
    outcome: str

    @property
    def arrives(self) -> bool:
        return self.outcome != "nothing" and not re.match("refused: |throws: ", self.outcome)

    def literal(self) -> str:
        """The outcome, if it is a value."""
        return self.sent if self.outcome == "the same" else unquoted(self.outcome)


def unquoted(cell: str) -> str:
    match = re.fullmatch(r"(?:refused: |throws: )?(`+)(.+?)\1", cell)
    assert match, f"no code in {cell!r}"
    return match[2].strip()


def rows(heading: str) -> list[Row]:
    """The table under a heading."""
    _, _, section = DOCUMENT.partition(f"\n### {heading}\n")
    assert section, f"no such heading: {heading}"
    section = re.split(r"^##", section, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    assert cells
    return [Row(what, unquoted(sent), outcome) for what, sent, outcome in cells]


def headings() -> list[str]:
    return re.findall(r"^### (.+)$", DOCUMENT, re.MULTILINE)


def outcome(refused: str | None, arrived: list[Description], word: str) -> str:
    """What became of a value: as a row says it, or the descriptions of what arrived."""
    if refused is not None:
        return f"{word}: {refused}" + (f", and yet {arrived} arrived" if arrived else "")
    return json.dumps(arrived) if arrived else "nothing"


def sent_by_python(
    row: Row, sender: PythonPage, receiver: PythonPage | PeerJsPage, label: str
) -> str:
    refusal = sender.send(label, row.sent)
    mark = next(marks)
    sender.mark(label, mark)
    return outcome(refusal, receiver.until(label, mark), "refused")


def sent_by_peerjs(row: Row, sender: PeerJsPage, receiver: PythonPage, label: str) -> str:
    thrown = sender.send(label, row.sent)
    # Chromium reads a raw Blob while later messages overtake it, so the mark must wait for it.
    arrived = [receiver.receive(label)] if thrown is None and row.arrives else []
    mark = next(marks)
    sender.mark(label, mark)
    return outcome(thrown, arrived + receiver.until(label, mark), "throws")


def expected(row: Row, receiver: PythonPage | PeerJsPage) -> str:
    """What should become of it."""
    word, colon, _ = row.outcome.partition(": ")
    if row.outcome == "nothing":
        return "nothing"
    if colon and word in {"refused", "throws"}:
        return f"{word}: {unquoted(row.outcome)}"
    return json.dumps([receiver.description(row.literal())])


def differs(found: str, wanted: str) -> bool:
    word, ellipsis, end = wanted.partition("…")
    return found != wanted and not (ellipsis and found.startswith(word) and found.endswith(end))


TO_PEERJS = "from Python to a PeerJS page"
FROM_PEERJS = "from a PeerJS page to Python"
DAMAGE = "what PeerJS damages before it leaves"
WAYS = (TO_PEERJS, FROM_PEERJS, DAMAGE)
BETWEEN = "binary: between two PeerScript pages"


def wrong_from_python(
    table: list[Row], sender: PythonPage, receiver: PythonPage | PeerJsPage, label: str
) -> str:
    """The rows that are not so."""
    results = [(row, sent_by_python(row, sender, receiver, label)) for row in table]
    return _wrong(results, receiver)


def wrong_from_peerjs(
    table: list[Row], sender: PeerJsPage, receiver: PythonPage, label: str
) -> str:
    """The rows that are not so."""
    results = [(row, sent_by_peerjs(row, sender, receiver, label)) for row in table]
    return _wrong(results, receiver)


def _wrong(results: list[tuple[Row, str]], receiver: PythonPage | PeerJsPage) -> str:
    return "\n".join(
        f"{row.sent}: {found:.200}"
        for row, found in results
        if differs(found, expected(row, receiver))
    )
