"""The built page's first step in Python (docs/decisions/0020).

Python may have come from a memory snapshot, in which everything is imported already. So what has to
differ from one start to the next is made here, and not where it is imported.
"""

from __future__ import annotations

import io
import random
import sys
import tomllib
import zipimport
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType


def forget_the_archive() -> None:
    """Before a snapshot is made: where each module is in the archive. In a page that starts from
    it, another one stands in its place.
    """
    zipimport.zipimporter(str(_archive())).invalidate_caches()


def not_imported() -> bytes:
    """The archive for pages that start from a snapshot made now: of those modules that are not in
    it, compressed.
    """
    imported = set(sys.modules)
    from zipfile import ZIP_DEFLATED, ZipFile  # the page needs it later, if at all

    made = io.BytesIO()
    with ZipFile(_archive()) as whole, ZipFile(made, "w", ZIP_DEFLATED) as rest:
        for name in whole.namelist():
            module = name.removesuffix(".pyc").removesuffix("/__init__").replace("/", ".")
            if module not in imported:
                rest.writestr(name, whole.read(name))
    return made.getvalue()


def _archive() -> Path:
    return Path(next(path for path in sys.path if path.endswith(".zip")))


def settle(settings: str) -> None:
    """Prepare what the page's code finds.

    Args:
        settings: the text of pyscript.toml. PyScript, which the built page does without, would
            give it to pages as `pyscript.config`, so that is where it is.
    """
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
