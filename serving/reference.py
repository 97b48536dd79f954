"""The library's reference, from its docstrings: what is public, and nothing else."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pdoc
import pdoc.render

# Each exports what its `__all__` says; all other modules are the library's own.
PUBLIC = (
    "peerscript",
    "peerscript.errors",
    "peerscript.link",
    "peerscript.media",
    "peerscript.mesh",
    "peerscript.remote",
    "peerscript.room",
    "peerscript.slides",
    "peerscript.testing",
    "peerscript.calls",
    "peerscript.transfer",
)
TEMPLATE = Path(__file__).parent / "reference_template"


def write_reference(folder: Path) -> None:
    """Write a page for each public module."""
    for name in PUBLIC:
        module = import_module(name)
        for each in getattr(module, "__all__", ()):
            getattr(module, each)  # the door loads a name when it is asked for; pdoc does not ask
    pdoc.render.configure(docformat="google", template_directory=TEMPLATE, show_source=False)
    others = f"!(?!({'|'.join(map(re.escape, PUBLIC))})$)"
    door, *rest = PUBLIC
    pdoc.pdoc(door, rf"!{door}\.", *rest, others, output_directory=folder)
