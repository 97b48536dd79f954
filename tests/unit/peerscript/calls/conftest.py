"""Two pages that know each other; Bob takes every call of Alice's, or does not."""

from __future__ import annotations

import pytest

from peerscript.link.link import Link
from tests.unit.peerscript.pages import Page


@pytest.fixture
async def alice(host: Page, guest: Page) -> Link:
    """Alice's Link to Bob."""
    return host.link("bob")


@pytest.fixture
async def bob(host: Page, guest: Page) -> Link:
    """Bob's Link to Alice."""
    return guest.link("alice")
