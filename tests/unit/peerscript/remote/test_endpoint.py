"""A hostile page on the channel of remote functions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from peerscript.errors import LinkMisused, RemoteError
from peerscript.link.link import Link
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import Opened
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.remote.messages import (
    CHANNEL,
    MAX_RUNNING,
    REMOTE,
    Call,
    Cancel,
    End,
    Failed,
    Item,
    More,
    RemoteMessage,
    Result,
)
from peerscript.protocol.values import pythonpack
from tests.clock import until
from tests.unit.peerscript.pages import Page, Stranger, sealed
from tests.unit.peerscript.remote.conftest import running

NOTHING = pythonpack.pack([[], {}])


class Attack:
    """Says one message of remote functions after another."""

    def __init__(self, stranger: Stranger) -> None:
        self.stranger = stranger
        self.number = 0

    async def say(self, *messages: RemoteMessage | object) -> None:
        for message in messages:
            self.number += 1
            known = type(message) in REMOTE.kinds.values()
            value = REMOTE.to_value(message) if known else message  # type: ignore[arg-type]
            await self.stranger.say(sealed(CHANNEL, self.number, value))

    async def hear(self) -> RemoteMessage | None:
        while True:
            envelope = await self.stranger.hear(Envelope)
            if envelope.channel == CHANNEL:
                return REMOTE.from_value(pythonpack.unpack_one(envelope.payload))


@pytest.fixture
async def attacked(host: Page, intruder: Stranger) -> Link:
    """The Link to Mallory, who may call `wait` and `count`."""
    link = host.link("mallory")

    @link.serve
    async def wait() -> None:
        await asyncio.Event().wait()

    @link.serve
    async def count() -> AsyncIterator[int]:
        for number in range(1000):
            yield number

    return link


@pytest.fixture
async def attack(attacked: Link, intruder: Stranger) -> Attack:
    await intruder.say(Opened(0, CHANNEL, "reliable"))
    return Attack(intruder)


WAIT, COUNT = Call(1, False, "wait", NOTHING), Call(1, True, "count", NOTHING)


@pytest.mark.parametrize(
    "messages",
    [
        ["rubbish"],
        [{"kind": "call", "id": 1}],
        [{"kind": "call", "id": -1, "stream": False, "name": "wait", "arguments": b""}],
        [{"kind": "call", "id": 1, "stream": False, "name": "wait", "arguments": [1]}],
        [WAIT, WAIT],
        [Call(5, False, "no", NOTHING), WAIT],
        [Cancel(1)],
        [More(1, 1)],
        [COUNT, More(1, 17)],
        [COUNT, More(1, 2**53 - 1)],
        [Result(1, b"")],
        [Item(1, b"")],
        [End(1)],
        [Failed(1, "raised", "", "")],
        [Failed(1, "because", "", "")],
    ],
    ids=str,
)
async def test_what_is_out_of_place_ends_that_link_alone(
    host: Page, guest: Page, attacked: Link, attack: Attack, messages: list[Any]
) -> None:
    await attack.say(*messages)
    await until(lambda: attacked.state is LinkState.CLOSED, 5)
    assert isinstance(attacked.error, LinkMisused)
    await until(lambda: running(attacked) == 0)
    assert host.link("bob").connected


async def test_words_of_a_later_version_are_passed_over(attacked: Link, attack: Attack) -> None:
    await attack.say({"kind": "progress", "id": 1}, Call(1, False, "no", NOTHING))
    assert await attack.hear() == Failed(1, "missing", "", "the other page serves no function 'no'")


async def test_a_flood_of_calls_runs_no_more_than_may_run(attacked: Link, attack: Attack) -> None:
    for id in range(1, 500):
        await attack.say(Call(id, False, "wait", NOTHING))
        assert running(attacked) <= MAX_RUNNING
    assert isinstance(await attack.hear(), Failed)
    assert attacked.connected


async def test_cancels_and_more_for_what_has_ended_are_no_misuse(
    attacked: Link, attack: Attack
) -> None:
    await attack.say(Call(1, False, "no", NOTHING))
    await attack.hear()
    await attack.say(Cancel(1), More(1, 5), Cancel(1), Call(2, False, "no", NOTHING))
    assert isinstance(await attack.hear(), Failed)


async def test_answers_that_lie_reach_only_their_call(attacked: Link, attack: Attack) -> None:
    first = asyncio.ensure_future(attacked.remote.anything())
    second = asyncio.ensure_future(attacked.remote.anything())
    calls = [await attack.hear(), await attack.hear()]
    assert [call.id for call in calls if isinstance(call, Call)] == [1, 2]
    await attack.say(
        Failed(2, "raised", "Value\u202eError\n\n" + "x" * 80, "a\x00b" * 500),
        Result(1, pythonpack.pack("fine")),
    )
    assert await first == "fine"
    with pytest.raises(RemoteError) as failure:
        await second
    assert failure.value.kind == "ValueError " + "x" * 80
    assert failure.value.words == "ab" * 500
    assert attacked.connected


@pytest.mark.parametrize(
    "answers",
    [[Result(1, b"")] * 2, [Item(1, b"")], [End(1)], [Result(2, b"")]],
    ids=["twice", "an item", "an end", "another's"],
)
async def test_answers_that_cannot_be_end_the_link(
    attacked: Link, attack: Attack, answers: list[RemoteMessage]
) -> None:
    task = asyncio.ensure_future(attacked.remote.anything())
    await attack.hear()
    await attack.say(*answers)
    await until(lambda: attacked.state is LinkState.CLOSED, 5)
    with pytest.raises((LinkMisused, Exception)):
        await task


async def test_more_values_than_asked_for_end_the_link(attacked: Link, attack: Attack) -> None:
    stream = aiter(attacked.remote.anything())
    task = asyncio.ensure_future(anext(stream))
    await attack.hear()
    await attack.say(*[Item(1, pythonpack.pack(number)) for number in range(50)])
    assert await task == 0
    await until(lambda: attacked.state is LinkState.CLOSED, 5)
    assert isinstance(attacked.error, LinkMisused)
