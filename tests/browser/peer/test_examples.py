"""The example pages do what they say, each in two browsers over a real PeerServer."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from actions import READY_WITHIN, eventually
from cdn import Cdn
from example_pages import DESKTOP, FOLDER, PHONE, fits, followed, opened
from harness import Browsers
from look import Theme
from serving.places import ROOT

EXAMPLES = (
    *("echo", "chat", "plot", "quiz", "whiteboard"),
    *("remote", "dropbox", "call", "picture", "sensors", "game", "deck", "peerjs"),
)
PAGES = ("index", *EXAMPLES, "javascript")


def say(page: Page, words: str) -> None:
    """Write and send, with the keyboard alone."""
    box = page.locator("#words")
    box.wait_for(timeout=READY_WITHIN)
    box.fill(words)
    box.press("Enter")


def heard(page: Page, words: str) -> None:
    expect(page.locator("#log")).to_contain_text(words)


def echo_comes_back(host: Page, guest: Page) -> None:
    say(guest, "hello 😀 <b>")
    expect(guest.locator("#log")).to_have_text("hello 😀 <b>")
    assert not guest.locator("#log b").count()


def both_chat(host: Page, guest: Page) -> None:
    for page, name in ((host, "Ada"), (guest, "Bob")):
        page.get_by_label("Your name").fill(name, timeout=READY_WITHIN)
    say(host, "hello")
    heard(guest, "Ada: hello")
    say(guest, "hi 😀")
    heard(host, "Bob: hi 😀")


def numbers_are_drawn(host: Page, guest: Page) -> None:
    guest.locator("#receiver").wait_for(timeout=READY_WITHIN)
    points = "document.querySelector('#curve').points"
    eventually(guest, f"{points}.numberOfItems > 100")
    first = guest.evaluate(f"[...{points}].map((point) => point.y)")
    assert max(first) <= 1.001
    assert min(first) >= -1.001
    assert len(set(first)) > 20
    count = "Number(document.querySelector('#count').value.replaceAll(',', ''))"
    eventually(guest, f"{count} > {guest.evaluate(count)} + 500")
    expect(host.locator("#sender")).to_be_visible()


def python_and_peerjs_talk(host: Page, guest: Page) -> None:
    assert guest.evaluate("document.scripts.length") == 2  # PeerJS and its own
    say(guest, "hello 😀")
    heard(host, "JavaScript: hello 😀")
    say(host, "héllo")
    heard(guest, "Python: héllo")


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("echo", echo_comes_back),
        ("chat", both_chat),
        ("plot", numbers_are_drawn),
        ("peerjs", python_and_peerjs_talk),
    ],
    ids=["echo", "chat", "plot", "peerjs"],
)
def test_an_example_does_its_job(
    browsers: Browsers, name: str, job: Callable[[Page, Page], None]
) -> None:
    host = opened(browsers, name)
    job(host, followed(browsers, host))


def test_a_third_page_joins_the_chat(browsers: Browsers) -> None:
    host = opened(browsers, "chat")
    guests = [followed(browsers, host) for _ in range(2)]
    expect(host.locator("#status")).to_have_text("Connected pages: 2", timeout=READY_WITHIN)
    first, second = guests
    first.get_by_label("Your name").fill("Bob")
    say(first, "to everybody")
    for page in (host, second):
        heard(page, "Bob: to everybody")
    first.close()
    expect(host.locator("#status")).to_have_text("Connected pages: 1")


def test_the_wave_follows_the_slider(browsers: Browsers) -> None:
    host = opened(browsers, "plot")
    guest = followed(browsers, host)
    guest.locator("#receiver").wait_for(timeout=READY_WITHIN)
    host.get_by_label("Waves a second").focus()
    for _ in range(9):
        host.keyboard.press("ArrowRight")
    turns = """[...document.querySelector('#curve').points].map((point) => Math.sign(point.y))
      .filter((sign, index, all) => sign !== all[index - 1]).length"""
    eventually(guest, f"{turns} > 15")  # 5 a second, for two seconds, cross the middle 20 times


def dropped(page: Page, field: str, *paths: Path) -> None:
    """Drop files, or a folder, of this machine onto a field."""
    box = page.locator(field).bounding_box()
    assert box
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    screen = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        screen.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


def saved(page: Page, name: str) -> tuple[str, bytes]:
    """A file that has arrived, as the browser saves it: under which name, and what is in it."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_files_and_folders_are_dropped_into_the_box(browsers: Browsers, tmp_path: Path) -> None:
    large, small, odd = os.urandom(3_000_000), b"", os.urandom(70_000)
    folder = tmp_path / "holiday"
    (folder / "beach").mkdir(parents=True)
    (folder / "beach" / "sand &amp; sea.jpg").write_bytes(odd)
    (folder / "empty.txt").write_bytes(small)
    (tmp_path / "film.mp4").write_bytes(large)

    owner = opened(browsers, "dropbox", viewport=DESKTOP)
    ann, bob = (followed(browsers, owner, viewport=PHONE) for _ in range(2))
    for guest in (ann, bob):
        guest.locator("#drop").wait_for(timeout=READY_WITHIN)
    dropped(ann, "#files", tmp_path / "film.mp4")
    expect(ann.locator("#progress")).to_have_text("3,000,000 of 3,000,000 bytes")
    dropped(bob, "#folder", folder)
    arrived = owner.locator("#arrived a")
    expect(arrived).to_have_count(3)
    assert saved(owner, "film.mp4") == ("film.mp4", large)
    assert saved(owner, "holiday/empty.txt") == ("empty.txt", small)
    odd_name = "sand &amp; sea.jpg"
    assert saved(owner, f"holiday/beach/{odd_name}") == (odd_name, odd)
    fits(owner, "dropbox-owner")
    fits(bob, "dropbox-guest")

    ann.reload()
    ann.locator("#drop").wait_for(timeout=READY_WITHIN)
    dropped(ann, "#files", tmp_path / "film.mp4")
    expect(arrived).to_have_count(4)
    expect(owner.locator("#log")).to_be_empty()


