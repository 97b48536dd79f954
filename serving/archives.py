"""The archives of Python that the browser loads, compiled beforehand.

Pyodide ships the standard library as source; compiling it at every start is half of the start-up
time. They are made by Pyodide itself (`compiling`), and again when something in them changes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from serving import compiling, in_pyodide
from serving.places import CACHE, ROOT, SetupProblem

_MADE = CACHE / "archives"
_PROGRAM = """
import sys
sys.path.insert(0, "/serving")
from pathlib import Path
import compiling
compiling.{step}(Path("/source"), Path("/pyodide/python_stdlib.zip"), Path("/made/part.zip"))
"""
# No columns beside the lines of tracebacks: without sources nothing shows them.
_ENVIRONMENT = {"PYTHONNODEBUGRANGES": "1"}


@dataclass(frozen=True)
class Archives:
    """Where they are.

    Attributes:
        standard_library: all of it, for the examples' pages.
        library: peerscript, for the examples' pages.
        page: the page's own code, and what it needs of the standard library.
    """

    standard_library: Path
    library: Path
    page: Path


def archives(pyodide: Path) -> Archives:
    """Make what has changed.

    Args:
        pyodide: the folder of npm's package.

    Raises:
        SetupProblem: Pyodide could not compile it, or segno is missing.
    """
    with tempfile.TemporaryDirectory() as folder:
        library, page, nothing = (Path(folder, each) for each in ("library", "page", "nothing"))
        _copy(ROOT / "py" / "peerscript", library / "peerscript")
        _copy(ROOT / "py", page / "own")
        _copy(_segno(), page / "others" / "segno")
        nothing.mkdir()
        return Archives(
            _made(pyodide, "standard_library", nothing),
            _made(pyodide, "library", library),
            _made(pyodide, "page", page),
        )


def _made(pyodide: Path, step: str, source: Path) -> Path:
    digest = hashlib.sha256()
    for path in sorted([*source.rglob("*.py"), Path(compiling.__file__)]):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    digest.update((pyodide / "package.json").read_bytes() + repr(_ENVIRONMENT).encode())
    target = _MADE / f"{step}-{digest.hexdigest()[:16]}.zip"
    if target.exists():
        return target
    print(f"Compiling with Pyodide's own Python: {step} …", flush=True)
    _MADE.mkdir(parents=True, exist_ok=True)
    for old in _MADE.glob(f"{step}-*.zip"):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=_MADE) as made:
        folders = {
            "/serving": Path(compiling.__file__).parent,
            "/pyodide": pyodide,
            "/source": source,
            "/made": Path(made),
        }
        program = _PROGRAM.format(step=step)
        if not in_pyodide.run(pyodide, program, folders, _ENVIRONMENT):
            raise SetupProblem(f"Pyodide could not compile: {step} (its words are above).")
        Path(made, "part.zip").rename(target)
    return target


def _copy(folder: Path, target: Path) -> None:
    """All Python below a folder but `peerscript.testing`, which is for CPython, and what the
    un-built page alone needs.
    """
    for path in sorted(folder.rglob("*.py")):
        relative = path.relative_to(folder)
        if "testing" not in relative.parts and path.name != "unbuilt.py":
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target / relative)


def _segno() -> Path:
    found = importlib.util.find_spec("segno")
    if found is None or not found.submodule_search_locations:
        raise SetupProblem("segno is missing in this environment: pip install segno")
    return Path(found.submodule_search_locations[0])
