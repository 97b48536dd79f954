"""Dials that the other page refuses, or never hears of."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.errors import LinkRefused
from peerscript.link.link import Link
from peerscript.ports import Offer
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from peerscript.testing.broker import MemoryBroker
from tests.unit.peerscript.pages import Page

WRONG = "AAAAAAAAAAAAAAAAAAAAAA"  # a secret that no page has given out


async def refused(page: Page, secret: str | None) -> tuple[str, bool, Link]:
    """Why the page is not taken, whether the other side said so, and the Link."""
    link = page.links.dial("alice", secret)
    with pytest.raises(LinkRefused) as error:
        await link.wait_connected()
    assert link.state is LinkState.LOST
    assert link.error is error.value
    assert link.name == ""
    return error.value.reason, error.value.told, link


def network_hole(network: MemoryNetwork) -> object:
    """What a broker makes of an offer that it gives to nobody."""
    broker = MemoryBroker(network, "nobody", None, b"")  # type: ignore[arg-type]
    broker._reach = lambda *_: None  # type: ignore[method-assign]
    return broker.connect("nobody else", Offer("hole", None, "raw"))


def count_dials(page: Page) -> list[float]:
    """When the page dials from now on."""
    times: list[float] = []
    connect = page.peer.connect
    now = asyncio.get_running_loop().time

    def counted(*arguments: object, **options: object) -> object:
        times.append(now())
        return connect(*arguments, **options)  # type: ignore[arg-type]

    page.peer.connect = counted  # type: ignore[method-assign, assignment]
    return times
