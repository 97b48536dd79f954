"""A transfer's states, speed and time left."""

from __future__ import annotations

from typing import Any

from app.files.channels import FileChannels
from app.files.transfer import Transfer, TransferState


class View:
    def __init__(self) -> None:
        self.shown = 0

    def show(self, transfer: Transfer) -> None:
        self.shown += 1

    def remove(self, key: str) -> None:
        raise NotImplementedError


def of_a_kilobyte(apps: Any, now: list[float]) -> tuple[Transfer, View]:
    view = View()
    channels = FileChannels(apps[0].contact("bob"))
    return Transfer(channels, "out", 1, ("name", 1000, ""), view, clock=lambda: now[0]), view


async def test_speed_and_time_left(apps: Any) -> None:
    now = [0.0]
    transfer, view = of_a_kilobyte(apps, now)
    assert transfer.speed == 0
    assert transfer.seconds_left is None
    transfer.start_or_pause()
    for _ in range(10):
        now[0] += 1
        transfer.advance(transfer.moved + 50)
    assert transfer.speed == 50
    assert transfer.seconds_left == 10
    assert view.shown == 11


async def test_a_pause_does_not_count_for_the_speed(apps: Any, part: Any, network: Any) -> None:
    now = [0.0]
    transfer, _ = of_a_kilobyte(apps, now)
    transfer.start_or_pause()
    await part(*apps)
    transfer.start_or_pause()
    assert transfer.state is TransferState.PAUSED
    now[0] += 1000
    network.release()
    transfer.move(TransferState.ACTIVE)
    now[0] += 1
    transfer.advance(100)
    assert transfer.speed == 100


async def test_what_is_over_stays_as_it_is(apps: Any) -> None:
    transfer, _ = of_a_kilobyte(apps, [0.0])
    transfer.move(TransferState.FAILED, "because")
    transfer.start_or_pause()
    transfer.lose("for another reason")
    assert transfer.over
    assert (transfer.state, transfer.problem) == (TransferState.FAILED, "because")
