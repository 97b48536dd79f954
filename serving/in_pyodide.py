"""Runs Python in Pyodide, in Node, with folders of this machine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from serving.node import node

# For Node: start Pyodide, mount folders, and run Python.
_START = (
    "const {{loadPyodide}} = await import({module}); const py = await loadPyodide({options});"
    "for (const [name, root] of {folders}) {{ py.FS.mkdir(name);"
    " py.FS.mount(py.FS.filesystems.NODEFS, {{root}}, name); }} py.runPython({program});"
)


def run(
    pyodide: Path, program: str, folders: Mapping[str, Path], env: Mapping[str, str] | None = None
) -> bool:
    """Run Python in the Pyodide of a folder; return whether it ran to its end.

    Args:
        folders: by the path at which the program sees them.
        env: Python's environment.
    """
    script = _START.format(
        module=json.dumps((pyodide / "pyodide.mjs").as_uri()),
        folders=json.dumps([[name, str(folder)] for name, folder in folders.items()]),
        program=json.dumps(program),
        options=json.dumps({"env": dict(env or {})}),
    )
    command = [node(), "--input-type=module", "-e", script]
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0
