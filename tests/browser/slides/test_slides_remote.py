"""A phone turns the slides on another screen: every control, and how soon it is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page, Playwright, expect

from actions import eventually, wait_connected, wait_ready
from harness import Browsers, served, watched
from presentations import (
    ELAPSED,
    NOTE_PRESSED,
    NOTE_SHOWN,
    SHOWN,
    STAGE,
    choose,
    deck,
    finger,
    frame,
    holds,
    lasers_place,
    options,
    place,
    present,
    remote,
    seconds,
    set_target,
    shows,
    stands,
)

GOAL = 0.150  # seconds from the press to the slide, in the middle of all; the issue's own
TURNS = 40
NOTE_TICKS = """window.ticks = [];
navigator.vibrate = (pattern) => { ticks.push(pattern); return true; };"""
NOTE_LOCKS = """window.locks = [];
navigator.wakeLock.request = async (type) => {
  const lock = Object.assign(new EventTarget(), {type, released: false, release: async () => {
    lock.released = true; lock.dispatchEvent(new Event("release")); }});
  locks.push(lock);
  return lock;
};"""


@pytest.fixture(scope="module")
def hall(playwright: Playwright, built: Path) -> Iterator[tuple[Browsers, Page, Page]]:
    """A presenter, and the phone with its remote, for all tests here."""
    with served(built) as site, watched(playwright, site) as browsers:
        presenter = present(browsers)
        yield browsers, presenter, remote(browsers, presenter)


@pytest.fixture
def pair(hall: tuple[Browsers, Page, Page]) -> tuple[Page, Page]:
    """Both pages, at the first slide."""
    _, presenter, phone = hall
    phone.locator("#remote-goto").select_option(index=0)
    both((presenter, phone), 1)
    return presenter, phone


def both(pair: tuple[Page, Page], number: int) -> None:
    """Both pages show that slide, and the phone says so."""
    presenter, phone = pair
    shows(presenter, number)
    stands(phone, number)


def test_turning(pair: tuple[Page, Page]) -> None:
    presenter, phone = pair
    expect(phone.locator("#remote-upcoming")).to_contain_text("Slide 2")
    expect(phone.locator("#remote-notes")).to_contain_text("Notes of Slide 1.")
    assert "Notes of" not in presenter.locator("body").inner_text()

    phone.tap("#remote-next")
    both(pair, 2)
    expect(phone.locator("#remote-notes")).to_have_text("Notes of Slide 2.")
    expect(phone.locator("#remote-upcoming")).to_contain_text("Slide 3")
    phone.tap("#remote-next")
    both(pair, 3)
    phone.tap("#remote-prev")
    both(pair, 2)
    phone.locator("#remote-goto").select_option(label="12 · Slide 12")
    both(pair, 12)
    expect(phone.locator("#remote-upcoming")).to_have_text("This is the last slide")
    phone.locator("#remote-goto").select_option(index=4)
    both(pair, 5)

    for key, number in (("ArrowRight", 6), ("PageDown", 7), ("PageUp", 6), ("ArrowLeft", 5)):
        phone.locator("#slides-stage").press(key)
        both(pair, number)
    phone.locator("#slides-stage").press("Space")
    both(pair, 6)

    for start, end, number in (((0.8, 0.5), (0.2, 0.5), 7), ((0.2, 0.5), (0.8, 0.5), 6)):
        swipe(phone, start, end)
        both(pair, number)
    swipe(phone, (0.5, 0.2), (0.5, 0.8))  # scrolls, and turns nothing
    phone.click("#remote-next")  # a tap so soon would but stop its fling
    both(pair, 7)


def swipe(phone: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a finger over the notes; from 0 to 1."""
    box = phone.locator("#remote-notes").bounding_box()
    assert box
    ends = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    with finger(phone, *ends):
        pass


