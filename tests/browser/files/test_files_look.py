"""How the cards look in each of their states: nothing for axe to find, nothing cut off.

`LOOK=folder nox -s browser -- -k files_look` keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from actions import invite, say, set_name, wait_connected, wait_ready
from harness import Browsers, served, watched
from look import OVERFLOW, Theme, axe, keep_picture

VIEWS: list[tuple[int, int, Theme]] = [
    (390, 844, "light"),
    (390, 844, "dark"),
    (1280, 800, "light"),
    (1280, 800, "dark"),
]
GUEST = "Mira’s phone"
HUGE = 1_000_000_000  # bytes, none of them on the disk: on its way for as long as somebody looks
LONG_NAME = "the-minutes-of-the-meeting-about-the-other-meeting-final-final-2-with-remarks.docx"
PICTURE = """size => {
  const canvas = new OffscreenCanvas(640, 480), pen = canvas.getContext("2d");
  const sky = pen.createLinearGradient(0, 0, 0, 480);
  sky.addColorStop(0, "#48a"); sky.addColorStop(1, "#fc8");
  pen.fillStyle = sky; pen.fillRect(0, 0, 640, 480);
  pen.fillStyle = "#264"; pen.beginPath(); pen.moveTo(0, 480); pen.lineTo(size, 160);
  pen.lineTo(640, 480); pen.fill();
  return canvas.convertToBlob().then(blob => blob.arrayBuffer())
    .then(data => [...new Uint8Array(data)]);
}"""


@dataclass
class Pages:
    """Two people who trade files."""

    browsers: Browsers
    host: Page
    guest: Page
    folder: Path

    def file(self, name: str, content: bytes | int) -> Path:
        """A file on the disk, of so many bytes if a number is given."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(content) if isinstance(content, int) else file.write(content)
        return path

    def picture(self, name: str, peak: int) -> Path:
        return self.file(name, bytes(self.guest.evaluate(PICTURE, peak)))

    def offer(self, *paths: Path) -> Locator:
        """The host's card of what the guest offers."""
        count = self.host.locator("#transfers > article").count()
        self.guest.set_input_files("#file-input", list(paths))
        expect(self.host.locator("#transfers > article")).to_have_count(count + 1)
        id = self.host.locator("#transfers > article").last.get_attribute("data-transfer-id")
        return self.host.locator(f"#transfers > [data-transfer-id='{id}']")


@pytest.fixture(scope="module")
def pages(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pages]:
    with served(built) as site, watched(playwright, site) as browsers:
        host, guest = browsers.ready(), browsers.ready()
        set_name(guest, GUEST)
        guest.goto(site.url + invite(host))
        guest.reload()
        for page in (host, guest):
            wait_connected(page)
        pages = Pages(browsers, host, guest, tmp_path_factory.mktemp("files"))
        have_sent(pages)
        yield pages


def have_sent(pages: Pages) -> None:
    say(pages.guest, "Here are the pictures of the weekend.")
    expect(pages.host.locator(".message")).to_have_count(1)
    card = pages.offer(pages.picture("summit.png", 320))
    card.locator("[data-action=accept]").click()
    expect(card).to_have_attribute("data-state", "done")
    card = pages.offer(*(pages.picture(f"IMG_{n}.png", 100 * n) for n in range(1, 7)))
    card.locator("[data-action=accept-all]").click()
    expect(card).to_have_attribute("data-state", "done")
    say(pages.host, "Beautiful! 🎉")
    expect(pages.guest.locator(".message")).to_have_count(2)


State = Callable[[Pages], AbstractContextManager[Page]]


def remove_all(page: Page) -> None:
    for card in reversed(page.locator("#transfers > article").all()):
        card.locator("> .actions [data-action=remove]").dispatch_event("click")
    expect(page.locator("#transfers > article")).to_have_count(0)


@contextmanager
def done(pages: Pages) -> Iterator[Page]:
    yield pages.host


@contextmanager
def sent(pages: Pages) -> Iterator[Page]:
    yield pages.guest


