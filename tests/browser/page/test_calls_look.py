"""How calls look in each of their states, on a phone held either way and on a desktop.

`LOOK=folder nox -s browser -- -k calls_look` keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, ViewportSize, expect

from actions import (
    call,
    eventually,
    in_call,
    invite,
    own_id,
    say,
    sees_moving_picture,
    wait_connected,
)
from harness import Browsers, served, watched
from look import OVERFLOW, Theme, axe, keep_picture
from presentations import present_sample
from recognizer import RECOGNIZER

VIEWS: list[tuple[int, int, Theme]] = [
    (390, 844, "dark"),
    (390, 844, "light"),
    (844, 390, "light"),
    (360, 640, "light"),
    (1280, 800, "light"),
    (1280, 800, "dark"),
]
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
State = Callable[[list[Page]], AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def pages(playwright: Playwright, built: Path) -> Iterator[list[Page]]:
    """A host, and two guests of theirs."""
    with served(built) as site, watched(playwright, site) as browsers:
        yield connected(browsers)


def connected(browsers: Browsers) -> list[Page]:
    host = browsers.ready()
    guests = []
    for number in (1, 2):
        guests.append(browsers.ready(invite(host)))
        wait_connected(guests[-1])
        expect(host.locator("#peers > [data-state='connected']")).to_have_count(number)
    return [host, *guests]


def choose(page: Page, other: Page) -> None:
    """Talk to the other one alone; guests who were in a call know each other, too."""
    page.click(f"#peers > [data-peer-id='{own_id(other)}'] [data-action=choose]")


def over(*pages: Page) -> None:
    for page in pages:
        expect(page.locator("#remote-videos > *")).to_have_count(0)


@contextmanager
def preview(pages: list[Page]) -> Iterator[Page]:
    guest = pages[1]
    guest.click("#call-start")
    expect(guest.locator("#camera-select option")).to_have_count(2)
    yield guest
    guest.click("#call-cancel")


@contextmanager
def calling(pages: list[Page]) -> Iterator[Page]:
    host, guest, _ = pages
    call(guest)
    expect(host.locator("#incoming-call")).to_be_visible()
    yield guest
    host.click("#call-decline")
    over(guest)
    guest.click(".notice [data-action=dismiss]")


@contextmanager
def talking(pages: list[Page]) -> Iterator[Page]:
    host, guest, _ = pages
    in_call(guest, host)
    host.click("#mute-audio")
    expect(host.locator(".quality")).to_be_visible(timeout=30_000)
    yield host
    host.set_viewport_size(DESKTOP)
    host.click("#call-end")
    over(host, guest)


@contextmanager
def reading(pages: list[Page]) -> Iterator[Page]:
    """Somebody's words are in writing on their tile."""
    guest = pages[1]
    with talking(pages) as host:
        guest.evaluate(RECOGNIZER)
        guest.locator("#call-captions").evaluate("box => box.click()")
        eventually(guest, "window.recognized")
        words = "If you cannot hear me, you can read what I say while I say it."
        guest.evaluate(f"void (window.saying = setInterval(() => recognized?.say('{words}'), 500))")
        expect(host.locator(".said")).to_have_text(words)
        yield host
        guest.evaluate("clearInterval(saying)")
        guest.locator("#call-captions").evaluate("box => box.click()")


@contextmanager
def options(pages: list[Page]) -> Iterator[Page]:
    with talking(pages) as host:
        host.click("#call-more")
        yield host
        host.keyboard.press("Escape")


@contextmanager
def measures(pages: list[Page]) -> Iterator[Page]:
    with talking(pages) as host:
        host.click(".quality")
        expect(host.locator("#call-measures")).to_contain_text("Mb/s")
        yield host
        host.keyboard.press("Escape")


@contextmanager
def settings(pages: list[Page]) -> Iterator[Page]:
    """What covers all of the page."""
    with talking(pages) as host:
        host.click("#settings-open")
        yield host
        host.click("#settings-cancel")


@contextmanager
def several(pages: list[Page]) -> Iterator[Page]:
    """One without a camera, and somebody's screen."""
    host, guest, other = pages
    with talking(pages):
        call(other)
        host.click("#call-accept")
        sees_moving_picture(other)
        other.click("#mute-video")
        guest.click("#share-screen")
        expect(host.locator("#remote-videos [data-kind=screen] > video")).to_be_visible()
        cameras = "#remote-videos > [data-kind=camera][data-state=connected]"
        for page in pages:  # guest and other are introduced to each other
            expect(page.locator(cameras)).to_have_count(2, timeout=60_000)
        yield host
        other.click("#call-end")
        over(other)


@contextmanager
def chatting(pages: list[Page]) -> Iterator[Page]:
    with talking(pages) as host:
        host.set_viewport_size({"width": 390, "height": 844})
        host.locator("#tabs [value=chat]").check(force=True)
        yield host


@contextmanager
def presenting(pages: list[Page]) -> Iterator[Page]:
    with talking(pages) as host:
        present_sample(host)
        expect(host.locator("#slides-frame")).to_be_visible()
        yield host
        host.set_viewport_size(DESKTOP)
        host.locator("#tabs [value=slides]").check(force=True)
        host.click("#slides-stop")


@contextmanager
def presenting_beside(pages: list[Page]) -> Iterator[Page]:
    with presenting(pages) as host:
        host.locator("#tabs [value=chat]").check(force=True)
        yield host


