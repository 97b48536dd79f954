"""A card shows what becomes of its transfer, and not too often."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.transfer import TransferState
from tests.unit.app.files.between import accepted, is_whole, offered

CONTENT = bytes(range(256)) * 40_000  # 10 MB: more than the window


@pytest.mark.parametrize("cancels", [0, 1])
async def test_cancelled(apps: Any, wait: Any, source: Any, cancels: int) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    await accepted(alice, bob, source("x", CONTENT), wait)
    one, other = apps[cancels], apps[1 - cancels]
    await one.files.act(one.transfer.key, "cancel")
    await wait(lambda: other.transfer.over)
    bob.store.gate.set()
    assert one.transfer.problem == "Cancelled."
    assert other.transfer.problem == f"{one.name}: Cancelled."
    assert other.transfer.state is TransferState.CANCELLED
    assert bob.store.whole == {}


@pytest.mark.parametrize("pauses", [0, 1])
async def test_paused_and_resumed(apps: Any, wait: Any, source: Any, pauses: int) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    await accepted(alice, bob, source("x", CONTENT), wait)
    one, other = apps[pauses], apps[1 - pauses]
    await one.files.act(one.transfer.key, "pause")
    await wait(lambda: other.transfer.state is TransferState.PAUSED)
    assert one.transfer.state is TransferState.PAUSED
    assert (one.transfer.paused_by, other.transfer.paused_by) == (["you"], [one.name])
    bob.store.gate.set()
    await one.files.act(one.transfer.key, "resume")
    await wait(lambda: alice.transfer.state is bob.transfer.state is TransferState.DONE)
    assert is_whole(bob, "x", CONTENT)


async def test_a_card_is_drawn_five_times_a_second_at_most(
    apps: Any, source: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.files.following.PAUSE", 0.2)
    alice, bob = apps
    await offered(alice, bob, source("x", CONTENT), wait)
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: alice.transfer.over and bob.transfer.over)
    for app in apps:
        assert len(app.view.steps[app.transfer.key]) < 10  # of a hundred changes
