"""What may be served, under which names, and with which arguments it is called."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from peerscript.protocol.remote.checking import Mismatch
from peerscript.protocol.remote.functions import Functions, Served, find

if TYPE_CHECKING:
    from decimal import Decimal


async def add(a: int, b: int = 2) -> int:
    return a + b


async def mixed(a: int, /, b: str, *rest: int, key: bool, more: float = 0.5, **named: str) -> None:
    """Every kind of parameter."""


async def loose(a, *, b=1):  # type: ignore[no-untyped-def]
    return a, b


async def count(to: int) -> AsyncIterator[int]:
    yield to


class Counter:
    async def up(self, by: int) -> int:
        return by


@pytest.mark.parametrize(
    ("function", "given", "named", "expected"),
    [
        (add, [1], {}, ([1], {})),
        (add, [1, 5], {}, ([1, 5], {})),
        (add, [1], {"b": 5}, ((1, 5), {})),
        (add, [], {"a": 1, "b": 5}, ((1, 5), {})),
        (mixed, [1, "b", 3, 4], {"key": True}, ((1, "b", 3, 4), {"key": True})),
        (mixed, [1], {"b": "b", "key": True, "c": "d"}, ((1, "b"), {"key": True, "c": "d"})),
        (loose, ["x"], {}, (["x"], {})),
        (loose, [{}], {"b": None}, (({},), {"b": None})),
        (Counter().up, [1], {}, ([1], {})),
    ],
)
def test_arguments_that_fit(function: Any, given: Any, named: Any, expected: Any) -> None:
    assert Served(function, "f").arguments(given, named) == expected


@pytest.mark.parametrize(
    ("function", "given", "named", "words"),
    [
        (add, [], {}, "missing a required argument: 'a'"),
        (add, [1, 2, 3], {}, "too many positional arguments"),
        (add, [1], {"c": 3}, "got an unexpected keyword argument 'c'"),
        (add, ["x"], {}, "a: int is expected, not str"),
        (add, [1], {"b": "x"}, "b: int is expected, not str"),
        (mixed, [1, "b", "c"], {"key": True}, "rest: int is expected, not str"),
        (mixed, [1, "b"], {"key": True, "c": 1}, "c: str is expected, not int"),
        (mixed, [1, "b"], {}, "missing a required"),
    ],
)
def test_arguments_that_do_not(function: Any, given: Any, named: Any, words: str) -> None:
    with pytest.raises(Mismatch, match=words):
        Served(function, "f").arguments(given, named)


def test_results_are_checked_too() -> None:
    assert Served(add, "add").result(3) == 3
    assert Served(loose, "loose").result({1}) == {1}
    with pytest.raises(TypeError, match="what add gave: int is expected, not str"):
        Served(add, "add").result("3")


def test_and_the_values_of_a_stream() -> None:
    served = Served(count, "count")
    assert served.stream
    assert served.result(3) == 3
    with pytest.raises(TypeError, match="what count gave: int is expected"):
        served.result("3")


async def generator(to: int) -> AsyncGenerator[str, None]:
    yield ""


async def bare(to: int) -> AsyncIterator:  # type: ignore[type-arg]
    yield 1


async def untyped():  # type: ignore[no-untyped-def]
    yield 1


def test_a_stream_may_be_annotated_in_many_ways() -> None:
    with pytest.raises(TypeError):
        Served(generator, "generator").result(3)
    assert Served(bare, "bare").result(3) == 3
    assert Served(untyped, "untyped").result(3) == 3


def plain(a: int) -> int:
    return a


async def strange(a: set[int]) -> None: ...


async def gives(a: int) -> set[int]:
    return {a}


async def unknown(a: Decimal) -> None: ...


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (plain, "write it with `async def`"),
        (Counter, "write it with `async def`"),
        (strange, "strange: a: values cannot be checked to be set"),
        (gives, "gives: return: values cannot be checked to be set"),
        (unknown, "annotations cannot be read: name 'Decimal' is not defined"),
        (partial(add, 1), "a partial has no annotations; write a function around it"),
    ],
)
def test_what_cannot_be_served_is_refused_at_once(function: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        Functions().serve(function, name="f" if isinstance(function, partial) else None)


# Names


def test_names() -> None:
    functions = Functions()
    assert functions.serve(add) is add

    @functions.serve(name="plus")
    async def other(a: int) -> int:
        return a

    assert functions.serve()(count) is count
    assert list(functions) == ["add", "plus", "count"]
    found = find("plus", Functions(), functions)
    assert found is not None
    assert found.function is other
    assert find("other", functions) is None


@pytest.mark.parametrize("name", ["_add", "__class__", "a.b", "a b", "1", "x" * 65])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a served function"):
        Functions().serve(name=name)(add)


def test_a_name_is_given_once() -> None:
    functions = Functions()
    functions.serve(add)
    with pytest.raises(ValueError, match="'add' is served already"):
        functions.serve(add)
