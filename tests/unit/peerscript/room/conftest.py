"""A room in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from peerscript.testing import MemoryNetwork
from tests.unit.peerscript.room.halls import Hall


@pytest.fixture
async def hall(network: MemoryNetwork) -> AsyncIterator[Hall]:
    """At the end nothing has gone wrong unnoticed."""
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    hall = Hall(network)
    yield hall
    await hall.close()
    assert unhandled == []
