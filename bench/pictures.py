"""The pictures of the README and of the gallery, of the real pages: `nox -s pictures`.

Nothing in them is drawn by hand, so that they stay true. Each example is opened twice, used a
little, and photographed at the size that the gallery shows.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))

from actions import READY_WITHIN, eventually
from bench.movie import ADA, face, film
from harness import Browsers, build_with_library, served
from serving.places import CACHE, ROOT

EXAMPLES = ROOT / "site" / "examples"
SIZE = (480, 360)  # of the gallery's pictures
VIEW = {"width": 640, "height": 480}
QUALITY = 80  # of WebP


def main() -> None:
    """Take those that are named, or all of them: `nox -s pictures -- quiz readme`."""
    wanted = sys.argv[1:] or [*USED, "readme"]
    (EXAMPLES / "pictures").mkdir(exist_ok=True)
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright, served(build_with_library(CACHE / "pictures")) as site:
        for name in wanted:
            print(name, flush=True)
            browsers = Browsers(playwright, site)
            try:
                if name == "readme":
                    film(browsers, ROOT / "docs")
                else:
                    photograph(browsers, name)
            finally:
                browsers.close()


def photograph(browsers: Browsers, name: str) -> None:
    """Open an example in two tabs, use it, and take a picture of the one that shows more."""
    flags = [face("Ada", ADA)]
    host = browsers.page(viewport=VIEW, has_touch=True, flags=flags)
    host.goto(f"{browsers.site.url}site/examples/{name}.html")
    expect(host.locator("#link")).to_contain_text("#", timeout=READY_WITHIN)
    guest = host.context.new_page()
    guest.goto(host.locator("#link").inner_text())
    shown = USED[name](host, guest)
    shown.bring_to_front()
    shown.mouse.move(0, 0)
    eventually(shown, "document.activeElement.blur() ?? true")
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    picture.resize(SIZE, Image.Resampling.LANCZOS).save(
        EXAMPLES / "pictures" / f"{name}.webp", quality=QUALITY, method=6
    )


def say(page: Page, words: str) -> None:
    """Write, and send."""
    page.locator("#words").fill(words, timeout=READY_WITHIN)
    page.locator("#words").press("Enter")


def echoed(_: Page, guest: Page) -> Page:
    """What a text comes back as."""
    for words in ("hello", "is anybody there?", "🎉"):
        say(guest, words)
        expect(guest.locator("#log")).to_contain_text(words)
    return guest


def chatted(host: Page, guest: Page) -> Page:
    """A few words."""
    for page, name in ((host, "Ada"), (guest, "Bob")):
        page.get_by_label("Your name").fill(name, timeout=READY_WITHIN)
    talk = (
        (guest, "Hi! Is this on?"),
        (host, "It is 🎉"),
        (guest, "And no server?"),
        (host, "None."),
    )
    for page, words in talk:
        say(page, words)
        expect(host.locator("#log")).to_contain_text(words)
    return at(host, "#log")


def plotted(_: Page, guest: Page) -> Page:
    """A wave."""
    guest.locator("#receiver").wait_for(timeout=READY_WITHIN)
    eventually(guest, "document.querySelector('#curve').points.numberOfItems > 900")
    return guest


def asked(host: Page, guest: Page) -> Page:
    """A question, and its answer."""
    guest.get_by_label("Your name").fill("Bob", timeout=READY_WITHIN)
    guest.get_by_role("button", name="Join").click()
    host.get_by_label("Your question").fill("What is 6 × 7?")
    host.get_by_label("The right answer").fill("42")
    host.get_by_role("button", name="Ask").click()
    guest.get_by_label("What is 6 × 7?").fill("42")
    guest.get_by_role("button", name="Answer").click()
    expect(host.locator("#roster tr")).to_contain_text("421")
    return at(host, "#class")


def at(page: Page, part: str) -> Page:
    """Show a part of the page that is below."""
    page.locator(part).evaluate("part => part.scrollIntoView({block: 'center'})")
    return page


def drawn(host: Page, guest: Page) -> Page:
    """A house and a sun."""
    strokes = (
        ("#1d4ed8", ((150, 400), (150, 250), (250, 150), (350, 250), (350, 400), (150, 400))),
        ("#c2410c", ((230, 400), (230, 320), (280, 320), (280, 400))),
        ("#e0a100", ((450, 110), (480, 80), (510, 110), (480, 140), (450, 110))),
    )
    at(guest, "#board").locator("#board").wait_for(timeout=READY_WITHIN)
    for colour, places in strokes:
        guest.get_by_label("Colour").fill(colour)
        box = at(guest, "#board").locator("#board").bounding_box()
        assert box
        for number, (x, y) in enumerate(places):
            guest.mouse.move(box["x"] + x, box["y"] + y - 60, steps=6)
            if number == 0:
                guest.mouse.down()
        guest.mouse.up()
    expect(host.locator("#status")).to_have_text("Others here: 1")
    return at(host, "#board")


def thrown(host: Page, _: Page) -> Page:
    """Many dice."""
    expect(host.locator("#status")).to_have_text("Pages here: 1", timeout=READY_WITHIN)
    host.get_by_label("How often each page throws").fill("5000")
    host.get_by_role("button", name="Throw").click()
    expect(host.locator("#count")).to_have_text("5,000")
    return at(host, "#result")


def dropped(host: Page, guest: Page) -> Page:
    """Three files."""
    guest.locator("#drop").wait_for(timeout=READY_WITHIN)
    names = ("holiday.jpg", "minutes.docx", "recording.mp4")
    files = [{"name": name, "mimeType": "", "buffer": bytes(60_000)} for name in names]
    guest.locator("#files").set_input_files(files)  # type: ignore[arg-type]
    expect(host.locator("#arrived a")).to_have_count(len(names))
    return host


def called(host: Page, guest: Page) -> Page:
    """Two cameras."""
    guest.get_by_role("button", name="Call", exact=True).click(timeout=READY_WITHIN)
    host.get_by_role("button", name="Answer").click(timeout=READY_WITHIN)
    for video in ("#them", "#me"):
        eventually(host, f"document.querySelector('{video}').videoWidth > 0")
    return at(host, "#them")


def painted(_: Page, guest: Page) -> Page:
    """A drawn picture's negative."""
    eventually(guest, "document.querySelector('#count')?.value > 20", timeout=120)
    return at(guest, "#video")


