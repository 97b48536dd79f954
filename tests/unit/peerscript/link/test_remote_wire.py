"""The channel of remote functions is one like others: of its own name, and read at once."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.protocol.link.channels import Mode
from peerscript.protocol.remote.messages import CHANNEL
from tests.clock import until
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