def test_the_presenters_own_keys_and_buttons_move_the_phone(pair: tuple[Page, Page]) -> None:
    presenter, phone = pair
    presenter.locator("#slides-stage").press("ArrowRight")
    both(pair, 2)
    presenter.locator("#slides-stage").press("PageDown")
    both(pair, 3)
    frame(presenter).locator("section.present h1").click()  # the deck itself has the keys now
    presenter.keyboard.press("ArrowRight")
    both(pair, 4)
    presenter.click("#slides-prev")
    both(pair, 3)
    presenter.click("#slides-next")
    both(pair, 4)
    expect(presenter.locator("#slides-position")).to_contain_text("4 of 12")
    presenter.click("#slides-blackout")
    expect(phone.locator("#remote-black")).to_have_attribute("aria-pressed", "true")
    expect(presenter.locator("#slides-black")).to_be_visible()
    phone.tap("#remote-black")
    expect(presenter.locator("#slides-blackout")).to_have_attribute("aria-pressed", "false")
    expect(presenter.locator("#slides-black")).to_be_hidden()


def test_blackout(pair: tuple[Page, Page]) -> None:
    presenter, phone = pair
    for pressed in ("true", "false"):
        phone.tap("#remote-black")
        for page in pair:
            expect(page.locator("#slides-black")).to_be_visible(visible=pressed == "true")
        expect(phone.locator("#remote-black")).to_have_attribute("aria-pressed", pressed)
        expect(presenter.locator("#slides-blackout")).to_have_attribute("aria-pressed", pressed)


def test_the_timer_is_everybodys(hall: tuple[Browsers, Page, Page]) -> None:
    browsers, presenter, phone = hall
    other = remote(browsers, presenter)
    for page in (phone, other):
        assert seconds(page) == 0
        expect(page.locator("#timer-start")).to_have_text("Start")
    phone.tap("#timer-start")
    for page in (phone, other):
        expect(page.locator("#timer-start")).to_have_text("Pause")
        eventually(page, f"{ELAPSED} >= 2")
    other.tap("#timer-start")
    for page in (phone, other):
        expect(page.locator("#timer-start")).to_have_text("Start")
    stopped_at = seconds(phone)
    assert stopped_at >= 2
    assert seconds(other) == stopped_at
    set_target(phone, 15)
    for page in (phone, other):
        expect(page.locator("#remote-timer")).to_contain_text(" 14:")
    with options(phone):
        phone.tap("#timer-reset")
    for page in (phone, other):
        expect(page.locator("#remote-timer")).to_contain_text("15:00")
        assert seconds(page) == 0
    other.close()


def test_the_laser_is_where_the_finger_is(pair: tuple[Page, Page]) -> None:
    presenter, phone = pair
    phone.locator("#tool-laser").check(force=True)
    assert lasers_place(presenter) is None
    with finger(phone, place(phone, 0.2, 0.3), place(phone, 0.7, 0.6)):
        for page in pair:
            eventually(page, "document.getElementById('slides-laser').cx.baseVal.value > 6900")
            x, y = lasers_place(page) or (0, 0)
            assert abs(x - 0.7 * STAGE) < 0.005 * STAGE
            assert abs(y - 0.6 * STAGE) < 0.005 * STAGE
    for page in pair:
        expect(page.locator("#slides-laser")).to_be_hidden()
    both(pair, 1)  # it was no swipe


