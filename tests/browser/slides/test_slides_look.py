"""How slides look on screens of all sizes, with real pages: a presenter, a remote, a follower.

`LOOK=folder nox -s browser -- -k look` keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from actions import eventually, own_id
from harness import served, watched
from look import OVERFLOW, Theme, axe, keep_picture
from presentations import (
    STAGE,
    finger,
    follower,
    lasers_place,
    options,
    place,
    present,
    remote,
    shows,
)

SIZES = [(320, 568), (390, 844), (844, 390), (1280, 800)]
SMALL = """(root) => [...document.querySelectorAll(
    `:is(${root}) :is(button, select, summary, input:not([type=radio], [type=checkbox]),
     label:has([type=radio], [type=checkbox]))`)]
  .filter((e) => e.checkVisibility({visibilityProperty: true}))
  .map((e) => [e.id || e.textContent.trim(), e.getBoundingClientRect()])
  .filter(([_, box]) => box.width && (box.height < 43.9 || box.width < 43.9))
  .map(([name, box]) => `${name}: ${Math.round(box.width)} × ${Math.round(box.height)}`)"""
Hall = dict[str, Page]


@pytest.fixture(scope="module")
def hall(playwright: Playwright, built: Path) -> Iterator[Hall]:
    """The three pages, and one of somebody whom they do not know."""
    with served(built) as site, watched(playwright, site) as browsers:
        presenter = present(browsers, has_touch=True)  # all is for fingers
        presenter.mouse.move(1, 1)
        options = {"is_mobile": False}  # so that a wide screen may be seen, too
        yield {
            "presenter": presenter,
            "remote": remote(browsers, presenter, **options),
            "follower": follower(browsers, presenter, **options),
            "stranger": browsers.ready(),
        }


def open_tab(page: Page, name: str) -> None:
    page.locator(f"#tabs [value={name}]").check(force=True)


def looks_good(page: Page, root: str) -> None:
    """Nothing is cut off, too small for a finger, or found by axe."""
    eventually(page, "document.getAnimations().every((each) => each.playState !== 'running')")
    cut = [f"sticks out: {found}" for found in page.evaluate(OVERFLOW)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        cut.append("scrolls sideways")
    small = [f"small: {found}" for found in page.evaluate(SMALL, root)]
    problems = [*cut, *small, *axe(page)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("role", ["presenter", "remote", "follower"])
def test_look(hall: Hall, role: str, width: int, height: int, theme: Theme) -> None:
    page = hall[role]
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": height})
    shows(page, 1)
    keep_picture(page, f"slides-{role}-{width}-{theme}")
    looks_good(page, "#slides, #tabs")
    stage = page.locator("#slides-stage").bounding_box()
    assert stage
    assert stage["width"] / stage["height"] == pytest.approx(16 / 9, rel=0.02)


def test_the_speaker_view(hall: Hall) -> None:
    page = hall["presenter"]
    page.set_viewport_size({"width": 1280, "height": 800})
    with page.expect_popup() as opened:
        page.click("#slides-speaker")
    speaker = opened.value
    heading = "#{} > iframe"
    for id, number in (("speaker-now", 1), ("speaker-next", 2)):
        deck = speaker.frame_locator(heading.format(id)).frame_locator("iframe")
        expect(deck.locator("section.present h1")).to_have_text(f"Slide {number}")
    expect(speaker.locator("#speaker-notes")).to_have_text("Notes of Slide 1.")
    for theme in ("light", "dark"):
        speaker.emulate_media(color_scheme=theme, reduced_motion="reduce")
        keep_picture(speaker, f"speaker-{theme}")
        looks_good(speaker, "#speaker")
    speaker.click("#speaker-start")
    expect(speaker.locator("#speaker-timer")).not_to_have_text("0:00")
    speaker.keyboard.press("PageDown")
    shows(page, 2)
    expect(speaker.locator("#speaker-position")).to_have_text("2 of 12")
    expect(deck.locator("section.present h1")).to_have_text("Slide 3")
    speaker.click("#speaker-back")
    shows(page, 1)
    speaker.click("#speaker-start")
    speaker.click("#speaker-reset")
    speaker.close()


def test_a_speaker_view_that_the_browser_blocks(hall: Hall) -> None:
    page = hall["presenter"]
    page.evaluate("void (window.opens = window.open, window.open = () => null)")
    page.click("#slides-speaker")
    notice = page.locator(".notice")
    expect(notice).to_contain_text("Allow pop-up windows")
    page.evaluate("void (window.open = window.opens)")
    notice.get_by_role("button").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_is_to_be_presented(hall: Hall, width: int, height: int, theme: Theme) -> None:
    page = hall["presenter"]
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": height})
    page.locator("#slides-another").evaluate("(button) => button.click()")
    expect(page.locator("#recent-decks > li")).to_have_count(1)
    keep_picture(page, f"chooser-{width}-{theme}")
    looks_good(page, "#chooser")
    page.locator("#chooser-cancel").click()


def test_a_presenter_on_a_phone_scrolls_to_all_of_it(hall: Hall) -> None:
    page = hall["presenter"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#slides-position").hover()
    page.mouse.wheel(0, 5_000)
    expect(page.get_by_text("Another deck")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_thumb_finds_next(hall: Hall, width: int, height: int) -> None:
    page = hall["remote"]
    page.set_viewport_size({"width": width, "height": height})
    lefts = []
    for left_handed in (True, False):
        with options(page):
            page.locator("#left-handed").set_checked(left_handed)
        box = page.locator("#remote-next").bounding_box()
        assert box
        assert box["height"] >= 96
        assert box["y"] + box["height"] / 2 >= height / 2
        assert box["y"] + box["height"] <= height
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        lefts.append(box["x"])
        assert page.evaluate(OVERFLOW) == []
    if width > height:
        assert lefts[0] < lefts[1]
    notes = page.locator("#remote-notes").bounding_box()
    assert notes
    assert notes["height"] >= 40
    expect(page.locator("#remote-notes")).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_options_fit(hall: Hall, width: int, height: int) -> None:
    page = hall["remote"]
    page.set_viewport_size({"width": width, "height": height})
    with options(page):
        keep_picture(page, f"slides-options-{width}")
        looks_good(page, "#remote-options")


def test_somebody_who_asks_takes_no_space_from_a_remote(hall: Hall) -> None:
    page, stranger = hall["remote"], hall["stranger"]
    page.set_viewport_size({"width": 390, "height": 844})
    stranger.fill("#remote-id", own_id(page))
    stranger.click("#connect")
    expect(page.locator("#peers > [data-state=asking]")).to_have_count(1)
    open_tab(page, "people")
    expect(page.locator("#people")).to_be_visible()
    open_tab(page, "slides")
    expect(page.locator("#people")).to_be_hidden()
    stranger.click("#peers [data-action=close]")
    expect(page.locator("#peers > [data-state=asking]")).to_have_count(0)


@pytest.mark.parametrize("role", ["presenter", "remote", "follower"])
def test_a_phone_on_its_side_shows_the_tab_that_was_chosen(hall: Hall, role: str) -> None:
    page = hall[role]
    page.set_viewport_size({"width": 844, "height": 390})
    open_tab(page, "chat")
    expect(page.locator("#slides")).to_be_hidden()
    expect(page.locator("#chat")).to_be_visible()
    open_tab(page, "slides")
    expect(page.locator("#slides")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_laser_is_at_the_same_place_on_every_screen(
    hall: Hall, width: int, height: int
) -> None:
    screens = [hall["presenter"], hall["follower"]]
    for page in screens:
        page.set_viewport_size({"width": width, "height": height})
    phone = hall["remote"]
    phone.set_viewport_size({"width": 390, "height": 844})
    with finger(phone, place(phone, 0.5, 0.5), place(phone, 0.25, 0.75)):
        for page in (phone, *screens):
            expect(page.locator("#slides-laser")).to_have_css("visibility", "visible")
            expect(page.locator("#slides-laser")).to_have_attribute("cx", "2500")
            x, y = lasers_place(page) or (0, 0)
            assert abs(x - 0.25 * STAGE) <= 0.005 * STAGE
            assert abs(y - 0.75 * STAGE) <= 0.005 * STAGE
    for page in (phone, *screens):
        expect(page.locator("#slides-laser")).to_have_css("visibility", "hidden")
