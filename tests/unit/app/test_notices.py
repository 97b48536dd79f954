from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from app.notices import AT_MOST, LOOK_AGAIN, SHOWN_FOR, NoticeBoard


class View:
    """What stands on the page.

    Attributes:
        shown: the texts, by numbers.
        added: how often one was added.
        pointed_at: the text of which the pointer is on.
    """

    def __init__(self) -> None:
        self.shown: dict[int, str] = {}
        self.added = 0
        self.seen = True
        self.come_into_view: Callable[[], None] = lambda: None
        self.pointed_at = ""

    def on_seen(self, seen: Callable[[], None]) -> None:
        self.come_into_view = seen

    def show(self, number: int, text: str) -> None:
        self.shown[number] = text
        self.added += 1

    def is_pointed_at(self, number: int) -> bool:
        return self.shown[number] == self.pointed_at

    def remove(self, number: int) -> None:
        del self.shown[number]

    @property
    def texts(self) -> list[str]:
        return list(self.shown.values())

    def hide(self) -> None:
        self.seen = False

    def come_back(self) -> None:
        self.seen = True
        self.come_into_view()


@pytest.fixture
def view() -> View:
    return View()


@pytest.fixture
def board(view: View) -> NoticeBoard:
    return NoticeBoard(view)


async def test_a_notice_expires(view: View, board: NoticeBoard) -> None:
    board.problem("one")
    await asyncio.sleep(SHOWN_FOR / 2)
    board.problem("two")
    await asyncio.sleep(SHOWN_FOR / 2 - 1)
    assert view.texts == ["one", "two"]
    await asyncio.sleep(2)
    assert view.texts == ["two"]
    await asyncio.sleep(SHOWN_FOR / 2)
    assert view.texts == []


async def test_what_is_said_again_is_shown_once_and_as_long_as_if_it_were_new(
    view: View, board: NoticeBoard
) -> None:
    board.problem("one")
    await asyncio.sleep(SHOWN_FOR - 1)
    board.problem("one")
    assert (view.texts, view.added) == (["one"], 1)
    await asyncio.sleep(SHOWN_FOR - 1)
    assert view.texts == ["one"]
    await asyncio.sleep(2)
    assert view.texts == []


async def test_whoever_comes_back_sees_it_for_as_long(view: View, board: NoticeBoard) -> None:
    board.problem("one")
    view.hide()
    await asyncio.sleep(2 * SHOWN_FOR - 1)  # it was due, and would be again in a second
    assert view.texts == ["one"]
    view.come_back()
    await asyncio.sleep(SHOWN_FOR - 1)
    assert view.texts == ["one"]
    await asyncio.sleep(2)
    assert view.texts == []


async def test_one_that_is_pointed_at_does_not_go_from_under_the_pointer(
    view: View, board: NoticeBoard
) -> None:
    board.problem("one")
    view.pointed_at = "one"
    await asyncio.sleep(2 * SHOWN_FOR)
    assert view.texts == ["one"]
    view.pointed_at = ""
    await asyncio.sleep(LOOK_AGAIN)
    assert view.texts == []


async def test_notices_about_the_same_do_not_stack(view: View, board: NoticeBoard) -> None:
    board.problem("the first deck is no deck", about="deck")
    board.problem("offline", about="broker")
    board.problem("the second one is too large", about="deck")
    assert view.texts == ["offline", "the second one is too large"]
    board.problem("offline")  # nobody reads the same twice
    assert view.texts == ["the second one is too large", "offline"]
    board.settle("deck")
    assert view.texts == ["offline"]
    for number in range(AT_MOST):
        board.problem(f"another, {number}")
    assert view.texts == [f"another, {number}" for number in range(AT_MOST)]


async def test_what_is_over_or_dismissed_is_gone_for_good(view: View, board: NoticeBoard) -> None:
    board.problem("offline", about="broker")
    board.problem("no camera")
    board.settle("broker")
    board.dismiss(next(iter(view.shown)))
    assert view.texts == []
    board.problem("offline again", about="broker")  # the first one's time does not end it
    await asyncio.sleep(SHOWN_FOR - 1)
    assert view.texts == ["offline again"]


async def test_what_nothing_works_after_stays(view: View, board: NoticeBoard) -> None:
    board.problem("no WebRTC", about="failed", stays=True)
    view.come_back()
    await asyncio.sleep(10 * SHOWN_FOR)
    assert view.texts == ["no WebRTC"]
    board.settle("failed")
    assert view.texts == []
