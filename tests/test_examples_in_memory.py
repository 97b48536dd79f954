"""The example pages beside pages that leave, are slow, or send what no example sends: over the
network in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from peerscript import Links, Peer
from serving.places import ROOT
from tests.clock import until
from tests.pyscript_page import PyScriptPage


@asynccontextmanager
async def opened(name: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PyScriptPage]:
    """An example's page, with its link shown; at the end nothing has gone wrong unnoticed."""
    unhandled: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    source = (ROOT / "site" / "examples" / f"{name}.py").read_text()
    example = PyScriptPage(source, monkeypatch)
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


@pytest.mark.parametrize(
    ("moves", "who"),
    [
        ([], None),
        ([0, 1, 0, 1, 0, 1], None),
        ([0, 1, 0, 1, 0, 1, 0], 0),  # upwards
        ([6, 0, 0, 1, 1, 2, 2, 3], 1),  # along
        ([0, 1, 1, 2, 2, 3, 2, 3, 3, 6, 3], 0),  # rising
        ([6, 5, 5, 4, 4, 3, 4, 3, 3, 0, 3], 0),  # falling
    ],
)
async def test_who_has_four_in_a_row(
    moves: list[int], who: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened("game", monkeypatch) as game:
        assert game.names["winner"](moves) == who
        assert game.names["allowed"](moves)
        assert game.names["allowed"]([*moves, 3]) == (who is None)
        assert not game.names["allowed"]([*moves, 7])
        assert not game.names["allowed"]([2] * 7)


async def test_the_game_believes_no_other_pages_nonsense(monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        opened("game", monkeypatch) as game,
        Peer("eve", browser=game.network) as eve,
        Links(eve, storage={}) as links,
    ):
        link = await links.connect(*game.address)
        states = link.channel("game")
        for new, taken in (([0, [3]], [3]), ([0, [2]], [3]), ([0, [3, 3]], [3, 3]), ([1, []], [])):
            await states.send(new)
            await until(lambda: game.names["moves"] == taken)  # noqa: B023
        await states.send([1, [4, 9]])
        await until(lambda: not link.connected)
        assert game.names["moves"] == []


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
