"""The built page's first step in Python (docs/decisions/0020).

Python may have come from a memory snapshot, in which everything is imported already. So what has to
differ from one start to the next is made here, and not where it is imported.
"""

from __future__ import annotations

import io
import random
import sys
import tomllib
import zipfile
import zipimport
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

_rest = b""  # in a snapshot: the archive of those modules that are not imported in it


def keep_the_rest() -> None:
    """Before a snapshot is made: note those modules of the archive that are not imported. The page
    that starts from it neither reads the others anew nor holds them in memory a second time.
    """
    global _rest
    made = io.BytesIO()
    with (
        zipfile.ZipFile(_archive()) as whole,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as rest,
    ):
        for name in whole.namelist():
            module = name.removesuffix(".pyc").removesuffix("/__init__").replace("/", ".")
            if module not in sys.modules:
                rest.writestr(name, whole.read(name))
    _rest = made.getvalue()
    zipimport.zipimporter(str(_archive())).invalidate_caches()  # that of all of the archive's


def _archive() -> Path:
    return Path(next(path for path in sys.path if path.endswith(".zip")))


def settle(settings: str) -> None:
    """Prepare what the page's code finds.

    Args:
        settings: the text of pyscript.toml. PyScript, which the built page does without, would
            give it to pages as `pyscript.config`, so that is where it is.
    """
    global _rest
    if _rest:
        _archive().write_bytes(_rest)
        _rest = b""
    random.seed()
    stand_in = ModuleType("pyscript")
    stand_in.config = tomllib.loads(settings)  # type: ignore[attr-defined]
    sys.modules["pyscript"] = stand_in
    sys.meta_path.append(LeftOut())


class LeftOut(MetaPathFinder):
    """Asked last, so for modules that are nowhere: says why one of Python's own is missing."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Raise for a module of the standard library."""
        if fullname.partition(".")[0] in sys.stdlib_module_names:
            raise ModuleNotFoundError(
                f"{fullname} is part of Python, but the build of this page has left it out, since"
                " no `import` in py/ names it (serving/compiling.py)",
                name=fullname,
            )
