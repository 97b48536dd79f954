"""The reference lists what is public, all of it, with words, and nothing else."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from serving.reference import PUBLIC, write_reference


def exported(module: str) -> dict[str, Any]:
    """What a public module gives, by name."""
    given = import_module(module)
    names = getattr(given, "__all__", None) or [
        name for name, value in vars(given).items() if inspect.isclass(value)
    ]
    return {name: getattr(given, name) for name in names}


def members(cls: type) -> dict[str, Any]:
    """What a person finds by completion, but for what is Python's own."""
    own = [base for base in cls.__mro__ if base.__module__.startswith("peerscript")]
    return {
        name: inspect.getattr_static(cls, name)
        for base in own
        for name, member in vars(base).items()
        if not name.startswith("_") and (callable(member) or isinstance(member, property))
    }


EVERY_NAME = [(module, name) for module in PUBLIC for name in exported(module)]
CLASSES = sorted(
    {
        (module, name)
        for module, name in EVERY_NAME
        if inspect.isclass(exported(module)[name])
        # what the library asks of a network in memory is said in ports.Browser
        and module not in ("peerscript.errors", "peerscript.testing")
    }
)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The names that each page of the reference has an entry for."""
    folder = tmp_path_factory.mktemp("reference")
    write_reference(folder)
    return {
        ".".join(page.relative_to(folder).with_suffix("").parts): entries(page)
        for page in folder.rglob("*.html")
        if page.name != "index.html"
    }


def entries(page: Path) -> set[str]:
    return set(re.findall(r'<(?:section|div) id="([\w.]+)"', page.read_text()))


def test_there_is_a_page_for_each_public_module_and_no_other(
    reference: dict[str, set[str]],
) -> None:
    assert set(reference) == set(PUBLIC)


@pytest.mark.parametrize(("module", "name"), EVERY_NAME)
def test_every_public_name_has_words_and_an_entry(
    module: str, name: str, reference: dict[str, set[str]]
) -> None:
    thing = exported(module)[name]
    if inspect.ismodule(thing):
        assert thing.__name__ in reference
    elif thing is not Any and (inspect.isclass(thing) or inspect.isfunction(thing)):
        assert inspect.getdoc(thing)
        assert name in reference[module]


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_every_member_has_words_and_an_entry(
    module: str, name: str, reference: dict[str, set[str]]
) -> None:
    found = members(exported(module)[name])
    assert [member for member, value in found.items() if not inspect.getdoc(value)] == []
    listed = {entry for entry in reference[module] if entry.startswith(f"{name}.")}
    assert listed - {f"{name}.__init__"} >= {f"{name}.{member}" for member in found}


def test_it_lists_nothing_that_only_the_library_calls(reference: dict[str, set[str]]) -> None:
    inside = re.compile(
        r"(^|\.)_(?!_init__)|Invites\.redeem$|\.(on_\w+|fail|bind|attach|tick|browser)$"
    )
    for names in reference.values():
        assert [name for name in names if inside.search(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        ("peerscript", "Peer.state"),
        ("peerscript", "Peer.on"),
        ("peerscript", "Links.invites"),
        ("peerscript", "PeerOptions"),
        ("peerscript.slides", "Presenter.serve"),
        ("peerscript.testing", "MemoryNetwork.cut"),
        ("peerscript.errors", "LinkRefused"),
        ("peerscript.media", "get_user_media"),
    ],
)
def test_some_names_that_people_look_for(
    name: tuple[str, str], reference: dict[str, set[str]]
) -> None:
    module, entry = name
    assert entry in reference[module]
