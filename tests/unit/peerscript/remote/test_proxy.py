"""Remote functions, as those who call them see them."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from peerscript import sendable
from peerscript.errors import (
    MessageTooBig,
    NoSuchFunction,
    RemoteError,
    RemoteFailed,
    RemoteTimeout,
    SerializationError,
    UnreadableResult,
    WrongArguments,
)
from peerscript.link.link import Link
from peerscript.protocol.remote.messages import CREDIT
from peerscript.remote import Functions, Remote
from tests.clock import soon, until
from tests.unit.peerscript.pages import Page
from tests.unit.peerscript.remote.conftest import pending, running


@sendable(name="proxy.Even")
@dataclass
class Even:
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError("odd")


class Journal:
    """Functions, and what became of their calls."""

    def __init__(self, link: Link) -> None:
        self.words: list[str] = []
        self.given = 0
        for function in (self.add, self.wait, self.count, self.echo):
            link.serve(function)

    async def add(self, a: int, b: int = 2) -> int:
        return a + b

    async def wait(self) -> None:
        self.words.append("began")
        try:
            await asyncio.Event().wait()
        finally:
            self.words.append("ended")

    async def count(self, to: int) -> AsyncIterator[int]:
        try:
            for number in range(to):
                self.given += 1
                yield number
        finally:
            self.words.append("closed")

    async def echo(self, value: Any) -> Any:
        return value


@pytest.fixture
async def journal(serving: Link) -> Journal:
    return Journal(serving)


# Calls


@pytest.mark.usefixtures("journal")
async def test_a_call_gives_what_the_function_returns(remote: Remote) -> None:
    assert await remote.add(1, 2) == 3
    assert await remote.add(1) == 3
    assert await remote.add(b=5, a=1) == 6
    assert await remote["add"](1, b=4) == 5


@pytest.mark.usefixtures("journal")
async def test_it_costs_no_time_and_leaves_nothing_behind(remote: Remote, serving: Link) -> None:
    await remote.echo(None)
    clock = asyncio.get_running_loop().time
    began = clock()
    for number in range(100):
        assert await remote.echo(number) == number
    assert clock() == began
    assert running(serving) == 0


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize(
    "value", [None, -(2**100), float("inf"), "é", b"\0", [1, ["a"]], {"a": {"b": None}}, Even(2)]
)
async def test_values_of_all_kinds_go_and_come(remote: Remote, value: Any) -> None:
    assert await remote.echo(value) == value


@pytest.mark.usefixtures("journal")
async def test_it_is_a_coroutine(remote: Remote) -> None:
    """What takes coroutines takes calls."""
    async with asyncio.TaskGroup() as tasks:
        calls = [tasks.create_task(remote.add(number)) for number in range(100)]
    assert [call.result() for call in calls] == [number + 2 for number in range(100)]
    assert sum(await asyncio.gather(remote.add(1), remote.add(2))) == 7
    assert await asyncio.wait_for(remote.add(3), 1) == 5


@pytest.mark.usefixtures("journal")
async def test_it_is_made_once(remote: Remote) -> None:
    call = remote.add(1)
    assert await call == 3
    with pytest.raises(RuntimeError):
        await call
    with pytest.raises(RuntimeError, match="was made already"):
        call.__aiter__()


async def test_one_that_is_forgotten_is_told(remote: Remote) -> None:
    with pytest.warns(RuntimeWarning, match="call of 'add' was never awaited"):
        remote.add(1)


async def test_one_that_is_closed_is_not(remote: Remote) -> None:
    remote.add(1).close()
    task = asyncio.ensure_future(remote.add(1))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    begun = remote.add(1)
    begun.send(None)
    begun.close()


@pytest.mark.usefixtures("journal")
async def test_both_pages_serve_and_call(host: Page, guest: Page, remote: Remote) -> None:
    @guest.link("alice").serve
    async def double(number: int) -> int:
        return 2 * number

    assert await host.link("bob").remote.double(4) == 8
    assert await remote.add(1) == 3


async def test_a_function_may_call_back(host: Page, guest: Page, remote: Remote) -> None:
    serving, calling = host.link("bob"), guest.link("alice")

    @serving.serve
    async def down(number: int) -> int:
        return 1 + await serving.remote.further(number - 1) if number else 0

    @calling.serve
    async def further(number: int) -> int:
        return 1 + await remote.down(number - 1) if number else 0

    assert await remote.down(10) == 10


class Calculator(Protocol):
    async def add(self, a: int, b: int = 2) -> int: ...
    def count(self, to: int) -> AsyncIterator[int]: ...


@pytest.mark.usefixtures("journal")
async def test_typed(remote: Remote) -> None:
    calculator = remote.typed(Calculator)
    total: int = await calculator.add(1)
    assert total == 3
    assert [number + 1 async for number in calculator.count(2)] == [1, 2]


async def test_what_python_and_notebooks_ask_of_any_object_is_no_function(remote: Remote) -> None:
    for name in ("_repr_html_", "__wrapped__", "__len__"):
        assert not hasattr(remote, name)
    assert isinstance(copy.copy(remote), Remote)
    assert repr(remote.add) == "<RemoteFunction 'add'>"
    call = remote.add(1)
    assert repr(call) == "<RemoteCall of 'add'>"
    call.close()


# What is not allowed


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize(
    "name", ["words", "__class__", "add.__globals__", "_functions", "Add", "x" * 500, ""]
)
async def test_nothing_else_can_be_reached(remote: Remote, name: str) -> None:
    with pytest.raises(NoSuchFunction):
        await remote[name]()


@pytest.mark.usefixtures("journal")
async def test_the_sort_of_a_function_is_told(remote: Remote) -> None:
    with pytest.raises(NoSuchFunction, match="`async for` over it"):
        await remote.count(1)
    with pytest.raises(NoSuchFunction, match="`await` it"):
        async for _ in remote.add(1):
            pass


@pytest.mark.usefixtures("journal")
async def test_arguments_that_do_not_fit(remote: Remote, journal: Journal) -> None:
    with pytest.raises(WrongArguments, match="add: a: int is expected, not str"):
        await remote.add("1")
    with pytest.raises(TypeError, match="add: too many positional arguments"):
        await remote.add(1, 2, 3)
    with pytest.raises(WrongArguments, match="count: to: int is expected, not NoneType"):
        async for _ in remote.count(None):
            pass
    assert journal.given == 0


@pytest.mark.usefixtures("journal")
async def test_what_cannot_be_sent_is_refused_here(remote: Remote) -> None:
    with pytest.raises(SerializationError, match=r"^arguments\[1\]\[0\]: set has no place"):
        await remote.add(1, [{2}])
    with pytest.raises(SerializationError, match=r'^arguments\["b"\]: set has no place'):
        await remote.add(1, b={2})
    with pytest.raises(MessageTooBig, match="arguments: 2000009 bytes; at most 1048576"):
        await remote.echo(bytes(2_000_000))


async def test_a_dataclass_that_cannot_be_made_here(
    remote: Remote, serving: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends that call alone. Nor is it run with one that cannot be made there."""

    @serving.serve
    async def even() -> Even:
        number = Even(2)
        number.number = 3
        return number

    @serving.serve
    async def take(number: Even) -> int:
        return number.number

    @serving.serve
    async def evens() -> AsyncIterator[Even]:
        yield await even()

    for _ in range(2):
        with pytest.raises(UnreadableResult, match="even: no proxy.Even can be made"):
            await remote.even()
        with pytest.raises(UnreadableResult, match="evens: no proxy.Even can be made"):
            await anext(aiter(remote.evens()))
    assert issubclass(UnreadableResult, RemoteFailed)
    odd = Even(2)
    odd.number = 3
    with pytest.raises(WrongArguments, match="take: no proxy.Even can be made"):
        await remote.take(odd)
    assert await remote.take(Even(4)) == 4


