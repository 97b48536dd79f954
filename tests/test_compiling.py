"""What of Python goes into the page's archive, and what its first step makes of it."""

from __future__ import annotations

import io
import marshal
import random
import sys
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from serving.compiling import compiled, imported, library, module, needed, spared
from ui.bridge.start import LeftOut, not_imported, settle

OTHERS = {
    "lib/__init__.py": b"from . import part\n",
    "lib/part.py": b"import deep\ndef rare():\n    import heavy\n",
    "deep.py": b"try:\n    import fast\nexcept ImportError:\n    import slow\n",
    "fast.py": b"",
    "slow.py": b"",
    "heavy.py": b"",
    "late.py": b"if __name__ == '__main__':\n    import heavy\n",
    "unused.py": b"",
}


def test_an_import_for_rare_functions_is_left_out_or_missed() -> None:
    path = "xml/sax/saxutils.py"
    sources = spared({path: b"import os, urllib.parse, urllib.request\nimport io\n"})
    assert sources == {path: b"import os, urllib.parse\nimport io\n"}
    with pytest.raises(ValueError, match="Python has changed"):
        spared(sources)


def test_what_ours_import_and_what_that_needs() -> None:
    own = {"page.py": b"import lib.part\ndef later():\n    import late\n"}
    assert needed(own, OTHERS) & {module(path) for path in OTHERS} == {
        "deep",
        "fast",
        "late",
        "lib",
        "lib.part",
    }


def test_a_codec_is_imported_by_its_name() -> None:
    codecs = {f"encodings/{name}.py": b"" for name in ("utf_8_sig", "cp1252", "rot_13")}
    own = {"page.py": b"for codec in ('utf-8-sig', 'CP1252'):\n    data.decode(codec)"}
    kept = needed(own, codecs) & {module(path) for path in codecs}
    assert kept == {"encodings.utf_8_sig", "encodings.cp1252"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (b"import a.b, c", {"a.b", "c"}),
        (b"from a import b", {"a", "a.b"}),
        (b"from . import b", {"pack", "pack.b"}),
        (b"from ..x import b", {"x", "x.b"}),
        (b"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", {"typing"}),
        (b"class A:\n    import a", {"a"}),
        (b"def f():\n    import a", set()),
    ],
)
def test_names_that_a_source_imports(source: bytes, names: set[str]) -> None:
    found = set(imported(source, "pack.module", package=False, everywhere=False))
    assert found - {"typing.TYPE_CHECKING"} == names


def test_bytecode_does_not_look_for_its_source(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "one.py").write_text('"""Docs."""\nassert False\n')
    library(tmp_path / "own", tmp_path, tmp_path / "made.zip")
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        (name,) = archive.namelist()
        pyc = archive.read(name)
    assert name == "one.pyc"
    assert int.from_bytes(pyc[4:8], "little") == 0b01  # by hash, and unchecked
    assert b"Docs." not in pyc


@pytest.mark.parametrize("annotated", [True, False])
def test_the_page_is_without_the_annotations_of_functions(annotated: bool) -> None:
    source = b"""
from __future__ import annotations
from typing import NamedTuple
class Row(NamedTuple):
    field: int
async def give(one: int, /, two: int = 2, *rest: int, last: int, **more: int) -> int:
    return lambda: one
"""
    names: dict[str, Any] = {}
    exec(marshal.loads(compiled("one.py", source, annotated=annotated)[16:]), names)
    given = dict.fromkeys(("one", "two", "rest", "last", "more", "return"), "int")
    assert names["give"].__annotations__ == (given if annotated else {})
    assert names["Row"](7).field == 7  # those of classes make fields


def test_what_was_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [LeftOut()])
    monkeypatch.delitem(sys.modules, "turtle", raising=False)
    with pytest.raises(ModuleNotFoundError, match="turtle is part of Python, but the build of"):
        import_module("turtle")
    with pytest.raises(ModuleNotFoundError, match="No module named 'nobodys'"):
        import_module("nobodys")


def test_beside_a_snapshot_is_what_it_has_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "python.zip", "w") as archive:
        for name in ("json/__init__.pyc", "late/__init__.pyc", "late/one.pyc", "sys.pyc"):
            archive.writestr(name, name)
    monkeypatch.setattr(sys, "path", ["/", str(tmp_path / "python.zip")])
    monkeypatch.setitem(sys.modules, "json", sys)
    with zipfile.ZipFile(io.BytesIO(not_imported())) as rest:
        assert rest.namelist() == ["late/__init__.pyc", "late/one.pyc"]
        assert rest.read("late/one.pyc") == b"late/one.pyc"


def test_the_first_step_makes_anew_what_a_snapshot_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setitem(sys.modules, "pyscript", sys)
    drawn = set()
    for _ in range(2):
        random.seed(5)
        settle('[peerscript]\nhost = "broker.example.org"\n')
        drawn.add(random.random())
    assert len(drawn) == 2
    config = sys.modules["pyscript"].config
    assert config == {"peerscript": {"host": "broker.example.org"}}
