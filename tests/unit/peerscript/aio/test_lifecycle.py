"""Only moves in the table are made, and whoever waits hears of them."""

from __future__ import annotations

import asyncio
from enum import Enum

import pytest

from peerscript.aio.lifecycle import Announcer, Lifecycle


class Light(Enum):
    RED = 1
    GREEN = 2


MOVES = {Light.RED: frozenset({Light.GREEN}), Light.GREEN: frozenset[Light]()}


def test_a_legal_move() -> None:
    life = Lifecycle("light", Light.RED, MOVES)
    assert life.move(Light.GREEN)
    assert life.state is Light.GREEN
    assert not life.move(Light.GREEN)


def test_an_illegal_move_names_both_states() -> None:
    life = Lifecycle("light", Light.GREEN, MOVES)
    with pytest.raises(RuntimeError, match="no way from GREEN to RED"):
        life.move(Light.RED)


async def test_a_move_and_an_announcement_wake_everybody() -> None:
    life = Lifecycle("light", Light.RED, MOVES)
    loop = asyncio.get_running_loop()
    for news in (lambda: life.move(Light.GREEN), life.announce):
        waiting = [asyncio.create_task(life.change()) for _ in range(2)]
        loop.call_soon(news)
        await asyncio.gather(*waiting)


async def test_an_announcement_is_for_those_who_wait_now() -> None:
    news = Announcer()
    news.announce()
    first = asyncio.create_task(news.change())
    await asyncio.sleep(0)
    assert not first.done()
    news.announce()
    second = asyncio.create_task(news.change())
    await first
    assert not second.done()
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert not news._waiting
