"""The example pages beside pages that leave, are slow, or send what no example sends: over the
network in memory, with stand-ins for what PyScript gives to a page.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import sys
import types
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from unittest.mock import MagicMock

import pytest

import peerscript
from peerscript import PageIdentity, Peer, Room
from peerscript.testing import MemoryNetwork
from serving.places import ROOT
from tests.clock import until


class Elements(dict[str, Any]):
    """A page's elements, by their ID."""

    def __missing__(self, id: str) -> Any:
        self[id] = element = MagicMock()
        return element


class Example:
    """An example's page that nobody's link has opened.

    Attributes:
        names: what the example defines.
        shown: what it has displayed.
    """

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.network = MemoryNetwork()
        self.names: dict[str, Any] = {}
        self.shown: list[Any] = []
        self.handlers: dict[tuple[str, str], Callable[..., Any]] = {}
        self.page = Elements()
        pyscript: Any = types.ModuleType("pyscript")
        pyscript.display = lambda value, **_: self.shown.append(value)
        pyscript.when = self._when
        pyscript.window = MagicMock()
        pyscript.window.location.hash = ""
        web: Any = types.ModuleType("pyscript.web")
        web.page, web.td, web.th, web.tr = self.page, MagicMock(), MagicMock(), MagicMock()
        monkeypatch.setitem(sys.modules, "pyscript", pyscript)
        monkeypatch.setitem(sys.modules, "pyscript.web", web)
        monkeypatch.setattr(peerscript, "Peer", self._peer)
        monkeypatch.setattr(peerscript, "Room", partial(Room, storage={}))
        monkeypatch.setattr(peerscript, "page_identity", self._identity)
        source = (ROOT / "site" / "examples" / f"{name}.py").read_text()
        self._code = compile(source, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    def _peer(self, id: str = "host", **_: Any) -> Peer:
        return Peer(id, browser=self.network)

    async def _identity(self) -> PageIdentity:
        return PageIdentity("host", "token")

    def _when(self, event: str, selector: str) -> Callable[..., Any]:
        return lambda handler: self.handlers.setdefault((event, selector), handler)

    async def run(self) -> None:
        made = eval(self._code, self.names)
        if inspect.isawaitable(made):
            await made

    async def do(self, event: str, selector: str) -> None:
        """Something happens in the page."""
        done = self.handlers[event, selector]()
        if inspect.isawaitable(done):
            await done

    @property
    def address(self) -> tuple[str, str]:
        """What the link leads to."""
        peer_id, _, secret = self.page["link"].hash.partition(".")
        return peer_id, secret

    @asynccontextmanager
    async def joined(self, name: str) -> AsyncIterator[Any]:
        async with (
            Peer(name, browser=self.network) as peer,
            Room.join(peer, *self.address, storage={}) as host,
        ):
            yield host


@asynccontextmanager
async def opened(name: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Example]:
    """An example's page, with its link shown; at the end nothing has gone wrong unnoticed."""
    unhandled: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    example = Example(name, monkeypatch)
    running = asyncio.create_task(example.run())
    await until(lambda: example.shown)
    yield example
    if not running.done():
        running.cancel()
    (ended,) = await asyncio.gather(running, return_exceptions=True)
    assert ended is None or isinstance(ended, asyncio.CancelledError)
    assert unhandled == []


async def test_nonsense_on_the_whiteboard_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("whiteboard", monkeypatch) as board:
        line = board.names["Line"]("#c00000", 0, 0, 5, 5)
        async with board.joined("ann") as ann, board.joined("eve") as eve:
            await until(lambda: board.page["status"].textContent == "Others here: 2")
            await eve.send(5)  # she has not read the lines, so closing waits for her
            await until(lambda: board.page["status"].textContent == "Others here: 1")
            await ann.send([line])
            assert await until(lambda: line in board.names["lines"]) < 1
            await eve.wait_left()
            assert ann.connected


async def test_a_page_that_answers_no_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened("remote", monkeypatch) as teacher:
        answers: list[Any] = [5, [7, "8", [], None, 99, 2.5, 7], {"a": 7}, None]
        async with teacher.joined("eve") as eve:

            @eve.link.serve  # type: ignore[untyped-decorator]
            async def throw(times: int) -> Any:
                return answers[times]

            await until(lambda: teacher.page["status"].textContent == "Pages here: 1")
            for times in range(len(answers)):
                teacher.page["times"].value = str(times)
                await teacher.do("submit", "#ask")
        assert teacher.names["counts"] == {7: 2}
        assert teacher.shown[1:] == [
            "These are no sums: 5",
            "These are no sums: {'a': 7}",
            "These are no sums: None",
        ]


async def test_a_friend_who_takes_nothing_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        opened("chat", monkeypatch) as chat,
        Peer("ann", browser=chat.network) as ann,
        Peer("bob", browser=chat.network) as bob,
        ann.connect("host") as of_ann,
        bob.connect("host") as of_bob,
    ):
        friends = chat.names["friends"]
        await until(lambda: len(friends) == 2)
        slow = next(friend for friend in friends if friend.peer == "ann")
        monkeypatch.setattr(type(slow._outbox), "full", property(lambda box: box is slow._outbox))
        for words in ("one", "two"):
            chat.page["words"].value = words
            chat.page["name"].value = "Host"
            await chat.do("submit", "#say")
        assert [await of_bob.receive(), await of_bob.receive()] == ["Host: one", "Host: two"]
        monkeypatch.undo()
        assert of_ann.open
