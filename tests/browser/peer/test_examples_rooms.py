"""The examples with a room: its pages come late, crash, and are loaded again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from actions import READY_WITHIN, eventually
from example_pages import DESKTOP, PHONE, filled, fits, followed, opened
from harness import Browsers

LONG = "Donaudampfschifffahrtsgesellschaftskapitän"


def test_a_quiz_goes_on_over_late_pupils_reloads_and_crashes(browsers: Browsers) -> None:
    teacher = opened(browsers, "quiz", viewport=DESKTOP)
    roster = teacher.locator("#roster tr")
    ann, bob = (followed(browsers, teacher, viewport=PHONE) for _ in range(2))
    filled(ann, {"Your name": "Ann <b>"})
    expect(roster).to_have_text(["Ann <b>0hereyes"], timeout=READY_WITHIN)
    filled(teacher, {"Your question": "6 × 7?", "The right answer": "42"})
    filled(ann, {"6 × 7?": "41"})
    expect(roster).to_have_text(["Ann <b>410hereyes"])
    filled(ann, {"6 × 7?": "42"})
    expect(roster).to_have_text(["Ann <b>421hereyes"])

    filled(bob, {"Your name": "Bob"})  # late
    filled(bob, {"6 × 7?": "forty-two"})
    expect(roster).to_have_text(["Ann <b>421hereyes", "Bobforty-two0hereyes"])
    expect(teacher.locator("#tally")).to_have_text("Answers: 2. 1 × 42, 1 × forty-two")

    ann.reload()
    expect(ann.get_by_label("6 × 7?")).to_be_visible(timeout=READY_WITHIN)
    browsers.kill(bob)
    filled(teacher, {"Your question": "Who am I?"})
    filled(ann, {"Who am I?": LONG})
    expect(roster).to_have_text([f"Ann <b>{LONG}1hereyes", "Bob0awayyes"])
    expect(teacher.locator("#status")).to_have_text("Pupils here: 1. Question 2: Who am I?")
    fits(teacher, "quiz-teacher")
    fits(ann, "quiz-pupil")
    teacher.set_viewport_size(PHONE)  # type: ignore[arg-type]
    fits(teacher, "quiz-teacher")
    filled(ann, {"Who am I?": " "})  # there is no right answer, and this is none either
    expect(roster).to_have_text(["Ann <b>1hereyes", "Bob0awayyes"])


BOARD = "document.querySelector('#board')"


def drawn(page: Page, *places: tuple[int, int]) -> None:
    """There are lines at these places of the board, which is 1000 wide."""
    for x, y in places:
        eventually(page, f"{BOARD}.getContext('2d').getImageData({x}, {y}, 1, 1).data[3] === 255")


def on_screen(page: Page, place: tuple[int, int]) -> tuple[float, float]:
    """Where a place of the board is in the window."""
    board = page.locator("#board")
    board.scroll_into_view_if_needed(timeout=READY_WITHIN)
    box = board.bounding_box()
    assert box
    edge = 1
    scale = (box["width"] - 2 * edge) / 1000
    return box["x"] + edge + place[0] * scale, box["y"] + edge + place[1] * scale


def stroke(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw with the mouse."""
    page.mouse.move(*on_screen(page, start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, end), steps=4)
    page.mouse.up()


def touched(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw with a finger."""
    screen = page.context.new_cdp_session(page)
    for kind, place in (("touchStart", start), ("touchMove", end), ("touchEnd", None)):
        points = [on_screen(page, place)] if place else []
        given = {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        screen.send("Input.dispatchTouchEvent", given)


def test_everybody_draws_on_the_whiteboard(browsers: Browsers) -> None:
    host = opened(browsers, "whiteboard", viewport=DESKTOP)
    guest = followed(browsers, host, viewport=PHONE, has_touch=True)
    stroke(guest, (100, 100), (100, 300))
    drawn(guest, (100, 200))
    drawn(host, (100, 200))
    host.get_by_label("Colour").fill("#c00000")
    stroke(host, (300, 400), (600, 400))
    drawn(guest, (450, 400))
    colour = guest.evaluate(f"[...{BOARD}.getContext('2d').getImageData(450, 400, 1, 1).data]")
    assert colour == [0xC0, 0, 0, 255]

    late = followed(browsers, host, beside=guest)
    guest.reload()
    for page in (guest, late):
        page.locator("#board").wait_for(timeout=READY_WITHIN)
        drawn(page, (100, 200), (450, 400))
    host.reload()
    drawn(host, (100, 200), (450, 400))
    touched(guest, (800, 600), (900, 600))
    for page in (host, late):
        drawn(page, (850, 600))
    fits(host, "whiteboard")
    fits(guest, "whiteboard")

    host.get_by_role("button", name="Wipe the board").click()
    blank = f"!{BOARD}.getContext('2d').getImageData(0, 0, 1000, 750).data.some(Boolean)"
    for page in (host, guest, late):
        eventually(page, blank)


def test_every_page_throws_dice_for_the_teacher(browsers: Browsers) -> None:
    teacher = opened(browsers, "remote", viewport=DESKTOP)
    status, throws = teacher.locator("#status"), teacher.locator("#count")
    ann = followed(browsers, teacher, viewport=PHONE)
    expect(status).to_have_text("Pages here: 1", timeout=READY_WITHIN)
    filled(teacher, {"How often each page throws": "300"})
    expect(throws).to_have_text("300")
    expect(ann.locator("#status")).to_contain_text("300 throws of two dice; on average")
    shares = teacher.locator("#shares td").all_inner_texts()
    assert len(shares) == 11
    assert 94 <= sum(map(int, shares)) <= 106  # each is rounded
    assert int(shares[5]) > int(shares[0])  # 7 is six times as likely as 2
    points = teacher.evaluate("[...document.querySelector('#curve').points].map(({y}) => y)")
    assert (min(points), max(points)) == (-1, 0)

    ann.reload()
    late = followed(browsers, teacher)
    followed(browsers, teacher, beside=late, name="whiteboard")  # it serves no such function
    for page in (ann, late):
        expect(page.locator("#status")).to_contain_text("This page throws", timeout=READY_WITHIN)
    expect(status).to_have_text("Pages here: 3", timeout=READY_WITHIN)
    filled(teacher, {"How often each page throws": "1000"})
    expect(throws).to_have_text("2,300")
    expect(teacher.locator("#log > *")).to_have_count(1)
    expect(teacher.locator("#log")).to_contain_text("throw")
    fits(late, "remote-pupil")
    browsers.kill(late)
    filled(teacher, {"How often each page throws": "1000"})
    expect(throws).to_have_text("3,300")
    expect(status).to_have_text("Pages here: 1")
    fits(teacher, "remote-teacher")
    teacher.set_viewport_size(PHONE)  # type: ignore[arg-type]
    fits(teacher, "remote-teacher")