@contextmanager
def as_remote(pages: list[Page]) -> Iterator[Page]:
    """The phone that turns the slides is in a call with their presenter."""
    with presenting(pages) as host:
        guest = pages[1]
        host.locator("#slides-people > li").first.locator("[data-action=remote]").click()
        expect(guest.locator("#slides")).to_have_attribute("data-role", "remote")
        yield guest
        guest.set_viewport_size(DESKTOP)


@contextmanager
def as_follower(pages: list[Page]) -> Iterator[Page]:
    with presenting(pages) as host:
        guest = pages[1]
        host.locator("#slides-people > li").first.locator("[data-action=watch]").click()
        expect(guest.locator("#slides")).to_have_attribute("data-role", "follower")
        yield guest
        guest.set_viewport_size(DESKTOP)


@contextmanager
def whole_screen(pages: list[Page]) -> Iterator[Page]:
    with presenting(pages) as host:
        host.click("#slides-fullscreen")
        eventually(host, "document.fullscreenElement?.id === 'slides-room'")
        yield host
        host.evaluate("document.exitFullscreen()")
        eventually(host, "!document.fullscreenElement")


STATES: list[State] = [
    preview, calling, reading, options, measures, settings, several, chatting, presenting,
    presenting_beside, as_remote, as_follower, whole_screen,
]  # fmt: skip
# A person in a call sees that they are, and one press ends it.
IN_SIGHT = """() => {
  const seen = e => {
    if (!e.checkVisibility()) return false;
    const box = e.getBoundingClientRect();
    const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !!at && e.contains(at);
  };
  if (!document.querySelector("#remote-videos > *")) return [];
  const any = selector => [...document.querySelectorAll(selector)].some(seen);
  return [...(any("#call-end, #call-end-too") ? [] : ["no way to hang up"]),
          ...(any(".on-air") ? [] : ["not seen to be on air"])];
}"""


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_calls_look(pages: list[Page], state: State) -> None:
    problems: list[str] = []
    with state(pages) as page:
        for width, height, theme in VIEWS:
            name = f"{state.__name__}-{width}-{theme}"
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            keep_picture(page, name)
            problems += [f"{name}: {found}" for found in axe(page)]
            problems += [f"{name}: {found}" for found in page.evaluate(IN_SIGHT)]
            problems += [f"{name}: sticks out: {found}" for found in page.evaluate(OVERFLOW)]
        page.set_viewport_size(DESKTOP)
    assert problems == []


def test_a_text_to_everyone(pages: list[Page]) -> None:
    """It is one message, and what nobody has read is seen from outside of the page."""
    host, *guests = pages
    host.click("#everyone-choose")
    say(host, "hello, all of you")
    for guest in guests:
        expect(guest.locator("#everyone-unread")).to_have_text("1")
        assert guest.title().startswith("1 new · ")
        expect(guest.locator("link[rel=icon]")).to_have_attribute("href", "./site/icon-unread.svg")
        guest.click("#everyone-choose")
        expect(guest.locator(".message .text")).to_have_text("hello, all of you")
        assert guest.title() == "PeerScript"
        expect(guest.locator("link[rel=icon]")).to_have_attribute("href", "./site/icon.svg")
    sent = host.locator(".message[data-from=me]")
    expect(sent).to_have_attribute("data-state", "delivered")
    names = host.locator("#peers .name").all_text_contents()
    expect(sent.locator(".meta")).to_contain_text(f"to {' and '.join(names)}")
    say(guests[0], "good morning")
    expect(host.locator(".message .text").last).to_have_text("good morning")
    host.locator("#peers [data-action=choose]").first.click()
    expect(host.locator(".message")).to_have_count(0)
    host.set_viewport_size({"width": 390, "height": 844})
    host.locator("#tabs [value=chat]").check(force=True)
    choose(guests[1], host)
    say(guests[1], "only you")
    to_people = host.locator("#tabs label:has([value=people])")  # the way to that conversation
    expect(to_people).to_have_attribute("data-unread", "1")
    host.set_viewport_size(DESKTOP)


def test_a_file_to_everyone(pages: list[Page]) -> None:
    """It is one card, with a line for each of them."""
    host, *guests = pages
    names = host.locator("#peers .name").all_text_contents()
    host.click("#everyone-choose")
    expect(host.locator("#chat-title")).to_contain_text("everyone")
    host.set_input_files(
        "#file-input", {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"the plan"}
    )
    for card in (host.locator("#chat-log > .transfer"), host.locator("#transfers > .transfer")):
        expect(card).to_have_count(1)
        expect(card.locator(".persons .name")).to_have_text(names)
    card = host.locator("#chat-log > .transfer")
    expect(card.locator(".state")).to_have_text(f"To {' and '.join(names)} · 0 of 2 have it")
    choose(guests[0], host)
    guests[0].click("#chat-log [data-action=accept]")
    taken = card.locator(".persons > [data-state=done]")
    expect(taken.locator("[data-slot=status]")).to_have_text("Has it")
    expect(card.locator(".state")).to_contain_text("1 of 2 have it")
    keep_picture(host, "file-to-everyone")
    assert axe(host) == []
    card.locator(".persons > [data-state=offered] [data-action=cancel]").click()
    expect(card.locator(".persons > [data-state=cancelled]")).to_have_count(1)
    choose(guests[1], host)
    expect(guests[1].locator("#chat-log > .transfer")).to_have_attribute("data-state", "cancelled")
    card.locator("> .actions [data-action=remove]").click()
    expect(host.locator(".transfer")).to_have_count(0)
