"""`import peerscript` gives every name, and loads what is asked for alone."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args, get_type_hints

import pytest

import peerscript
from serving.places import ROOT
from serving.reference import PUBLIC

DOOR = ROOT / "py" / "peerscript" / "__init__.py"
# What a page with a `Peer` alone does not wait for.
NOT_FOR_A_PEER = (
    "peerscript.bridge",
    "peerscript.link",
    "peerscript.ports.ice",
    "peerscript.ports.support",
    "peerscript.protocol.link",
    "peerscript.protocol.remote",
    "peerscript.protocol.slides",
    "peerscript.protocol.text",
    "peerscript.protocol.transfer",
    "peerscript.remote",
    "peerscript.room",
    "peerscript.slides",
    "peerscript.testing",
    "peerscript.transfer",
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


# Every type that is taken or returned

# The library makes these.
NOT_MADE = {
    "Broadcast",
    "Channel",
    "Connecting",
    "DataConnection",
    "Invites",
    "Joining",
    "Link",
    "MediaConnection",
    "Member",
}
NOT_MADE |= {"Call", "IncomingOffer", "OutgoingOffer"}
NOT_MADE |= {"Remote", "RemoteCall", "RemoteFunction", "RemoteStream"}
# What the library asks of a browser, and a network in memory answers; messages of slides, which are
# handed on unread.
INSIDE = ("peerscript.ports.", "peerscript.testing.", "peerscript.protocol.slides.messages")


def public_classes(module: str) -> list[type]:
    given = import_module(module)
    found = [getattr(given, name) for name in getattr(given, "__all__", ())]
    return [thing for thing in found if inspect.isclass(thing)]


def functions_of(cls: type) -> Iterator[Any]:
    """What a person calls, and what gives the attributes that they read."""
    for base in cls.__mro__:
        for name, member in vars(base).items():
            if not name.startswith("_") or (
                name == "__init__" and base is cls and cls.__name__ not in NOT_MADE
            ):
                yield member.fget if isinstance(member, property) else member


def types_in(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from types_in(part)
    for part in hint if isinstance(hint, list) else ():  # the arguments of a Callable
        yield from types_in(part)


def ours(cls: type) -> set[type]:
    """The library's classes that a class takes or returns."""
    hints = [get_type_hints(cls)]
    hints += [get_type_hints(each) for each in functions_of(cls) if inspect.isfunction(each)]
    return {
        found
        for each in hints
        for name, hint in each.items()
        if not name.startswith("_")
        for found in types_in(hint)
        if inspect.isclass(found) and found.__module__.startswith("peerscript")
    }


def test_types_are_found_in_hints() -> None:
    found = ours(peerscript.Peer)
    assert {peerscript.DataConnection, peerscript.IceServer, peerscript.PeerState} <= found


@pytest.mark.parametrize("module", PUBLIC)
def test_every_type_that_is_taken_or_returned_is_exported(module: str) -> None:
    exported = {each for door in {"peerscript", module} for each in public_classes(door)}
    wanted = {each for cls in public_classes(module) for each in ours(cls)}
    missing = {each for each in wanted - exported if not each.__module__.startswith(INSIDE)}
    assert missing == set()


@pytest.mark.parametrize("module", PUBLIC)
def test_completion_shows_what_a_module_exports(module: str) -> None:
    given = import_module(module)
    shown = {name for name in dir(given) if not name.startswith("_")} - {"annotations"}
    exported = getattr(given, "__all__", None)
    assert shown == set(exported if exported is not None else shown & classes_of(given))


def classes_of(module: Any) -> set[str]:
    """The classes and tables of a module without an `__all__`."""
    return {name for name in vars(module) if name[0].isupper()}
