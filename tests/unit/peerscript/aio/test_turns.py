"""Work that never waits holds up nothing else for long."""

from __future__ import annotations

import asyncio
import time

import pytest

from peerscript.aio.turns import BUSY_FOR, Turns


async def test_others_run_when_it_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, others = 0.0, 0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    work = Turns()

    async def other() -> None:
        nonlocal others
        others += 1

    for step in range(1, 10):
        task = asyncio.create_task(other())
        now += BUSY_FOR * 0.6
        await work.give()
        assert others == step // 2 * 2
    await task