def test_the_pen_draws_and_is_wiped(pair: tuple[Page, Page]) -> None:
    presenter, phone = pair
    phone.locator("#tool-pen").check(force=True)
    for count, start in ((1, 0.2), (2, 0.5)):
        with finger(phone, place(phone, start, 0.2), place(phone, start + 0.3, 0.8)):
            pass
        for page in pair:
            expect(page.locator("#slides-strokes > *")).to_have_count(count)
    whole = re.compile(r" (79|80)\d\d,(79|80)\d\d$")  # to where the finger was lifted
    for page in pair:
        expect(page.locator("#slides-strokes > *").last).to_have_attribute("points", whole)
    drawn = str(phone.locator("#slides-strokes > *").last.get_attribute("points"))
    expect(presenter.locator("#slides-strokes > *").last).to_have_attribute("points", drawn)
    points = [[int(each) for each in point.split(",")] for point in drawn.split()]
    assert len(points) > 2
    for point, wanted in ((points[0], (0.5, 0.2)), (points[-1], (0.8, 0.8))):
        assert all(abs(a - b * STAGE) < 0.01 * STAGE for a, b in zip(point, wanted, strict=True))
    expect(presenter.locator("#slides-laser")).to_be_hidden()
    with options(phone):
        phone.click("#remote-wipe")
    for page in pair:
        expect(page.locator("#slides-strokes > *")).to_have_count(0)
    with finger(phone, place(phone, 0.4, 0.4), place(phone, 0.6, 0.6)):
        pass
    expect(presenter.locator("#slides-strokes > *")).to_have_count(1)
    phone.click("#remote-next")
    for page in pair:  # what is drawn belongs to a slide
        expect(page.locator("#slides-strokes > *")).to_have_count(0)


def test_it_is_as_its_holder_likes_it(
    hall: tuple[Browsers, Page, Page], pair: tuple[Page, Page]
) -> None:
    browsers, presenter, _ = hall
    phone = browsers.page(viewport={"width": 844, "height": 390}, has_touch=True, is_mobile=True)
    phone.add_init_script(NOTE_TICKS + NOTE_LOCKS)
    phone.goto(str(presenter.locator("#slides-link").get_attribute("href")))
    wait_ready(phone)
    holds(phone, "remote")
    has_notes(phone)
    size = "parseFloat(getComputedStyle(document.getElementById('remote-notes')).fontSize)"
    before = phone.evaluate(size)
    right_handed = phone.locator("#remote-next").bounding_box()
    with options(phone):
        phone.tap("#notes-larger")
        phone.locator("#left-handed").check()
    larger = phone.evaluate(size)
    assert larger > before
    left_handed = phone.locator("#remote-next").bounding_box()
    assert right_handed
    assert left_handed
    assert left_handed["x"] < right_handed["x"]
    phone.tap("#remote-next")
    stands(phone, 2)
    eventually(phone, "ticks.join() === '10'")
    assert phone.evaluate("locks.filter((lock) => !lock.released).length") == 1
    phone.evaluate(
        "locks.forEach((lock) => lock.release());"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    eventually(phone, "locks.filter((lock) => !lock.released).length === 1")

    phone.reload()
    wait_connected(phone)
    stands(phone, 2)
    has_notes(phone)
    assert phone.evaluate(size) == larger
    expect(phone.locator("#left-handed")).to_be_checked()
    assert phone.locator("#remote-next").bounding_box() == left_handed
    with options(phone):
        phone.tap("#notes-smaller")
    assert phone.evaluate(size) == before
    phone.close()


def has_notes(phone: Page) -> None:
    """They come after the slides; what stands there until then is smaller."""
    expect(phone.locator("#remote-notes")).to_contain_text("Notes of")


@pytest.mark.alone
def test_from_the_press_to_the_slide(pair: tuple[Page, Page]) -> None:
    presenter, phone = pair
    choose(presenter, deck(TURNS + 1, "Turn"))
    for page in pair:
        shows(page, 1, "Turn")
    frame(presenter).evaluate(NOTE_SHOWN)
    phone.evaluate(NOTE_PRESSED, "remote-next")
    for number in range(1, TURNS + 1):
        phone.tap("#remote-next")
        for page in pair:
            shows(page, number + 1, "Turn")
        frame(presenter).evaluate(SHOWN, number)
    pressed, shown = phone.evaluate("pressed"), frame(presenter).evaluate("shown")
    took = sorted((after - before) / 1000 for before, after in zip(pressed, shown, strict=True))
    print(f"press to slide: {median(took):.3f} s at the median, {took[-1]:.3f} s the slowest")
    assert took[0] > 0
    assert median(took) < GOAL
