"""Values and annotations: what fits, what does not, and which annotations are refused."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, Optional, TypeVar, Union

import pytest

from peerscript import sendable
from peerscript.protocol.remote.checking import Mismatch, check_for


@sendable(name="checking.Point")
@dataclass
class Point:
    x: int
    y: int
    tags: list[str] = field(default_factory=list)
    shown: str = field(init=False, default="")


@sendable(name="checking.Tree")
@dataclass(frozen=True)
class Tree:
    place: tuple[int, int]
    names: dict[str, list[str]]
    below: list[Tree]


@sendable(name="checking.Careful")
@dataclass
class Careful:
    pair: tuple[int, ...]

    def __post_init__(self) -> None:
        if isinstance(self.pair, tuple) and sum(self.pair) > 10:
            raise ValueError("too much")


@dataclass
class Unregistered:
    x: int


class Color(Enum):
    RED = 1


LEAF = Tree((1, 2), {"a": ["b"]}, [])
FIT = [
    (int, 1),
    (float, 1.5),
    (float, 1),
    (complex, 1j),
    (bool, True),
    (str, "a"),
    (bytes, b"a"),
    (None, None),
    (type(None), None),
    (memoryview, memoryview(b"")),
    (datetime.datetime, datetime.datetime(2026, 1, 1)),
    (datetime.date, datetime.date(2026, 1, 1)),
    (list, [1, "a"]),
    (list[int], [1, 2]),
    (list[Any], [1, "a"]),
    (Sequence[int], [1, 2]),
    (dict, {"a": 1}),
    (dict[str, int], {"a": 1}),
    (Mapping[str, list[int]], {"a": [1]}),
    (dict[Any, Any], {"a": 1}),
    (tuple, (1, "a")),
    (tuple[int, str], (1, "a")),
    (tuple[int, ...], (1, 2, 3)),
    (tuple[()], ()),
    (int | None, None),
    (Optional[int], 1),  # noqa: UP045
    (Union[int, list[str]], ["a"]),  # noqa: UP007
    (int | Any, "a"),
    (Literal["a", 1], 1),
    (Point, Point(1, 2)),
    (list[Tree], [Tree((1, 2), {}, [LEAF])]),
]


@pytest.mark.parametrize(("annotation", "value"), FIT)
def test_what_fits_stays_as_it_is(annotation: Any, value: Any) -> None:
    check = check_for(annotation)
    assert check is None or check(value) is value


@pytest.mark.parametrize("annotation", [Any, object, Any | int])
def test_everything_fits(annotation: Any) -> None:
    assert check_for(annotation) is None


NOT = [
    (int, "1", "int is expected, not str"),
    (int, True, "int is expected, not bool"),
    (int, 1.0, "int is expected, not float"),
    (float, True, "float is expected, not bool"),
    (None, 0, "None is expected, not int"),
    (datetime.date, datetime.datetime(2026, 1, 1), "date is expected, not datetime"),
    (list, (1,), "list is expected, not tuple"),
    (list[int], [1, "a"], "[1]: int is expected, not str"),
    (dict, [], "dict is expected, not list"),
    (dict[str, list[int]], {"a": [1, None]}, "['a'][1]: int is expected, not NoneType"),
    (tuple[int, int], [1], "a tuple of 2 is expected, not of 1"),
    (tuple[int, ...], [1, "a"], "[1]: int is expected, not str"),
    (tuple[int, ...], "ab", "tuple is expected, not str"),
    (int | None, "a", "int | None is expected, not str"),
    (Literal["a", 1], True, "one of 'a', 1 is expected"),
    (Point, {"x": 1}, "Point is expected, not dict"),
    (Point, Point("1", 2), ".x: int is expected, not str"),  # type: ignore[arg-type]
    (Tree, Tree((1, 2), {}, [Tree((1,), {}, [])]),  # type: ignore[arg-type]
     ".below[0].place: a tuple of 2 is expected, not of 1"),
    (Careful, Careful([5, 6]),  # type: ignore[arg-type]
     "no Careful can be made of it: too much"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "value", "words"), NOT)
def test_what_does_not_fit_is_named_with_its_place(annotation: Any, value: Any, words: str) -> None:
    check = check_for(annotation)
    assert check is not None
    with pytest.raises(Mismatch) as failure:
        check(value)
    assert str(failure.value) == words


def test_a_list_becomes_the_tuple_that_it_was() -> None:
    """On its way a tuple is a list."""
    check = check_for(dict[str, list[tuple[int, str]]])
    assert check is not None
    assert check({"a": [[1, "b"]]}) == {"a": [(1, "b")]}


def test_so_it_does_within_a_dataclass() -> None:
    check = check_for(Tree)
    assert check is not None
    came = Tree([1, 2], {"a": ["b"]}, [Tree([3, 4], {}, [])])  # type: ignore[arg-type]
    assert check(came) == Tree((1, 2), {"a": ["b"]}, [Tree((3, 4), {}, [])])


T = TypeVar("T")


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (set[int], "set"),
        (Color, "Color"),
        (T, "~T"),
        (Unregistered, "Unregistered; decorate it with @sendable"),
        (dict[int, str], "keys of a dict that is sent are str"),
        (list[set[int]], "set"),
        ([1], "1"),
    ],
)
def test_what_cannot_be_checked_is_refused_at_once(annotation: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        check_for(annotation)
