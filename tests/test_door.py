"""`import peerscript` gives every name, and loads what is asked for alone."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

import peerscript
from serving.places import ROOT

DOOR = ROOT / "py" / "peerscript" / "__init__.py"
# What a page with a `Peer` alone does not wait for.
NOT_FOR_A_PEER = (
    "peerscript.bridge",
    "peerscript.link",
    "peerscript.ports.ice",
    "peerscript.ports.support",
    "peerscript.protocol.link",
    "peerscript.protocol.slides",
    "peerscript.protocol.text",
    "peerscript.slides",
    "peerscript.testing",
)


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after this."""
    told = subprocess.run(
        [sys.executable, "-S", "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "py")},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def test_importing_the_door_loads_nothing_behind_it() -> None:
    loaded = loaded_by("import peerscript")
    assert {name for name in loaded if name.startswith("peerscript")} == {"peerscript"}
    assert not loaded & {"asyncio", "dataclasses", "logging", "re", "typing"}


def test_importing_peer_loads_what_a_peer_needs() -> None:
    loaded = loaded_by("from peerscript import Peer")
    assert "peerscript.peer.peer" in loaded
    assert {name for name in loaded if name.startswith(NOT_FOR_A_PEER)} == set()


def test_type_checkers_and_python_find_each_name_in_the_same_module() -> None:
    (block,) = (
        node
        for node in ast.parse(DOOR.read_text()).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    shown = {
        alias.name: (node.module or "").removeprefix("peerscript").removeprefix(".") or alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert shown == peerscript._MODULES
    assert set(peerscript.__all__) <= set(shown)


def test_each_name_is_given() -> None:
    code = "import peerscript\nfrom peerscript import *\n"
    given = loaded_by(f"{code}print(*(set(peerscript.__all__) & set(globals())))")
    assert given >= set(peerscript.__all__)
    for name in peerscript._MODULES:
        assert getattr(peerscript, name)


def test_what_completion_shows_is_what_the_door_exports() -> None:
    assert set(dir(peerscript)) == {*peerscript.__all__, "__version__"}


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'peerscript' has no attribute 'Pear'"):
        peerscript.Pear  # type: ignore[attr-defined]  # noqa: B018