# Exceptions


@pytest.mark.parametrize("stream", [False, True])
async def test_an_exception_arrives_with_its_name_and_text(
    remote: Remote, serving: Link, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    @serving.serve
    async def fail() -> None:
        raise LookupError("no pupil of that name")

    @serving.serve
    async def fail_later() -> AsyncIterator[int]:
        yield 1
        raise LookupError("no pupil of that name")

    got = []
    with pytest.raises(RemoteError, match="^LookupError: no pupil of that name$") as failure:
        if not stream:
            await remote.fail()
        async for value in remote.fail_later():
            got.append(value)  # noqa: PERF401
    assert failure.value.kind == "LookupError"
    assert failure.value.words == "no pupil of that name"
    assert got == [1] * stream
    (record,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert record.exc_info  # the page that serves has the traceback


async def test_results_that_are_none(remote: Remote, serving: Link) -> None:
    """Bugs of the function, which both pages hear of."""

    @serving.serve
    async def wrong() -> int:
        return "1"  # type: ignore[return-value]

    @serving.serve
    async def unsendable() -> Any:
        return [{1}]

    @serving.serve
    async def huge() -> bytes:
        return bytes(2_000_000)

    for call, words in (
        (remote.wrong(), "TypeError: what wrong gave: int is expected, not str"),
        (remote.unsendable(), r"SerializationError: result\[0\]: set has no place"),
        (remote.huge(), "MessageTooBig: result: 2000006 bytes"),
    ):
        with pytest.raises(RemoteError, match=words):
            await call


# Cancelling


async def test_cancelling_cancels_there(
    remote: Remote, journal: Journal, serving: Link, guest: Page
) -> None:
    task = asyncio.create_task(remote.wait())
    await until(lambda: journal.words == ["began"])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await soon(lambda: journal.words == ["began", "ended"])
    await soon(lambda: not running(serving) and not pending(guest.link("alice")))


async def test_a_time_limit_cancels_there(
    remote: Remote, journal: Journal, serving: Link, guest: Page
) -> None:
    clock = asyncio.get_running_loop().time
    for limited, seconds in ((remote, 30), (remote.with_options(timeout=5), 5)):
        began = clock()
        with pytest.raises(RemoteTimeout, match=f"wait: no answer within {seconds} s"):
            await limited.wait()
        assert clock() - began == pytest.approx(seconds)
        await soon(lambda: not running(serving) and not pending(guest.link("alice")))
    with pytest.raises(TimeoutError):  # for those who know no other
        await remote.with_options(timeout=0.5).wait()


async def test_a_limit_that_is_no_number_is_told_at_once(remote: Remote) -> None:
    untyped: Any = remote
    with pytest.raises(TypeError, match="timeout is a number of seconds, or None, not '5'"):
        untyped.with_options(timeout="5")


async def test_and_without_a_limit_it_goes_on(remote: Remote, journal: Journal) -> None:
    task = asyncio.create_task(remote.with_options(timeout=None).wait())
    await asyncio.sleep(600)
    assert journal.words == ["began"]
    task.cancel()


# Streams


@pytest.mark.usefixtures("journal")
async def test_a_stream_has_every_value_in_order(remote: Remote) -> None:
    assert [number async for number in remote.count(500)] == list(range(500))
    assert [number async for number in remote.count(0)] == []


async def test_a_slow_reader_holds_up_the_function(remote: Remote, journal: Journal) -> None:
    read = 0
    async for number in remote.count(60):
        assert number == read
        read += 1
        await asyncio.sleep(40)  # no time limit: it is the reader who takes it
        assert read <= journal.given <= read + CREDIT
    assert journal.given == 60


async def test_leaving_the_loop_closes_it_there(
    remote: Remote, journal: Journal, serving: Link
) -> None:
    async for number in remote.count(10**9):
        if number == 40:
            break
    await soon(lambda: journal.words == ["closed"] and not running(serving))
    with pytest.raises(ZeroDivisionError):
        async for number in remote.count(10**9):
            number / 0
    await soon(lambda: journal.words == ["closed"] * 2 and not running(serving))
    async with aclosing(aiter(remote.count(10**9))) as numbers:
        assert await anext(numbers) == 0
    await soon(lambda: journal.words == ["closed"] * 3 and not running(serving))
    assert [number async for number in numbers] == []
    never = aiter(remote.count(1))
    await never.aclose()


async def test_cancelling_its_reader_closes_it(
    remote: Remote, journal: Journal, serving: Link
) -> None:
    @serving.serve
    async def rare() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            journal.words.append("closed")

    async def read() -> None:
        async for number in remote.rare():
            journal.words.append(str(number))

    task = asyncio.create_task(read())
    await until(lambda: journal.words == ["1"])
    task.cancel()
    await soon(lambda: journal.words == ["1", "closed"] and not running(serving))


async def test_the_time_limit_is_for_each_value(remote: Remote, serving: Link) -> None:
    @serving.serve
    async def tick(*seconds: float) -> AsyncIterator[float]:
        for each in seconds:
            await asyncio.sleep(each)
            yield each

    limited = remote.with_options(timeout=5)
    assert [each async for each in limited.tick(4, 4, 4)] == [4, 4, 4]
    got = []
    with pytest.raises(RemoteTimeout, match="tick: no answer within 5 s"):
        async for each in limited.tick(4, 6, 4):
            got.append(each)  # noqa: PERF401
    assert got == [4]
    await soon(lambda: not running(serving))


async def test_two_readers_of_one_stream_are_told(remote: Remote, serving: Link) -> None:
    @serving.serve
    async def never() -> AsyncIterator[int]:
        await asyncio.Event().wait()
        yield 1

    stream = aiter(remote.never())
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(1)
    with pytest.raises(RuntimeError, match="two tasks read one stream of 'never'"):
        await anext(stream)
    assert not first.done()
    first.cancel()


# Many Links


async def test_one_collection_for_many_links(open_page: Any, host: Page, guest: Page) -> None:
    functions = Functions()

    @functions.serve
    async def add(a: int, b: int) -> int:
        return a + b

    carol = await open_page("carol")
    await carol.links.connect("alice", host.links.invites.issue().secret)
    await until(lambda: host.link("carol").connected)
    for name in ("bob", "carol", "bob"):
        host.link(name).serve_all(functions)
    host.link("bob").serve(add, name="plus")
    for page in (guest, carol):
        assert await page.link("alice").remote.add(1, 2) == 3
    assert await guest.link("alice").remote.plus(1, 2) == 3
    with pytest.raises(NoSuchFunction, match="serves no function 'plus'"):
        await carol.link("alice").remote.plus(1, 2)

    @functions.serve
    async def late() -> str:
        return "too"

    assert await carol.link("alice").remote.late() == "too"
