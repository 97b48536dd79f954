"""Handlers under PeerJS's names: plain, async, once, late, and broken ones."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, overload

import pytest

from peerscript.aio.events import Emitter, Handler
from peerscript.errors import ConnectionLost, LinkClosed


class BellOn(Protocol):
    @overload
    def __call__(self, event: str) -> Callable[[Handler], Handler]: ...
    @overload
    def __call__(self, event: str, handler: Handler) -> Handler: ...


class Bell(Emitter[BellOn, str]):
    _EVENTS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "ring": ("n",),
        "tap": (),
        "open": ("when",),
    }

    def _past(self, event: str) -> tuple[object, ...] | None:
        return ("long ago",) if event == "open" else None


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
async def reported() -> list[str]:
    """What the event loop was told."""
    messages: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: messages.append(context["message"]))
    return messages


async def test_every_handler_hears_in_order(bell: Bell) -> None:
    heard: list[Any] = []
    bell.on("ring", lambda n: heard.append(("first", n)))

    @bell.on("ring")
    def second(n: int) -> None:
        heard.append(("second", n))

    bell._emit("ring", 1)
    bell.off("ring", second)
    bell._emit("ring", 2)
    assert heard == [("first", 1), ("second", 1), ("first", 2)]
    bell.off("ring")
    bell._emit("ring", 3)
    assert len(heard) == 3


async def test_once_is_once(bell: Bell) -> None:
    heard: list[int] = []

    @bell.once("ring")
    def one(n: int) -> None:
        heard.append(n)

    bell._emit("ring", 1)
    bell._emit("ring", 2)
    assert heard == [1]


async def test_an_async_handler_runs_as_a_task(bell: Bell) -> None:
    heard = asyncio.Event()

    @bell.on("tap")
    async def handler() -> None:
        await asyncio.sleep(0)
        heard.set()

    bell._emit("tap")
    await heard.wait()
    await asyncio.sleep(0)
    assert not bell._running


async def test_what_a_handler_returns_is_awaited(bell: Bell) -> None:
    future = asyncio.get_running_loop().create_future()
    bell.on("tap", lambda: future)
    bell._emit("tap")
    assert len(bell._running) == 1
    future.set_result(None)
    await bell._running.finished()


async def test_what_has_been_is_told_at_once(bell: Bell) -> None:
    heard: list[str] = []
    bell.on("open", heard.append)
    bell.once("open", heard.append)
    await asyncio.sleep(0)
    assert heard == ["long ago", "long ago"]
    bell._emit("open", "again")
    assert heard[2:] == ["again"]


async def test_an_unknown_event_lists_the_known(bell: Bell) -> None:
    for listen in (bell.on, bell.once, bell.off):
        with pytest.raises(ValueError, match="event 'oepn': choose one of ring, tap, open"):
            listen("oepn")


async def test_a_broken_handler_is_reported_and_disturbs_nobody(
    bell: Bell, reported: list[str]
) -> None:
    heard: list[int] = []

    def broken(n: int) -> None:
        raise KeyError("oh")

    async def broken_later(n: int) -> None:
        raise KeyError("later")

    for handler in (broken, broken_later, heard.append):
        bell.on("ring", handler)
    bell._emit("ring", 1)
    await bell._emit_in_turn("ring", 2)
    assert heard == [1, 2]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(reported) == 4
    assert all("in the handler" in message for message in reported)


async def test_in_turn_waits_for_async_handlers(bell: Bell) -> None:
    heard: list[int] = []

    @bell.on("ring")
    async def slow(n: int) -> None:
        await asyncio.sleep(0)
        heard.append(n)

    for n in range(3):
        await bell._emit_in_turn("ring", n)
    assert heard == [0, 1, 2]


async def test_a_handler_that_waits_for_what_is_cancelled_ends_alone(
    bell: Bell, reported: list[str]
) -> None:
    """Otherwise the task that hands out the messages would end with it, and nobody would know."""

    @bell.on("ring")
    async def waits(n: int) -> None:
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    heard: list[int] = []
    bell.on("ring", heard.append)
    await bell._emit_in_turn("ring", 1)
    assert heard == [1]
    assert reported == ["in the handler 'waits': CancelledError"]


async def test_cancelling_whoever_hands_out_is_no_error(bell: Bell, reported: list[str]) -> None:
    @bell.on("tap")
    async def waits() -> None:
        await asyncio.Event().wait()

    handing_out = asyncio.create_task(bell._emit_in_turn("tap"))
    await asyncio.sleep(0)
    handing_out.cancel()
    with pytest.raises(asyncio.CancelledError):
        await handing_out
    assert reported == []


@pytest.mark.parametrize("handler", [5, "print", object()])
def test_a_handler_is_a_function(bell: Bell, handler: Any) -> None:
    for subscribe in (bell.on, bell.once):
        with pytest.raises(TypeError, match=r"on\('ring'\) takes a function, not "):
            subscribe("ring", handler)
    with pytest.raises(TypeError, match="takes a function"):
        bell.on("ring")(handler)


def no_arguments() -> None: ...
def two(one: int, other: int) -> None: ...
def named(*, n: int) -> None: ...
async def later() -> None: ...


@pytest.mark.parametrize(
    ("handler", "name"),
    [
        (no_arguments, "no_arguments"),
        (two, "two"),
        (named, "named"),
        (later, "later"),
        (functools.partial(two, 1, 2), "two"),
        (lambda: None, "<lambda>"),
    ],
)
def test_a_handler_that_cannot_be_called_so_is_refused_at_once(
    bell: Bell, handler: Callable[..., object], name: str
) -> None:
    with pytest.raises(
        TypeError, match=f"the handler '{name}' must take \\(n\\): on..ring'. calls it so"
    ):
        bell.on("ring", handler)
    assert not bell._handlers


def test_a_handler_may_take_more_and_may_not_tell(bell: Bell) -> None:
    def more(n: int, other: int = 0, *rest: int, **options: int) -> None: ...

    for handler in (more, functools.partial(two, 1), print, dict):
        bell.on("ring", handler)
    assert len(bell._handlers["ring"]) == 4


class Doorman:
    async def greet(self, n: int) -> None:
        raise KeyError(n)

    async def __call__(self, n: int) -> None:
        raise KeyError(n)


async def test_a_report_has_the_handlers_own_name(bell: Bell, reported: list[str]) -> None:
    async def welcome(n: int, other: int = 0) -> None:
        raise KeyError(n)

    for handler in (welcome, functools.partial(welcome, other=1), Doorman().greet, Doorman()):
        bell.on("ring", handler)
    bell._emit("ring", 7)
    await bell._running.finished()
    names = ("welcome", "welcome", "greet", "Doorman")
    assert reported == [f"in the handler '{name}' of Bell: 7" for name in names]


async def test_a_handler_whose_other_page_goes_away_ends_quietly(
    bell: Bell, reported: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "peerscript")

    @bell.on("ring")
    async def ask(n: int) -> None:
        raise LinkClosed("they left")

    @bell.on("ring")
    def tell(n: int) -> None:
        raise ConnectionLost("they vanished")

    bell._emit("ring", 1)
    await bell._running.finished()
    await bell._emit_in_turn("ring", 2)
    assert reported == []
    assert {record.levelno for record in caplog.records} == {logging.INFO}
    assert sorted(caplog.messages) == [
        "the handler 'ask' has ended: they left",
        "the handler 'ask' of Bell has ended: they left",
        "the handler 'tell' has ended: they vanished",
        "the handler 'tell' has ended: they vanished",
    ]
