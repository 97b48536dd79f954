"""Talks for tests: a deck of numbered slides on a presenter's page, phones and an audience."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import FilePayload, Frame, Locator, Page, expect

from actions import own_id
from harness import Browsers

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
LINK = re.compile(r"#[^.]+\.[^/]+/(?:slides|watch)$")
STAGE = 10_000  # in the units of the laser and the pen
# Notes when a slide is on the screen: painted, if not yet faded in.
NOTE_SHOWN = """() => {
  window.shown = [];
  Reveal.on("slidechanged", () => requestAnimationFrame(() => setTimeout(
    () => shown.push(performance.timeOrigin + performance.now()))));
}"""
SHOWN = """(count) => new Promise((resolve) => {
  const look = () => shown.length >= count ? resolve(shown) : requestAnimationFrame(look);
  look();
})"""
# Notes when a button was pressed, by the event's own time.
NOTE_PRESSED = """(id) => {
  window.pressed = [];
  document.getElementById(id).addEventListener(
    "click", (event) => pressed.push(performance.timeOrigin + event.timeStamp), true);
}"""


def deck(count: int = 12, name: str = "Slide") -> FilePayload:
    """A Markdown file of so many slides, each with its number and notes."""
    slides = (
        f"# {name} {number}\n\nText of {number}.\n\nNote:\nNotes of {name} {number}."
        for number in range(1, count + 1)
    )
    return file("talk.md", "\n\n---\n\n".join(slides).encode())


def file(name: str, content: bytes, type: str = "") -> FilePayload:
    """A file for a person to choose."""
    return {"name": name, "mimeType": type, "buffer": content}


def present(browsers: Browsers, shown: FilePayload | None = None, **options: Any) -> Page:
    """A page that presents a file; the deck of 12 slides if none is given."""
    page = browsers.ready(**{**DESKTOP, **options})
    choose(page, shown or deck())
    shows(page, 1)
    return page


def present_sample(page: Page) -> None:
    """Present the sample deck, as a person chooses it."""
    page.click("#slides-open")
    page.click("#slides-sample")


def choose(presenter: Page, shown: FilePayload) -> None:
    """Open a file, in place of the deck that is shown, if there is one."""
    presenter.set_input_files("#slides-file", [shown])


def link(presenter: Page, which: str = "#slides-link") -> str:
    """The fragment of one of the presenter's links."""
    expect(presenter.locator(which)).to_have_attribute("href", LINK)
    return "#" + str(presenter.locator(which).get_attribute("href")).partition("#")[2]


def remote(browsers: Browsers, presenter: Page, **options: Any) -> Page:
    """A phone that holds a remote."""
    page = browsers.ready(link(presenter), **{**PHONE, **options})
    holds(page, "remote")
    return page


def follower(browsers: Browsers, presenter: Page, **options: Any) -> Page:
    """Somebody's page that follows."""
    page = browsers.ready(link(presenter, "#slides-watch-link"), **{**PHONE, **options})
    holds(page, "follower")
    return page


def holds(page: Page, role: str) -> None:
    """Wait until a page has a role, and all of the deck."""
    expect(page.locator("#slides")).to_have_attribute("data-role", role)
    expect(page.locator("#slides-cover")).to_be_hidden()


def person(presenter: Page, page: Page) -> Locator:
    """Somebody in the presenter's list."""
    return presenter.locator(f"#slides-people > [data-peer-id='{own_id(page)}']")


def slide(page: Page) -> Locator:
    """The slide that is shown: the deck's frame stands in one of ours."""
    deck = page.frame_locator("#slides-frame").frame_locator("iframe")
    return deck.locator("section.present")


def heading(page: Page) -> Locator:
    """The heading of the slide that is shown."""
    return slide(page).locator("h1")


def shows(page: Page, number: int, name: str = "Slide") -> None:
    """Wait until a slide is on a page's screen."""
    expect(heading(page)).to_have_text(f"{name} {number}")


def stands(page: Page, number: int, total: int = 12) -> None:
    """Wait until a remote tells a slide's number, and shows that slide."""
    expect(page.locator("#remote-position")).to_have_text(f"{number} of {total}")
    shows(page, number)


def frame(page: Page) -> Frame:
    """The deck's frame."""
    [ours] = page.main_frame.child_frames
    [found] = ours.child_frames
    return found


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the stage is on the page; x and y from 0 to 1."""
    box = page.locator("#slides-stage").bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


@contextmanager
def options(phone: Page) -> Iterator[None]:
    """Have a remote's further options open."""
    phone.click("#remote-more")  # a tap so soon after `finger` would but stop its fling
    try:
        yield
    finally:
        phone.get_by_role("button", name="Done").click()
    expect(phone.locator("#remote-options")).to_be_hidden()


def set_target(phone: Page, minutes: int) -> None:
    """Say how long the talk may take."""
    with options(phone):
        phone.locator("#timer-target").fill(str(minutes))
        phone.locator("#timer-target").press("Enter")


@contextmanager
def finger(page: Page, *way: tuple[float, float]) -> Iterator[None]:
    """Put a finger on a page and draw it along a way; it is lifted after the block."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", way[0])
    for (x, y), (to_x, to_y) in itertools.pairwise(way):
        for part in range(1, 6):
            touch("touchMove", (x + (to_x - x) * part / 5, y + (to_y - y) * part / 5))
            page.evaluate("new Promise(requestAnimationFrame)")  # the page takes one place a frame
    yield
    touch("touchEnd")
    session.detach()


def lasers_place(page: Page) -> tuple[int, int] | None:
    """Where the laser's middle is painted, in 1/10000 of the stage; None if it is not shown."""
    found = page.evaluate(
        """() => {
          const laser = document.getElementById("slides-laser");
          if (getComputedStyle(laser).visibility === "hidden") return null;
          const box = laser.getBoundingClientRect();
          const stage = document.getElementById("slides-stage").getBoundingClientRect();
          return [(box.x + box.width / 2 - stage.x) / stage.width,
                  (box.y + box.height / 2 - stage.y) / stage.height];
        }"""
    )
    return None if found is None else (round(found[0] * STAGE), round(found[1] * STAGE))


ELAPSED = (  # seconds, as JavaScript: a test may look too late to see any one of them
    "document.getElementById('remote-timer').textContent.match(/[\\d:]+/)[0]"
    ".split(':').reduce((sum, part) => 60 * sum + Number(part), 0)"
)


def seconds(page: Page, which: str = "#remote-timer") -> int:
    """What the timer shows first: elapsed."""
    found = re.search(r"(?:(\d+):)?(\d+):(\d\d)", page.locator(which).inner_text())
    assert found
    hours, minutes, rest = (int(each or 0) for each in found.groups())
    return (hours * 60 + minutes) * 60 + rest