@contextmanager
def offered(pages: Pages) -> Iterator[Page]:
    """One file, and many."""
    one = pages.offer(pages.file(LONG_NAME, 4_000))
    many = pages.offer(*(pages.file(f"track {n}.mp3", 4_000_000) for n in range(1, 31)))
    many.locator("summary").dispatch_event("click")
    expect(many.locator("li")).to_have_count(30)
    many.locator("li input").nth(2).dispatch_event("click")
    expect(many.locator("> .actions [data-action=accept]")).to_have_text("Accept 29 of 30")
    yield pages.host
    for card in (one, many):
        card.locator("[data-action=decline]").dispatch_event("click")
        expect(card).to_have_attribute("data-state", "cancelled")


@contextmanager
def active(pages: Pages) -> Iterator[Page]:
    with moving(pages):
        yield pages.host


@contextmanager
def moving(pages: Pages) -> Iterator[Locator]:
    card = pages.offer(
        pages.file("recording.mp4", HUGE), *(pages.file(f"scene {n}.mp4", HUGE) for n in range(4))
    )
    card.locator("[data-action=accept-all]").dispatch_event("click")
    expect(card).to_contain_text("/s")
    yield card
    card.locator("> .actions [data-action=cancel]").dispatch_event("click")
    expect(card).to_have_attribute("data-state", "cancelled")


@contextmanager
def paused(pages: Pages) -> Iterator[Page]:
    with moving(pages) as card:
        card.locator("summary").dispatch_event("click")
        theirs = pages.guest.locator("#transfers > [data-state=active] > .actions")
        theirs.locator("[data-action=pause]").dispatch_event("click")
        expect(card).to_have_attribute("data-state", "paused")
        yield pages.host


@contextmanager
def ended(pages: Pages) -> Iterator[Page]:
    """Failed and cancelled."""
    card = pages.offer(gone := pages.file("gone.bin", 30_000_000))
    with gone.open("wb"):
        pass  # it is changed before it is read
    card.locator("[data-action=accept]").dispatch_event("click")
    expect(card).to_have_attribute("data-state", "failed")
    yield pages.host


@contextmanager
def waiting(pages: Pages) -> Iterator[Page]:
    """The sender's page was loaded again."""
    card = pages.offer(pages.file("recording.mp4", HUGE))
    card.locator("[data-action=accept]").dispatch_event("click")
    expect(card).to_contain_text("/s")
    pages.guest.reload()
    wait_ready(pages.guest)
    for page in (pages.guest, pages.host):
        waits = page.locator("#transfers > [data-state=paused]")
        expect(waits).to_contain_text("Waiting for")
    yield pages.guest
    for page in (pages.guest, pages.host):
        waits = page.locator("#transfers > [data-state=paused]")
        waits.locator("> .actions [data-action=remove]").dispatch_event("click")
        expect(waits).to_have_count(0)


@contextmanager
def dropping(pages: Pages) -> Iterator[Page]:
    pages.host.evaluate(
        """() => {
          const dropped = new DataTransfer();
          dropped.items.add(new File(["x"], "x.txt"));
          document.dispatchEvent(new DragEvent("dragover", {dataTransfer: dropped}));
        }"""
    )
    expect(pages.host.locator("#drop-hint")).to_be_visible()
    yield pages.host
    pages.host.evaluate("document.dispatchEvent(new DragEvent('dragleave'))")
    expect(pages.host.locator("#drop-hint")).to_be_hidden()


STATES: list[State] = [done, sent, offered, active, paused, ended, dropping, waiting]


@pytest.mark.parametrize("tab", ["files", "chat"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_files_look(pages: Pages, state: State, tab: str) -> None:
    problems: list[str] = []
    with state(pages) as page:
        for width, height, theme in VIEWS:
            if width > 1000 and tab == "chat":
                continue  # both are in sight
            name = f"files-{state.__name__}-{tab}-{width}-{theme}"
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.locator(f"#tabs [value={tab}]").check(force=True)
            if tab == "files":
                page.locator("#transfers > article").last.scroll_into_view_if_needed()
            keep_picture(page, name)
            problems += [f"{name}: {found}" for found in axe(page)]
            problems += [f"{name}: sticks out: {found}" for found in page.evaluate(OVERFLOW)]
    assert problems == []
