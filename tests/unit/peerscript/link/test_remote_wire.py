"""The channel of remote functions is one like others: of its own name, and read at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from peerscript.errors import MessageTooBig, RemoteError, RemoteTimeout, SerializationError
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.remote.messages import CHANNEL, MAX_VALUE
from tests.clock import until
from tests.unit.peerscript import javascript
from tests.unit.peerscript.pages import Page


async def test_it_is_opened_when_it_is_first_used(host: Page, guest: Page) -> None:
    link = guest.link("alice")
    assert CHANNEL not in link._session._channels._open
    assert link.remote.add
    assert CHANNEL not in link._session._channels._open

    @link.serve
    async def add(a: int) -> int:
        return a

    assert link._session._channels._open[CHANNEL].mode is Mode.RELIABLE
    assert await host.link("bob").remote.add(1) == 1


async def test_nobody_else_gets_it(guest: Page) -> None:
    link = guest.link("alice")
    link.channel("remote")
    link._functions()
    with pytest.raises(ValueError, match="open already"):
        link.channel(CHANNEL, kept=False)


async def test_what_has_come_is_confirmed_though_no_task_reads(host: Page, guest: Page) -> None:
    link = guest.link("alice")

    @host.link("bob").serve
    async def size(value: bytes) -> int:
        return len(value)

    for _ in range(20):
        assert await link.remote.size(bytes(900_000)) == 900_000
    lane = link._session._channels._open[CHANNEL]._lane
    await until(lambda: lane.waiting == 0)
    await asyncio.sleep(1)
    assert host.link("bob").connected


@pytest.mark.usefixtures("in_a_page")
async def test_javascripts_bytes_arrive_in_both_directions(host: Page, guest: Page) -> None:
    given: list[Any] = [javascript.array(b"a"), {"f": javascript.File(b"b")}, [javascript.null]]
    got: list[Any] = []

    @host.link("bob").serve
    async def swap(*values: Any) -> Any:
        got.extend(values)
        return given

    @host.link("bob").serve
    async def each() -> AsyncIterator[Any]:
        for value in given:
            yield value

    remote = guest.link("alice").remote
    arrives = [b"a", {"f": b"b"}, [None]]
    assert await remote.swap(*given) == arrives
    assert got == arrives
    assert [value async for value in remote.each()] == arrives


@pytest.mark.usefixtures("in_a_page")
async def test_what_no_call_carries_is_named(host: Page, guest: Page) -> None:
    broken = javascript.File(b"ab")
    broken.error = OSError("NotReadableError: gone")

    @host.link("bob").serve
    async def give() -> Any:
        return broken

    remote = guest.link("alice").remote
    for value, error, words in (
        (javascript.a_map, SerializationError, r"arguments\[0\]: a JavaScript Map .* \.to_py"),
        (broken, SerializationError, r"arguments\[0\]: a JavaScript File cannot be read"),
        (javascript.File(b"", MAX_VALUE + 1), MessageTooBig, "arguments: 1048577 bytes"),
    ):
        with pytest.raises(error, match=words):
            await remote.give(value)
    with pytest.raises(RemoteError, match="result: a JavaScript File cannot be read"):
        await remote.give()


@pytest.mark.usefixtures("in_a_page")
async def test_a_call_is_cancelled_while_a_file_is_read(host: Page, guest: Page) -> None:
    file = javascript.File(b"ab")
    file.readable.clear()

    @host.link("bob").serve
    async def give(value: Any = None) -> Any:
        return file

    remote = guest.link("alice").remote.with_options(timeout=1)
    with pytest.raises(RemoteTimeout):
        await remote.give()
    calling = asyncio.ensure_future(remote.give(file))
    await asyncio.sleep(0.5)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    callee = host.link("bob")._functions().callee
    await until(lambda: len(callee._running) == 0)
