"""Values between real pages: docs/values.md row by row, and whatever hypothesis makes up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright

from pages.telling import (
    BETWEEN,
    DAMAGE,
    FROM_PEERJS,
    NAMES,
    PEERJS,
    PYTHON,
    TO_PEERJS,
    WAYS,
    PeerJsPage,
    PythonPage,
    Row,
    canonical,
    code_blocks,
    connect_all,
    headings,
    in_javascript,
    in_python,
    laboratory,
    marks,
    plain_page,
    rows,
    wrong_from_peerjs,
    wrong_from_python,
)
from pages.values import Description, build, describe
from peerscript.protocol.values import binarypack
from peerscript.protocol.values.codecs import codec_for
from tests.properties import strategies
from tests.properties.strategies import damaged, from_peerjs, to_peerjs, to_peerscript

many = settings(max_examples=40, deadline=None)


@dataclass
class Stage:
    """The pages, which know each other, and a connection for each way and serialization."""

    python: PythonPage
    other_python: PythonPage
    peerjs: PeerJsPage


@pytest.fixture(scope="module")
def stage(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    root = tmp_path_factory.mktemp("values") / "root"
    shared, lonely = code_blocks()
    with laboratory(playwright, built, root) as browsers:
        port = browsers.site.front.port
        python = PythonPage(plain_page(browsers, PYTHON), "python", port, shared + lonely)
        other = PythonPage(plain_page(browsers, PYTHON), "other", port, shared)
        peerjs = PeerJsPage(plain_page(browsers, PEERJS), "peerjs", port)
        connect_all(python, peerjs)
        python.connect(other.id, "between", "binary")
        yield Stage(python, other, peerjs)


# docs/values.md, row by row


def test_every_table_is_held_by_a_test() -> None:
    tables = [f"{name}: {way}" for name in NAMES for way in WAYS]
    assert sorted(headings()) == sorted([*tables, BETWEEN])
    assert len(code_blocks()) == 2


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_from_python_to_peerjs(name: str, stage: Stage) -> None:
    table = rows(f"{name}: {TO_PEERJS}")
    assert wrong_from_python(table, stage.python, stage.peerjs, f"{name} from Python") == ""


@pytest.mark.parametrize("way", [FROM_PEERJS, DAMAGE])
@pytest.mark.parametrize("name", NAMES)
def test_the_rows_from_peerjs_to_python(name: str, way: str, stage: Stage) -> None:
    table = rows(f"{name}: {way}")
    assert wrong_from_peerjs(table, stage.peerjs, stage.python, f"{name} from PeerJS") == ""


def test_the_rows_between_two_python_pages(stage: Stage) -> None:
    table = rows(BETWEEN)
    assert wrong_from_python(table, stage.python, stage.other_python, "between") == ""


def test_a_row_that_says_something_else_is_noticed(stage: Stage) -> None:
    table = [Row("", "0.5", "`0.25`"), Row("", "None", "refused: `x`"), Row("", "1", "nothing")]
    wrong = wrong_from_python(table, stage.python, stage.peerjs, "json from Python")
    assert len(wrong.splitlines()) == 3


def test_a_null_in_raw_closes_the_connection_at_peerjs(stage: Stage) -> None:
    stage.peerjs.connect(stage.python.id, "null", "raw")
    stage.peerjs.send("null", "null")
    with pytest.raises(PlaywrightError, match="ConnectionClosed"):
        stage.python.until("null", next(marks))


# Whatever hypothesis makes up


def lists(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=20)


@pytest.mark.parametrize("name", NAMES)
def test_any_value_from_python_to_peerjs(name: str, stage: Stage) -> None:
    label = f"{name} from Python"

    @many
    @given(lists(to_peerjs[name].filter(lambda value: value is not None)))
    def check(values: list[Any]) -> None:
        descriptions = [canonical(describe(value)) for value in values]
        mark = next(marks)
        refusals = stage.python.send_described(label, [*descriptions, ["str", mark]])
        assert refusals == [None] * (len(values) + 1)
        wanted = [in_javascript(description, name) for description in descriptions]
        assert stage.peerjs.until(label, mark) == wanted

    check()


@pytest.mark.parametrize("name", NAMES)
def test_any_value_from_peerjs_to_python(name: str, stage: Stage) -> None:
    label = f"{name} from PeerJS"

    @many
    @given(lists(from_peerjs[name]))
    def check(descriptions: list[Description]) -> None:
        sent = stage.peerjs.send_described(label, descriptions, name)
        mark = next(marks)
        stage.peerjs.mark(label, mark)
        wanted = [in_python(description, name) for description in sent]
        assert stage.python.until(label, mark) == wanted

    check()


described = (to_peerscript | strategies.arrays).map(describe)
points = st.builds(
    lambda x, y: ["dataclass", "Point", [["x", x], ["y", y]]],
    to_peerscript.map(describe),
    to_peerscript.map(describe),
)


def test_any_value_between_two_python_pages(stage: Stage) -> None:
    @many
    @given(lists(described | points))
    def check(values: list[Description]) -> None:
        mark = next(marks)
        refusals = stage.python.send_described("between", [*values, ["str", mark]])
        assert refusals == [None] * (len(values) + 1)
        wanted = [as_memoryview(canonical(value)) for value in values]
        assert stage.other_python.until("between", mark) == wanted

    check()


def as_memoryview(description: Description) -> Description:
    """An array arrives as a view of it."""
    is_array = description[0] == "array"
    return describe(memoryview(build(description))) if is_array else description


# Rubbish


def frames(name: str) -> st.SearchStrategy[bytes | str]:
    """Frames, most of which are none of this serialization."""
    value = {"a": [1, -2.5, "text", True, {"b": 1 << 40}]}
    if name == "raw":
        return st.text() | st.binary()
    (frame,) = settled(name).encode(value, 65_536)
    assert isinstance(frame, bytes)
    if name == "msgpack":
        # A stream takes what follows for the rest of what began; 0xC1 begins nothing.
        return st.text() | (st.binary() | damaged(frame)).map(lambda data: b"\xc1" + data)
    return st.text() | st.binary() | damaged(frame)


def settled(name: str) -> Any:
    codec = codec_for(name)
    codec.assume_peerjs()
    return codec


HOSTILE: dict[str, list[bytes | str]] = {
    "binary": [
        binarypack.pack({"__peerData": 1, "n": 0, "total": 10**9, "data": b""}),
        binarypack.pack({"__peerData": 1, "n": -1, "total": 2, "data": b""}),
        binarypack.pack({"__peerData": 2, "n": 0, "total": 1, "data": b"\xc4\x63\x00"}),
        binarypack.pack({"__peerData": {"type": "nothing known"}}),
        binarypack.pack({"__peerData": {"type": "hello", "peerscript": "1"}}),
        b"\x91" * 5000,  # lists in lists
        b"\xdd\xff\xff\xff\xff",  # a list of four thousand million
        b"\xc5",
        b"\xc5\xc4\x00\x81\xb5Point\x80",  # a dataclass without its fields
        b"",
    ],
    "json": ["", "[" * 20_000, '"' * 3, "NaN", "1" * 5000, b"\xff", '{"__peerData": 7}', b""],
    "msgpack": [
        "",
        b"",
        b"\x91" * 5000 + b"\xc1",  # lists in lists
        b"\xdb\xff\xff\xff\xff",  # a text of four thousand million bytes
        b"\xa1\xff",  # no UTF-8
        b"\xd4\x05\x00",  # an extension that nobody knows
        b"\xd7\xff" + b"\xff" * 8,  # a moment with too many nanoseconds
        b"\xc7\x05\xff\x00\x00\x00\x00\x00",  # a moment of five bytes
        b"\x81\xc0\xc0",  # nothing as a key
    ],
    "raw": ["", b"", "\0"],
}


@pytest.fixture(scope="module")
def rubbish(stage: Stage) -> Stage:
    """With connections for rubbish alone."""
    for name in NAMES:
        stage.peerjs.connect(stage.python.id, f"{name} rubbish", name)
    return stage


@pytest.mark.parametrize("name", NAMES)
def test_hostile_frames_lose_nothing(name: str, rubbish: Stage) -> None:
    for frame in HOSTILE[name]:
        rubbish.peerjs.send_frame(f"{name} rubbish", frame)
        still_talking(rubbish, f"{name} rubbish")


@pytest.mark.parametrize("name", NAMES)
def test_no_frame_loses_a_later_message(name: str, rubbish: Stage) -> None:
    @many
    @given(st.lists(frames(name), min_size=1, max_size=20))
    def check(sent: list[bytes | str]) -> None:
        for frame in sent:
            rubbish.peerjs.send_frame(f"{name} rubbish", frame)
        still_talking(rubbish, f"{name} rubbish")

    check()


def still_talking(stage: Stage, label: str) -> None:
    mark = next(marks)
    stage.peerjs.mark(label, mark)
    stage.python.until(label, mark)
    stage.python.mark(label, mark)
    stage.peerjs.until(label, mark)
    assert stage.python.is_open(label)
    assert stage.peerjs.is_open(label)
