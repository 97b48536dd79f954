"""A newer version is told, and taken in the middle of nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from app.tasks import Tasks
from app.versions import LOOK, Versions
from tests.clock import until
from tests.unit.app.notices import Notices


class Host:
    def __init__(self) -> None:
        self.newer: Callable[[], None] = lambda: None
        self.looks = 0
        self.taken = 0

    async def keep(self, newer: Callable[[], None]) -> None:
        self.newer = newer

    async def look(self) -> None:
        self.looks += 1

    def take(self) -> None:
        self.taken += 1


class Page:
    """What the page shows, and what its person does."""

    def __init__(self, tasks: Tasks) -> None:
        self.host = Host()
        self.shown: tuple[str, bool] | None = None
        self.doing = ""
        self.versions = Versions(self.host, self, lambda: self.doing, tasks)

    def show(self, words: str, *, can_take: bool) -> None:
        self.shown = (words, can_take)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    tasks = Tasks(Notices())
    page = Page(tasks)
    tasks.start(page.versions.follow())
    await asyncio.sleep(0.1)
    yield page
    await tasks.close()


async def test_it_is_looked_for_as_long_as_the_page_is_open(page: Page) -> None:
    assert page.host.looks == 0
    await asyncio.sleep(3 * LOOK + 1)
    assert page.host.looks == 3
    assert page.shown is None


async def test_it_is_offered_and_taken(page: Page) -> None:
    page.host.newer()
    await until(lambda: page.shown is not None)
    assert page.shown == ("A new version of this page is there.", True)
    page.versions.take()
    assert page.host.taken == 1


async def test_it_waits_until_nothing_is_going_on(page: Page) -> None:
    page.doing = "the call is over"
    page.host.newer()
    page.host.newer()  # two of them are as one
    await until(lambda: page.shown is not None)
    words, can_take = page.shown or ("", True)
    assert words.endswith("It can be taken once the call is over.")
    assert not can_take
    page.versions.take()
    assert page.host.taken == 0
    page.doing = ""
    await until(lambda: bool(page.shown and page.shown[1]))
    page.doing = "the transfer is over"  # between the offer and the press
    page.versions.take()
    assert page.host.taken == 0
    assert page.shown == (
        "A new version of this page is there. It can be taken once the transfer is over.",
        False,
    )
