"""Dataclasses travel under a name, and a stranger's fields break nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import sendable


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sendable, "_BY_NAME", {})
    monkeypatch.setattr(sendable, "_NAMES", {})


@dataclass
class Point:
    x: int
    y: int = 0
    length: float = field(init=False, default=0.0)


def test_a_name_and_the_fields_of_init() -> None:
    sendable.sendable(Point)
    assert sendable.names() == ["Point"]
    assert sendable.name_of(Point(1)) == "Point"
    assert sendable.is_registered(Point)
    assert not sendable.is_registered(int)
    assert sendable.fields_of(Point(1)) == {"x": 1, "y": 0}
    assert sendable.make("Point", {"x": 1, "y": 2}) == Point(1, 2)


def test_a_name_of_ones_own() -> None:
    sendable.sendable(name="punkt")(Point)
    assert sendable.names() == ["punkt"]


def test_only_dataclasses_and_only_once() -> None:
    with pytest.raises(TypeError, match="no dataclass"):
        sendable.sendable(int)
    sendable.sendable(Point)
    sendable.sendable(Point)

    @dataclass
    class Other:
        x: int

    with pytest.raises(ValueError, match="is taken by"):
        sendable.sendable(name="Point")(Other)


def test_what_is_not_registered_has_no_name() -> None:
    assert sendable.name_of(Point(1)) is None
    assert sendable.name_of(Point) is None


@dataclass
class Picky:
    age: int

    def __post_init__(self) -> None:
        if self.age < 0:
            raise LookupError("nobody is that young")


@pytest.mark.parametrize(
    ("name", "fields"),
    [("Nobody", {}), (3, {}), ("Picky", []), ("Picky", {}), ("Picky", {"age": 1, "b": 2}),
     ("Picky", {"age": -1})],
)  # fmt: skip
def test_what_cannot_be_made_is_unreadable(name: Any, fields: Any) -> None:
    sendable.sendable(Picky)
    with pytest.raises(UnreadableMessage):
        sendable.make(name, fields)
