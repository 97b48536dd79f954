"""What the reference is made of: every public name says what it is."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import pytest

import peerscript
import peerscript.link
import peerscript.slides

# What a browser tells a peer, a connection or a call (ports): not for users, so undocumented, and
# left out of the reference.
TOLD = "on_"


@pytest.mark.parametrize("name", peerscript.__all__)
def test_every_public_name_has_words(name: str) -> None:
    assert inspect.getdoc(getattr(peerscript, name)), name


def members(cls: type) -> list[tuple[str, Any]]:
    return [
        (name, member)
        for name, member in inspect.getmembers(cls)
        if not name.startswith(("_", TOLD)) and (callable(member) or isinstance(member, property))
    ]


@pytest.mark.parametrize(
    "cls", [peerscript.Peer, peerscript.DataConnection, peerscript.MediaConnection]
)
def test_every_verb_has_words(cls: type) -> None:
    assert len(members(cls)) > 10
    assert [name for name, member in members(cls) if not inspect.getdoc(member)] == []


def test_the_front_door_is_narrow() -> None:
    assert len(peerscript.__all__) <= 15


@pytest.mark.parametrize("package", [peerscript.link, peerscript.slides])
def test_a_package_tells_what_it_gives(package: ModuleType) -> None:
    assert package.__doc__
    for name in package.__all__:
        assert inspect.getdoc(getattr(package, name)), name


@pytest.mark.parametrize("name", peerscript.media.__all__)
def test_media_has_words(name: str) -> None:
    if inspect.isfunction(thing := getattr(peerscript.media, name)):
        assert inspect.getdoc(thing)