def moves(page: Page, video: str) -> None:
    """A picture is shown there, and goes on."""
    shown = f"document.querySelector('{video}')"
    eventually(page, f"{shown}.videoWidth > 0")
    start = page.evaluate(f"{shown}.currentTime")
    eventually(page, f"{shown}.currentTime > {start} + 0.3")


def test_two_pages_call_each_other(browsers: Browsers) -> None:
    host = opened(browsers, "call")
    guest = followed(browsers, host, viewport=PHONE)
    status = guest.locator("#status")
    guest.get_by_role("button", name="Call", exact=True).click(timeout=READY_WITHIN)
    host.get_by_role("button", name="Answer").click(timeout=READY_WITHIN)
    for page in (host, guest):
        moves(page, "#them")
        moves(page, "#me")
    fits(guest, "call")
    guest.reload()
    expect(status).to_have_text("connected", timeout=READY_WITHIN)
    moves(guest, "#them")
    moves(host, "#them")
    host.get_by_role("button", name="Hang up").click()
    expect(status).to_have_text("ended: hung-up")
    host.get_by_role("button", name="Call", exact=True).click()
    guest.get_by_role("button", name="Answer").click()
    moves(host, "#them")


# The colour of one pixel of what a page shows, from 0 to 1 of its width and height.
PIXEL = """([x, y]) => {
  const video = document.querySelector("#video"), canvas = new OffscreenCanvas(96, 72);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 96, 72);
  return [...context.getImageData(96 * x, 72 * y, 1, 1).data];
}"""


def test_python_draws_a_video_and_changes_one(browsers: Browsers) -> None:
    host = opened(browsers, "picture")
    guest = followed(browsers, host, viewport=PHONE)
    eventually(guest, "document.querySelector('#count').value > 10", timeout=60)
    for page in (host, guest):
        moves(page, "#video")
    blue, negative = (page.evaluate(PIXEL, [0.05, 0.05]) for page in (host, guest))
    assert blue == pytest.approx([0, 0, 160, 255], abs=12)
    assert negative == pytest.approx([255, 255, 95, 255], abs=40)  # a codec has been between
    fits(host, "picture")
    fits(guest, "picture")


def together(browsers: Browsers, name: str, **options: object) -> tuple[Page, Page]:
    """An example's page, and in a tab beside it the one that its link opens."""
    host = opened(browsers, name, **options)
    return host, followed(browsers, host, beside=host)