def tilted(host: Page, guest: Page) -> Page:
    """A phone that is turned."""
    guest.get_by_role("button", name="Send how it is held").click(timeout=READY_WITHIN)
    sensor = guest.context.new_cdp_session(guest)
    for number in range(200):
        front, side = 50 * WAVE[number % len(WAVE)], 30 * WAVE[(number + 9) % len(WAVE)]
        held = {"alpha": 0, "beta": front, "gamma": side}
        sensor.send("DeviceOrientation.setDeviceOrientationOverride", held)
        eventually(host, f"document.querySelector('#front').points.numberOfItems > {number // 2}")
    return at(host, "#receiver")


WAVE = [(n * (20 - n)) / 100 for n in range(20)] + [-(n * (20 - n)) / 100 for n in range(20)]


def played(host: Page, guest: Page) -> Page:
    """A game of which one knows who will win."""
    expect(host.locator("#turn")).to_contain_text("your turn", timeout=READY_WITHIN)
    expect(guest.locator("#turn")).to_contain_text("The other", timeout=READY_WITHIN)
    for number, column in enumerate((4, 4, 3, 5, 5, 3, 4, 2, 6, 4)):
        (host, guest)[number % 2].get_by_role("button", name=str(column)).click()
        for page in (host, guest):
            expect(page.locator(".board td:not(:empty)")).to_have_count(number + 1)
    return at(host, ".board")


def turned(host: Page, guest: Page) -> Page:
    """The second slide."""
    guest.get_by_role("button", name="Next").click(timeout=READY_WITHIN)
    expect(host.locator("#deck > article:visible")).to_contain_text("The sun")
    return at(host, "#slides")


def mixed(host: Page, guest: Page) -> Page:
    """JavaScript, as the page in Python hears it."""
    for words in ("Hello from a page of plain PeerJS", "const you = 'Python'"):
        say(guest, words)
        expect(host.locator("#log")).to_contain_text(words)
    return host


# How each example is used, and which page is shown.
USED: dict[str, Callable[[Page, Page], Page]] = {
    "echo": echoed,
    "chat": chatted,
    "plot": plotted,
    "quiz": asked,
    "whiteboard": drawn,
    "remote": thrown,
    "dropbox": dropped,
    "call": called,
    "picture": painted,
    "sensors": tilted,
    "game": played,
    "deck": turned,
    "peerjs": mixed,
}


if __name__ == "__main__":
    main()
