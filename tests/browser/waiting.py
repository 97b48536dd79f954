"""Waiting for what no event tells of."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page

EVERY = 50  # milliseconds from one look to the next


def until(page: Page, came: Callable[[], object], otherwise: str, within: float = 30.0) -> None:
    """Wait until something has come, during which a page's events are heard.

    Args:
        otherwise: what is the matter if it does not come.
        within: seconds.
    """
    deadline = time.monotonic() + within
    while not came():
        assert time.monotonic() < deadline, otherwise
        page.wait_for_timeout(EVERY)
