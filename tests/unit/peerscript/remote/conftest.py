"""Two pages that know each other; one serves, the other calls."""

from __future__ import annotations

import pytest

from peerscript.link.link import Link
from peerscript.remote import Remote
from tests.unit.peerscript.pages import Page


@pytest.fixture
async def serving(host: Page, guest: Page) -> Link:
    """Alice's Link to Bob, on which she serves."""
    return host.link("bob")


@pytest.fixture
async def remote(guest: Page, serving: Link) -> Remote:
    """Alice's functions, as Bob has them."""
    return guest.link("alice").remote


def running(link: Link) -> int:
    """How many functions run for the other page."""
    return len(link._functions().callee._running)


def pending(link: Link) -> int:
    """How many calls of the other page have not ended."""
    return len(link._functions().caller._calls)
