"""Pages that call each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from peerscript.testing import MemoryNetwork
from tests.unit.peerscript.mesh.callers import Caller

Open = Callable[..., Awaitable[list[Caller]]]


@pytest.fixture
async def callers(network: MemoryNetwork) -> AsyncIterator[Open]:
    """Open pages. At the end nothing has gone wrong unnoticed in any of them."""
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    opened: list[Caller] = []

    async def open_all(*ids: str) -> list[Caller]:
        some = [Caller(network, each) for each in ids]
        for caller in some:
            await caller.load()
        opened.extend(some)
        return some

    yield open_all
    for caller in opened:
        if caller.open:
            await caller.unload()
    assert unhandled == []
