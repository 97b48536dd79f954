"""A transfer's states, speed and time left."""

from __future__ import annotations

from app.contact import Contact
from app.transfer import Transfer, TransferState


class View:
    def __init__(self) -> None:
        self.shown = 0

    def show(self, transfer: Transfer) -> None:
        self.shown += 1


def test_speed_and_time_left() -> None:
    now = [0.0]
    view = View()
    file = ("name", 1000, "")
    transfer = Transfer(Contact("bob", ""), "out", 1, file, view, clock=lambda: now[0])
    assert transfer.speed == 0
    assert transfer.seconds_left is None
    transfer.move(TransferState.ACTIVE)
    for _ in range(10):
        now[0] += 1
        transfer.advance(transfer.moved + 50)
    assert transfer.speed == 50
    assert transfer.seconds_left == 10
    assert view.shown == 11


def test_what_is_over_stays_as_it_is() -> None:
    transfer = Transfer(Contact("bob", ""), "in", 1, ("name", 1, ""), View())
    transfer.move(TransferState.FAILED, "because")
    transfer.move(TransferState.ACTIVE)
    assert transfer.over
    assert (transfer.state, transfer.problem) == (TransferState.FAILED, "because")
