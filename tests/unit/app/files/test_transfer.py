"""A transfer's states, speed and time left."""

from __future__ import annotations

from typing import Any

from app.files.transfer import Transfer, TransferState


class View:
    def __init__(self) -> None:
        self.shown = 0

    def show(self, transfer: Transfer) -> None:
        self.shown += 1

    def remove(self, key: str) -> None:
        raise NotImplementedError


async def of_a_kilobyte(apps: Any, source: Any, wait: Any, now: list[float]) -> Transfer:
    """A row of a file that was accepted; nothing of it is written yet."""
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer([source("name", bytes(1000))])
    await wait(lambda: bob.view.transfers)
    transfer = Transfer(
        alice.contact("bob"), alice.transfer.offer, 1, 0, View(), clock=lambda: now[0]
    )
    await bob.files.act(bob.transfer.key, "accept")
    await wait(lambda: alice.transfer.state is TransferState.ACTIVE)
    return transfer


def advance(transfer: Transfer, moved: int) -> None:
    transfer._file.moved += moved
    transfer.update()


async def test_speed_and_time_left(apps: Any, source: Any, wait: Any) -> None:
    now = [0.0]
    transfer = await of_a_kilobyte(apps, source, wait, now)
    assert transfer.speed == 0
    assert transfer.seconds_left is None
    transfer.update()
    for _ in range(10):
        now[0] += 1
        advance(transfer, 50)
    assert transfer.speed == 50
    assert transfer.seconds_left == 10


async def test_a_pause_does_not_count_for_the_speed(
    apps: Any, source: Any, wait: Any, part: Any, network: Any
) -> None:
    now = [0.0]
    transfer = await of_a_kilobyte(apps, source, wait, now)
    transfer.update()
    await part(*apps)
    transfer.update()
    assert transfer.state is TransferState.PAUSED
    now[0] += 1000
    network.release()
    await wait(lambda: apps[0].people.connected)
    transfer.update()
    now[0] += 1
    advance(transfer, 100)
    assert transfer.speed == 100


async def test_what_is_over_stays_as_it_is(apps: Any, source: Any, wait: Any) -> None:
    transfer = await of_a_kilobyte(apps, source, wait, [0.0])
    transfer.lose("because")
    transfer.update()
    transfer.lose("for another reason")
    assert transfer.over
    assert (transfer.state, transfer.problem) == (TransferState.FAILED, "because")