def test_a_phone_sends_how_it_is_held(browsers: Browsers) -> None:
    host, phone = together(browsers, "sensors", viewport=PHONE)
    phone.get_by_role("button", name="Send how it is held").click(timeout=READY_WITHIN)
    sensor = phone.context.new_cdp_session(phone)
    for front in range(0, 60, 10):
        held = {"alpha": 0, "beta": front, "gamma": -front // 2}
        sensor.send("DeviceOrientation.setDeviceOrientationOverride", held)
        expect(host.locator("#front-now")).to_have_text(f"{front}°")
        expect(host.locator("#side-now")).to_have_text(f"{-front // 2}°")
    points = host.evaluate("[...document.querySelector('#front').points].map(({y}) => y)")
    assert set(points) >= {0, -50}
    for page in (host, phone):
        fits(page, "sensors")


def test_two_play_four_in_a_row(browsers: Browsers) -> None:
    host, guest = together(browsers, "game", viewport=PHONE)
    turn, other_turn = (page.locator("#turn") for page in (host, guest))
    expect(turn).to_have_text("It is your turn. You are 🔴.", timeout=READY_WITHIN)
    expect(other_turn).to_have_text("The other one's turn. You are 🟡.", timeout=READY_WITHIN)
    guest.get_by_role("button", name="1").click()  # not now
    for number, mover in enumerate((host, guest) * 3):
        mover.get_by_role("button", name=str(number % 2 + 1)).click()
        for page in (host, guest):
            expect(page.locator(".board td:not(:empty)")).to_have_count(number + 1)
    guest.reload()
    expect(guest.locator(".board td:not(:empty)")).to_have_count(6, timeout=READY_WITHIN)
    for page in (host, guest):
        fits(page, "game")
    host.get_by_role("button", name="1").click()
    expect(turn).to_have_text("You have won.")
    expect(other_turn).to_have_text("You have lost.")
    guest.get_by_role("button", name="New game").click()
    expect(turn).to_have_text("It is your turn. You are 🔴.")
    expect(host.locator(".board td:not(:empty)")).to_have_count(0)


def test_a_phone_turns_a_deck_of_the_pages_own(browsers: Browsers) -> None:
    host, phone = together(browsers, "deck", viewport=PHONE)
    shown = host.locator("#deck > article:visible")
    phone.get_by_role("button", name="Next").click(timeout=READY_WITHIN)
    expect(shown).to_contain_text("The sun")
    expect(phone.locator("#status")).to_have_text("Slide 2 of 3")
    expect(phone.locator("#notes")).to_have_text("It is a star of middle age.")
    host.locator("#deck").click()
    expect(phone.locator("#status")).to_have_text("Slide 3 of 3")
    for page in (host, phone):
        fits(page, "deck")
    phone.get_by_role("button", name="Black").click()
    expect(host.locator("#deck")).to_have_class("black")
    phone.get_by_role("button", name="Previous").click()
    expect(phone.locator("#title")).to_have_text("The sun")


def test_examples_of_the_docs_are_edited_and_run(browsers: Browsers) -> None:
    page = browsers.page(viewport=DESKTOP)
    page.goto(f"{browsers.site.url}docs/live.html")
    text = (ROOT / "docs" / "live.md").read_text()
    wanted = re.findall(r"^```text\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    editors = page.locator(".editor")
    expect(editors).to_have_count(len(wanted))
    buttons = page.get_by_role("button", name="Run")
    expect(buttons.first).to_be_enabled(timeout=READY_WITHIN)
    for editor in editors.all():
        editor.get_by_role("button", name="Run").click()
    for editor, printed in zip(editors.all(), wanted, strict=True):
        expect(editor.locator(".printed")).to_have_text(printed)
        expect(editor.get_by_role("button", name="Run")).to_be_visible()

    own, printed = editors.last, editors.last.locator(".printed")
    code = own.get_by_label("Python: Your own")
    for source, said in (
        ("print(1 +", "'(' was never closed"),
        (
            "def broken():\n    raise KeyError('why')\n\nbroken()",
            "line 2, in broken\nKeyError: 'why'",
        ),
        ("import asyncio\nprint('on')\nawait asyncio.Future()", "on"),
    ):
        code.fill(source)
        own.get_by_role("button", name="Run").click()
        expect(printed).to_contain_text(said)
    own.get_by_role("button", name="Stop").click()
    expect(printed).to_have_text("on Stopped.")
    own.get_by_role("button", name="Undo changes").click()
    expect(code).to_have_value(re.compile("hello from"))
    fits(page, "docs-live")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{browsers.site.url}docs/tutorial.html")
    fits(page, "docs-tutorial")


@pytest.mark.parametrize("name", ["echo", "javascript"])
def test_a_link_to_nobody_says_so(browsers: Browsers, name: str) -> None:
    browsers.watch.expected += ["PeerUnavailable", "Could not connect to peer", "PythonError"]
    page = browsers.page(viewport=PHONE)
    page.goto(f"{browsers.site.url}{FOLDER}{name}.html#nobody")
    told = page.locator(".py-error, #loading").filter(has_text="nobody")
    expect(told).to_be_visible(timeout=READY_WITHIN)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_every_page_fits(browsers: Browsers) -> None:
    page = browsers.page(java_script_enabled=False)  # their scripts would but start Python
    for name in PAGES:
        page.goto(f"{browsers.site.url}{FOLDER}{name}.html")
        page.evaluate(
            """for (const part of document.querySelectorAll("[hidden]")) part.hidden = false;
            for (const part of document.querySelectorAll("#log, #link")) {
              part.textContent = "x".repeat(200) + " 😀".repeat(50);
            }"""
        )
        assert unnamed(page) == []
        for viewport in (PHONE, DESKTOP):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], name
        schemes: tuple[Theme, ...] = ("light", "dark")
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (colour == "rgb(11, 13, 18)") == (scheme == "dark"), name


def unnamed(page: Page) -> list[str]:
    """Controls that have no label or words of their own."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll("input, button, a[href], select, textarea")]
        .filter((part) => !(part.labels?.length || part.textContent.trim()))
        .map((part) => part.outerHTML)"""
    )
    return found


def test_an_unbuilt_example_does_its_job(unbuilt: Browsers) -> None:
    cdn = Cdn()
    plain = unbuilt.context

    def context(**options: object) -> object:
        made = plain(**options)  # type: ignore[arg-type]
        cdn.serve(made)
        return made

    unbuilt.context = context  # type: ignore[assignment,method-assign]
    host = opened(unbuilt, "peerjs")
    python_and_peerjs_talk(host, followed(unbuilt, host))
    assert cdn.refused == []
