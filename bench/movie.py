"""The README's moving picture: two pages, and a phone that is a remote."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

from actions import in_call, invite, say, set_name, wait_connected, wait_ready
from harness import Browsers
from presentations import choose, file, heading, holds, link
from serving.places import CACHE

SCALE = 0.62
HEIGHT = 700  # of each page
MARGIN, BAR, CAPTION = 16, 26, 52  # pixels of the picture
GROUND, INK, QUIET, FRAME = "#e6eaf0", "#101418", "#4d5866", "#c3cad5"
SMALLEST = 40  # the quality of the pictures, from here to 100, that a movie begins with
# As a person's devices are called; Chromium's fake ones are called by a file's path.
NAMES = """Object.defineProperty(MediaDeviceInfo.prototype, "label", {get() {
  return {videoinput: "Camera", audioinput: "Microphone", audiooutput: "Speaker"}[this.kind];
}})"""
TURNING = 1500  # ms until a slide that comes has moved into its place
LARGEST = 1_500_000  # bytes of the movie

ADA = ("#c9dbf2", "#c98f6b", "#1d4ed8")  # the wall, the skin and the shirt of somebody in a call
BOB = ("#f2dcc9", "#f0c8a8", "#1a6b2f")
TITLES = ("A talk", "Your phone is the remote", "Thank you")
TALK = "\n\n---\n\n".join(
    f"# {title}\n\n{words}\n\nNote:\n{note}"
    for title, words, note in zip(
        TITLES,
        ("from one page to another", "next, notes, timer, laser and pen", "Questions?"),
        ("Wait for the last ones.", "Show the phone now.", "Ten minutes are left."),
        strict=True,
    )
)


@dataclass
class Window:
    """A page as the picture shows it.

    Attributes:
        left: where it stands.
        page: None until it is opened.
    """

    title: str
    left: int
    width: int
    height: int
    page: Page | None = None

    @property
    def size(self) -> tuple[int, int]:
        """In pixels of the picture."""
        return round(self.width * SCALE), round(self.height * SCALE)

    @property
    def view(self) -> dict[str, int]:
        """What the page has for itself."""
        return {"width": self.width, "height": self.height}


@dataclass
class Movie:
    """Frames, each with the seconds that it stands."""

    windows: list[Window]
    frames: list[tuple[Image.Image, float]] = field(default_factory=list)

    def shot(self, caption: str, seconds: float = 1.2) -> None:
        """Take a picture of every page there is."""
        last = self.windows[-1]
        width = last.left + last.size[0] + MARGIN
        height = CAPTION + BAR + last.size[1] + MARGIN
        whole = Image.new("RGB", (width, height), GROUND)
        draw = ImageDraw.Draw(whole)
        draw.text((MARGIN, 12), caption, INK, ImageFont.load_default(26))
        for window in self.windows:
            self._place(window, whole, draw)
        self.frames.append((whole, seconds))

    def _place(self, window: Window, whole: Image.Image, draw: ImageDraw.ImageDraw) -> None:
        width, height = window.size
        box = (window.left - 1, CAPTION, window.left + width, CAPTION + BAR + height)
        if window.page is None:
            return
        draw.rectangle(box, "#fff", FRAME)
        draw.text((window.left + 8, CAPTION + 5), window.title, QUIET, ImageFont.load_default(14))
        shot = Image.open(io.BytesIO(window.page.screenshot())).convert("RGB")
        smaller = shot.resize((width, height), Image.Resampling.LANCZOS)
        whole.paste(smaller, (window.left, CAPTION + BAR))

    def save(self, path: Path) -> None:
        """As a moving WebP, as good as its size allows."""
        pictures = [picture for picture, _ in self.frames]
        milliseconds = [round(seconds * 1000) for _, seconds in self.frames]
        for quality in range(90, SMALLEST, -10):
            pictures[0].save(
                path,
                save_all=True,
                append_images=pictures[1:],
                duration=milliseconds,
                loop=0,
                quality=quality,
                method=6,
            )
            if path.stat().st_size <= LARGEST:
                break


def row(*views: tuple[str, int]) -> list[Window]:
    """Windows beside each other."""
    found: list[Window] = []
    for title, width in views:
        left = found[-1].left + found[-1].size[0] if found else 0
        found.append(Window(title, left + MARGIN, width, HEIGHT))
    return found


def face(name: str, colours: Iterable[str]) -> str:
    """A camera's picture of somebody, as a flag of Chromium's."""
    path = CACHE / f"{name}.mjpeg"
    wall, skin, shirt = colours
    frames = []
    for number in range(30):
        picture = Image.new("RGB", (640, 480), wall)
        draw = ImageDraw.Draw(picture)
        draw.ellipse((140, 360, 500, 760), shirt)
        draw.ellipse((220, 110, 420, 370), skin)
        for x in (275, 365):
            draw.ellipse((x - 9, 215, x + 9, 240 if number else 220), INK)
        draw.chord((270, 260, 370, 325 + number % 15), 10, 170, "#7a2433")
        shot = io.BytesIO()
        picture.save(shot, "JPEG", quality=90)
        frames.append(shot.getvalue())
    path.write_bytes(b"".join(frames))
    return f"--use-file-for-fake-video-capture={path}"


def film(browsers: Browsers, folder: Path) -> None:
    """Play the story, and save it as page.webp."""
    ada, bob, phone = row(("Ada", 1120), ("Bob", 420), ("Ada’s phone", 390))
    movie = Movie([ada, bob, phone])
    cameras = [face("Ada", ADA), face("Bob", BOB)]
    meet(browsers, movie, cameras)
    talk(movie)
    present(browsers, movie)
    movie.save(folder / "page.webp")


def opened(browsers: Browsers, window: Window, fragment: str, **options: Any) -> Page:
    """The page of somebody with a name, who follows a link."""
    page = browsers.page(viewport=window.view, **options)
    page.add_init_script(NAMES)
    page.goto(browsers.site.url)
    wait_ready(page)
    set_name(page, window.title)
    if fragment:
        page.goto(browsers.site.url + fragment)
    return page


def meet(browsers: Browsers, movie: Movie, cameras: list[str]) -> None:
    """Somebody opens the page, and sends its link to somebody else."""
    ada, bob, _ = movie.windows
    ada.page = opened(browsers, ada, "", flags=cameras[:1])
    movie.shot("Open the page, and send its link.", 2.2)
    bob.page = opened(browsers, bob, invite(ada.page), flags=cameras[1:])
    for page in (ada.page, bob.page):
        wait_connected(page)
    movie.shot("Whoever opens it is connected: directly, and verified.", 2.2)


def talk(movie: Movie) -> None:
    """Texts, a file, a call."""
    ada, bob, _ = (window.page for window in movie.windows)
    assert ada
    assert bob
    for page, other, words in (
        (bob, ada, "Hi Ada! Did you bring the slides?"),
        (ada, bob, "Yes. The recording is on its way 🎬"),
    ):
        say(page, words)
        expect(other.locator("#chat-log")).to_contain_text(words)
        movie.shot("Talk.", 1.4)
    recording = {"name": "recording.mp4", "mimeType": "video/mp4", "buffer": bytes(20_000_000)}
    ada.set_input_files("#file-input", recording)  # type: ignore[arg-type]
    accept = bob.locator("[data-action='accept']:visible, [data-action='accept-all']:visible")
    accept.first.wait_for()
    movie.shot("Send files, of any size.", 1.4)
    accept.first.click()
    expect(ada.locator("#transfers > [data-state='done']")).to_have_count(1, timeout=60_000)
    movie.shot("Send files, of any size.", 1.6)
    in_call(ada, bob)
    for _ in range(3):
        movie.shot("Call each other.", 0.9)
        ada.wait_for_timeout(400)
    ada.click("#call-end")


def present(browsers: Browsers, movie: Movie) -> None:
    """One shows slides, the other follows, and a phone turns them."""
    ada, bob, phone = movie.windows
    assert ada.page
    assert bob.page
    ada.page.click("#slides-open")
    choose(ada.page, file("talk.md", TALK.encode()))
    expect(ada.page.locator("#slides")).to_have_attribute("data-role", "presenter")
    bob.page.close()
    bob.page = opened(browsers, bob, link(ada.page, "#slides-watch-link"))
    holds(bob.page, "follower")
    movie.shot("Present: others follow on their own screens.", 2.0)
    phone.page = opened(browsers, phone, link(ada.page), has_touch=True, is_mobile=True)
    holds(phone.page, "remote")
    movie.shot("Scan a code, and the phone is the remote.", 2.0)
    for number in (2, 3):
        phone.page.click("#remote-next")
        expect(phone.page.locator("#remote-position")).to_have_text(f"{number} of 3")
        for page in (ada.page, bob.page, phone.page):
            expect(heading(page)).to_have_text(TITLES[number - 1])
        ada.page.wait_for_timeout(TURNING)
        movie.shot("Next.", 1.8)
