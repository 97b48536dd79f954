"""Frames leave at once, and from a number on no faster than the other side takes them."""

from __future__ import annotations

import asyncio

from peerscript.link.pace import AT_ONCE, Pace


async def test_a_burst_leaves_at_once_and_the_rest_in_time() -> None:
    now = asyncio.get_running_loop().time
    began = now()
    pace = Pace(100, now)
    for _ in range(AT_ONCE):
        await pace.wait()
    assert now() == began
    for _ in range(200):
        await pace.wait()
    assert 1.5 < now() - began < 4.5
