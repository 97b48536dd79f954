"""Calls over paths that break, pages that are reloaded or serve nothing, and too many of them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from peerscript.errors import (
    LinkClosed,
    NoSuchFunction,
    RemoteBusy,
    RemoteLost,
    RemoteTimeout,
)
from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.remote.messages import MAX_RUNNING
from peerscript.remote import Remote
from peerscript.remote.caller import MAX_WAITING
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until
from tests.unit.peerscript.pages import Page
from tests.unit.peerscript.remote.conftest import pending, running


class Gate:
    """A function that waits until the test lets it end.

    Attributes:
        began, ended: how many of its calls have, ended by a result.
    """

    def __init__(self, link: Link) -> None:
        self.began = self.ended = 0
        self.open = asyncio.Event()
        link.serve(self.wait)

    async def wait(self, value: Any = None) -> Any:
        self.began += 1
        await self.open.wait()
        self.ended += 1
        return value


@pytest.fixture
async def gate(serving: Link) -> Gate:
    return Gate(serving)


# Who serves nothing


async def test_a_page_that_serves_nothing_is_told_of_soon(remote: Remote) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    with pytest.raises(NoSuchFunction, match="add: the other page serves no functions"):
        await remote.add(1)
    assert clock() - began <= 2.1
    with pytest.raises(NoSuchFunction):  # at once, now that it is known
        async for _ in remote.count(1):
            pass
    assert clock() - began <= 2.1


async def test_a_call_that_failed_so_does_not_run_later(
    remote: Remote, serving: Link, guest: Page
) -> None:
    with pytest.raises(NoSuchFunction):
        await remote.wait(1)
    gate = Gate(serving)
    gate.open.set()
    await until(lambda: guest.link("alice")._functions().caller._wire.is_open)
    assert await remote.wait(2) == 2
    assert gate.began == 1


async def test_a_call_waits_a_moment_for_a_page_that_is_about_to_serve(
    remote: Remote, serving: Link
) -> None:
    task = asyncio.create_task(remote.wait(1))
    await asyncio.sleep(1)
    Gate(serving).open.set()
    assert await task == 1


# Paths that break


async def test_a_call_goes_on_over_a_broken_path_and_runs_once(
    remote: Remote, gate: Gate, network: MemoryNetwork, guest: Page
) -> None:
    task = asyncio.create_task(remote.wait(1))
    await until(lambda: gate.began)
    for _ in range(3):
        network.cut()
        await until(lambda: not guest.link("alice").connected)
        await until(lambda: guest.link("alice").connected)
    gate.open.set()
    assert await task == 1
    assert gate.began == gate.ended == 1


async def test_many_calls_and_values_over_cuts_in_mid_stream(
    remote: Remote, serving: Link, network: MemoryNetwork
) -> None:
    made = []

    @serving.serve
    async def add(a: int) -> int:
        made.append(a)
        return a + 1

    @serving.serve
    async def count(to: int) -> AsyncIterator[int]:
        for number in range(to):
            yield number
            await asyncio.sleep(0.01)

    async def cut() -> None:
        while True:
            await asyncio.sleep(0.5)
            network.cut()

    async def call(number: int) -> int:
        await asyncio.sleep(number / 50)
        return int(await remote.add(number))

    cutting = asyncio.create_task(cut())
    calls = asyncio.gather(*(call(number) for number in range(300)))
    assert [number async for number in remote.count(300)] == list(range(300))
    assert await calls == list(range(1, 301))
    assert sorted(made) == list(range(300))
    cutting.cancel()


async def test_a_call_made_without_a_path_waits_for_one(
    remote: Remote, gate: Gate, network: MemoryNetwork, guest: Page
) -> None:
    gate.open.set()
    assert await remote.wait(0) == 0
    network.cut()
    await until(lambda: not guest.link("alice").connected)
    assert await remote.wait(1) == 1


async def test_but_not_for_longer_than_its_limit(
    remote: Remote, gate: Gate, network: MemoryNetwork, guest: Page
) -> None:
    gate.open.set()
    assert await remote.wait(0) == 0
    network.go_down()
    network.cut()
    await until(lambda: not guest.link("alice").connected)
    with pytest.raises(RemoteTimeout, match="wait: not called within 3 s: there is no path"):
        await remote.with_options(timeout=3).wait(1)
    network.come_back()
    await until(lambda: guest.link("alice").connected)
    await asyncio.sleep(10)
    assert gate.began == 1


async def test_a_cancel_without_a_path_arrives_when_there_is_one(
    remote: Remote, gate: Gate, network: MemoryNetwork, guest: Page, serving: Link
) -> None:
    task = asyncio.create_task(remote.wait())
    await until(lambda: gate.began)
    network.cut()
    await until(lambda: not guest.link("alice").connected)
    task.cancel()
    await until(lambda: not running(serving) and not pending(guest.link("alice")))
    assert gate.ended == 0


# Pages that are reloaded


async def test_a_reload_of_the_page_that_serves_is_told_to_every_call(
    remote: Remote, gate: Gate, host: Page, guest: Page
) -> None:
    calls = [asyncio.create_task(remote.wait(number)) for number in range(20)]
    await until(lambda: gate.began == MAX_RUNNING)
    await host.reload()
    fresh = Gate(host.link("bob"))
    fresh.open.set()
    found = await asyncio.gather(*calls, return_exceptions=True)
    lost = [each for each in found if isinstance(each, RemoteLost)]
    assert len(lost) == MAX_RUNNING
    assert str(lost[0]) == "wait: the other page was reloaded meanwhile"
    assert found[MAX_RUNNING:] == list(range(MAX_RUNNING, 20))  # they had not been sent
    assert await remote.wait("again") == "again"
    assert pending(guest.link("alice")) == 0


async def test_a_stream_gives_what_had_come_before_the_reload(
    remote: Remote, serving: Link, host: Page
) -> None:
    @serving.serve
    async def count() -> AsyncIterator[int]:
        for number in range(3):
            yield number
        await asyncio.Event().wait()

    stream = aiter(remote.count())
    assert await anext(stream) == 0
    await until(lambda: stream._call and len(stream._call.items) == 2)
    await host.reload()
    assert [await anext(stream), await anext(stream)] == [1, 2]
    with pytest.raises(RemoteLost):
        await anext(stream)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_a_reload_of_the_page_that_calls_cancels_what_runs_for_it(
    remote: Remote, gate: Gate, guest: Page, serving: Link
) -> None:
    calls = [asyncio.create_task(remote.wait(number)) for number in range(MAX_RUNNING)]
    await until(lambda: gate.began == MAX_RUNNING)
    await guest.reload()
    await asyncio.gather(*calls, return_exceptions=True)
    await until(lambda: running(serving) == 0)
    gate.open.set()
    assert await guest.link("alice").remote.wait("new") == "new"
    assert gate.ended == 1


# The end of the Link


@pytest.mark.parametrize("closer", ["alice", "bob"])
async def test_the_end_of_the_link_is_told_to_every_call(
    remote: Remote, gate: Gate, host: Page, guest: Page, serving: Link, closer: str
) -> None:
    calls = [asyncio.create_task(remote.wait(number)) for number in range(20)]
    await until(lambda: gate.began == MAX_RUNNING)
    link = serving if closer == "alice" else guest.link("alice")
    await link.close()
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, LinkClosed) for each in found)
    await until(lambda: serving.state is LinkState.CLOSED and not running(serving))
    assert gate.ended == 0
    with pytest.raises(LinkClosed):
        await remote.wait()


async def test_nothing_can_be_called_before_the_first_meeting(host: Page) -> None:
    link = host.links.dial("nobody")
    link.serve(Gate(link).wait, name="other")  # but served
    with pytest.raises(LinkClosed, match="connecting"):
        await link.remote.wait()


async def test_nor_over_a_link_that_is_closed(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    await link.close()
    with pytest.raises(LinkClosed):
        await link.remote.wait()
    with pytest.raises(LinkClosed):
        link.serve(Gate.wait)


async def test_a_link_that_is_lost_says_so_and_when_it_is_back_what_was_called_goes_on(
    remote: Remote, gate: Gate, network: MemoryNetwork, guest: Page, serving: Link
) -> None:
    link = guest.link("alice")
    task = asyncio.create_task(remote.with_options(timeout=None).wait(1))
    late = asyncio.create_task(remote.with_options(timeout=None).wait(2))
    await until(lambda: gate.began == 2)
    network.go_down()
    network.cut()
    await until(lambda: LinkState.LOST is link.state is serving.state, 600)
    with pytest.raises(LinkClosed, match="out of reach"):
        await remote.wait(3)
    gate.open.set()  # it ends while nobody can be told
    late.cancel()
    await asyncio.sleep(10)
    network.come_back()
    serving.reconnect()
    link.reconnect()
    assert await task == 1
    await until(lambda: not pending(link) and not running(serving))


# Too many


async def test_so_many_run_and_the_others_wait_for_their_turn(remote: Remote, gate: Gate) -> None:
    calls = [asyncio.create_task(remote.wait(number)) for number in range(100)]
    await until(lambda: gate.began == MAX_RUNNING)
    calls[50].cancel()
    await asyncio.sleep(20)
    assert gate.began == MAX_RUNNING
    gate.open.set()
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert [each for each in found if isinstance(each, int)] == [
        number for number in range(100) if number != 50
    ]
    assert gate.ended == 99


async def test_the_wait_counts_against_the_limit(remote: Remote, gate: Gate) -> None:
    calls = [asyncio.create_task(remote.wait(number)) for number in range(MAX_RUNNING)]
    await until(lambda: gate.began == MAX_RUNNING)
    with pytest.raises(RemoteTimeout, match="not called within 3 s: 16 others have not ended"):
        await remote.with_options(timeout=3).wait()
    gate.open.set()
    assert await asyncio.gather(*calls) == list(range(MAX_RUNNING))
    assert await remote.wait(1) == 1
    assert gate.began == MAX_RUNNING + 1


async def test_a_bound_on_those_who_wait(remote: Remote, gate: Gate) -> None:
    calls = [
        asyncio.create_task(remote.wait(number)) for number in range(MAX_RUNNING + MAX_WAITING)
    ]
    await until(lambda: gate.began == MAX_RUNNING)
    with pytest.raises(RemoteBusy, match="wait: 1000 calls wait already"):
        await remote.wait()
    gate.open.set()
    assert await asyncio.gather(*calls) == list(range(MAX_RUNNING + MAX_WAITING))


async def test_large_arguments_and_results_take_their_turns(remote: Remote, gate: Gate) -> None:
    """More than the channel has room for at once."""
    gate.open.set()
    values = [bytes([number]) * 1_000_000 for number in range(30)]
    assert await asyncio.gather(*(remote.wait(value) for value in values)) == values


async def test_a_timer_that_is_early(
    remote: Remote, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser's timer may be early by less than it takes to set the next one, and Pyodide's loop
    refuses what CPython's calls soon.
    """
    loop = asyncio.get_running_loop()
    tick, call_at = 1e-6, loop.call_at

    def strict(when: float, *rest: Any, **context: Any) -> asyncio.TimerHandle:
        if when < loop.time() + tick / 2:
            raise ValueError("Can't schedule in the past")
        return call_at(when, *rest, **context)

    gate.open.set()
    await remote.wait()  # so that there is a path
    gate.open.clear()
    monkeypatch.setattr(remote._caller(), "_now", lambda: loop.time() - tick)
    monkeypatch.setattr(loop, "call_at", strict)
    with pytest.raises(RemoteTimeout, match="no answer within 2 s"):
        await remote.with_options(timeout=2).wait()


async def test_one_timer_for_all(remote: Remote, gate: Gate) -> None:
    """A shorter limit than the one that is waited for already is kept, too."""
    clock = asyncio.get_running_loop().time
    began = clock()
    slow = asyncio.create_task(remote.wait())
    await until(lambda: gate.began)
    with pytest.raises(RemoteTimeout):
        await remote.with_options(timeout=2).wait()
    assert clock() - began == pytest.approx(2)
    with pytest.raises(RemoteTimeout):
        await slow
    assert clock() - began == pytest.approx(30)


async def test_a_stream_that_is_forgotten_after_the_end_does_no_harm(
    remote: Remote, serving: Link, guest: Page
) -> None:
    @serving.serve
    async def forever() -> AsyncIterator[int]:
        yield 1
        await asyncio.Event().wait()

    stream = aiter(remote.forever())
    assert await anext(stream) == 1
    await guest.link("alice").close()
    del stream
    gc.collect()
    await soon(lambda: True)
