"""A message is sent when that is possible, or when it is not wanted any more, not at all."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.errors import LinkClosed, NoSuchChannel, OutboxFull
from peerscript.protocol.remote.messages import Cancel, RemoteMessage
from peerscript.remote.wire import deliver
from tests.clock import soon


class Stubborn:
    """A wire that refuses a number of times."""

    is_open = True

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.sent: list[RemoteMessage] = []
        self.wake = asyncio.Event()

    def begin(self) -> None: ...

    async def opened(self) -> None: ...

    async def change(self) -> None:
        await self.wake.wait()
        self.wake.clear()

    def send_nowait(self, message: RemoteMessage) -> None:
        if self.refusals:
            raise self.refusals.pop()
        self.sent.append(message)

    async def pack(self, value: object, what: str) -> bytes:
        return b""


async def test_it_is_tried_again_at_each_change() -> None:
    wire = Stubborn(OutboxFull(""), LinkClosed(""), NoSuchChannel(""))
    task = asyncio.ensure_future(deliver(wire, Cancel(1), lambda: True))
    for left in (2, 1, 0):
        await soon(lambda left=left: len(wire.refusals) == left)  # type: ignore[misc]
        assert not wire.sent
        wire.wake.set()
    await task
    assert wire.sent == [Cancel(1)]


async def test_until_nobody_wants_it() -> None:
    wire, wanted = Stubborn(OutboxFull("")), [True]
    task = asyncio.ensure_future(deliver(wire, Cancel(1), lambda: bool(wanted)))
    await soon(lambda: not wire.refusals)
    wanted.clear()
    wire.wake.set()
    await task
    assert not wire.sent


async def test_other_errors_are_bugs() -> None:
    with pytest.raises(ZeroDivisionError):
        await deliver(Stubborn(ZeroDivisionError()), Cancel(1), lambda: True)
