"""How the page looks in each of its states: nothing for axe to find, nothing cut off.

Real pages bring each other into the states. `LOOK=folder nox -s browser -- -k look` keeps the
pictures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from actions import READY_WITHIN, in_call, invite, own_id, say, set_name, wait_connected
from actions import call as start_call
from harness import Browsers, served, watched
from look import OVERFLOW, Theme, axe, keep_picture

# Every width, and both themes where the layouts differ most: each state costs seconds to examine.
VIEWS: list[tuple[int, int, Theme]] = [
    (360, 640, "light"),
    (360, 640, "dark"),
    (390, 844, "dark"),
    (800, 1100, "light"),
    (1280, 800, "light"),
    (1280, 800, "dark"),
]

GUEST = "Mira’s phone"
LINK = "https://mira.example/peerscript/#4f1c2f9e-7d0b-4f6e-9f0a-2f7f0c1f9b52"
LONG_NAME = "the-minutes-of-the-meeting-about-the-other-meeting-final-final-2-with-remarks.docx"
TEXTS = [
    ("guest", "Hi! Did you get the slides? 🎉"),
    ("host", "Yes, sending the recording now 👍\nand the notes."),
    ("guest", "שלום, זה עובד מימין לשמאל"),
    ("guest", "https://example.org/" + "a-long-way/" * 12),
    ("host", "long " * 2_000),
    ("host", "<b>Great!</b>"),
    ("guest", f"Try `pip list`, or:\n```\nfor peer in peers:\n    peer.send({'hello ' * 9})\n```"),
    ("guest", "👍"),
]
FINISH = """document.getAnimations()
  .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
  .forEach((each) => each.finish())"""
FOUR_WORDS = re.compile(r"^\s*(\w+ ){3}\w+\s*$")
HUGE = 1_000_000_000  # bytes, none of them on the disk: on its way for as long as somebody looks
SERVERS = f"stun:{'long.' * 20}example"


@dataclass
class Pages:
    """A host and a guest who have talked, and a stranger whom nobody knows."""

    browsers: Browsers
    host: Page
    guest: Page
    stranger: Page
    folder: Path

    def offer(self, name: str, size: int) -> None:
        """Let the guest offer a file."""
        path = self.folder / name
        with path.open("wb") as file:
            file.truncate(size)
        self.guest.set_input_files("#file-input", path)

    def transfer(self, name: str) -> str:
        """The host's row of a file."""
        return f"#transfers > article:has-text('{name}')"


@pytest.fixture(scope="module")
def pages(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pages]:
    with served(built) as site, watched(playwright, site) as browsers:
        browsers.watch.expected += ["404 (Not Found)", "ERR_FAILED", "Could not connect to peer"]
        host, guest, stranger = browsers.ready(), browsers.ready(), browsers.ready()
        set_name(guest, GUEST)
        guest.goto(site.url + invite(host))
        wait_connected(guest)
        guest.reload()
        for page in (host, guest):
            wait_connected(page)
        pages = Pages(browsers, host, guest, stranger, tmp_path_factory.mktemp("files"))
        have_talked(pages)
        yield pages


def have_talked(pages: Pages) -> None:
    for count, (sender, text) in enumerate(TEXTS, start=1):
        page = pages.host if sender == "host" else pages.guest
        say(page, text)
        for each in (pages.host, pages.guest):
            expect(each.locator("#chat-log > .message")).to_have_count(count)
    for name, action, state in (
        ("notes.md", "accept", "done"),
        ("plan.pdf", "decline", "cancelled"),
        (LONG_NAME, None, "offered"),
    ):
        pages.offer(name, 4_000)
        row = pages.host.locator(pages.transfer(name))
        if action:
            row.locator(f"[data-action={action}]").click()
        expect(row).to_have_attribute("data-state", state)


State = Callable[[Pages], AbstractContextManager[Page]]


@contextmanager
def without(pages: Pages, pattern: str) -> Iterator[Page]:
    """A page of which a part does not come."""
    page = pages.browsers.page(camera=False, first_visit=True)
    page.route(pattern, lambda route: route.fulfill(status=404, body="gone"))
    page.goto(pages.browsers.site.url)
    yield page
    page.close()


@contextmanager
def loading(pages: Pages) -> Iterator[Page]:
    """As the page is before any script runs."""
    with without(pages, "**/*js") as page:
        yield page


@contextmanager
def slow(pages: Pages) -> Iterator[Page]:
    """Loading takes long: the time until it says so has passed."""
    with loading(pages) as page:
        page.evaluate(FINISH)
        expect(page.locator("#loading-slow")).to_be_visible()
        yield page


@contextmanager
def broken(pages: Pages) -> Iterator[Page]:
    with without(pages, "**/pyodide.asm.wasm") as page:
        expect(page.locator("#status")).to_have_attribute(
            "data-state", "failed", timeout=READY_WITHIN
        )
        yield page


@contextmanager
def alone(pages: Pages) -> Iterator[Page]:
    expect(pages.stranger.locator("#status")).to_have_attribute("data-state", "ready")
    yield pages.stranger


@contextmanager
def notices(pages: Pages) -> Iterator[Page]:
    page = pages.stranger
    for wrong in ("no link either!", f"{LINK * 2}ß"):
        page.fill("#remote-id", wrong)
        page.click("#connect")
    expect(page.locator(".notice")).to_have_count(1)
    yield page
    page.locator(".notice [data-action=dismiss]").click()
    page.fill("#remote-id", "")


@contextmanager
def lost(pages: Pages) -> Iterator[Page]:
    """Nobody by that ID is there: a card, and no error beside it."""
    page = pages.stranger
    page.fill("#remote-id", "nobody-has-this-id")
    page.click("#connect")
    expect(page.locator("#peers > [data-state=lost]")).to_have_count(1)
    for panel in ("#chat", "#files", "#start", ".notice"):
        expect(page.locator(panel)).to_be_hidden()
    yield page
    page.click("#peers [data-action=invite]")
    expect(page.locator("#copy-link")).to_be_focused()
    page.fill("#remote-id", "")


@contextmanager
def settings(pages: Pages) -> Iterator[Page]:
    page = pages.stranger
    page.click("#settings-open")
    docs = page.locator("#docs-link").evaluate("link => link.href")
    assert "Documentation" in page.request.get(docs).text()
    page.click("#settings-advanced > summary")
    page.fill("#settings-ice", SERVERS)
    page.click("#settings-test")
    expect(page.locator("#settings-test-result [data-kind=relay]")).to_be_visible(timeout=60_000)
    yield page
    page.click("#settings-cancel")


@contextmanager
def connected(pages: Pages) -> Iterator[Page]:
    yield pages.host


@contextmanager
def files(pages: Pages) -> Iterator[Page]:
    """One of them is on its way."""
    name = "recording.mp4"
    pages.offer(name, HUGE)
    with tab(pages.host, "files"):
        row = pages.host.locator(pages.transfer(name))
        row.locator("[data-action=accept]").click()
        expect(row).to_have_attribute("data-state", "active")
        yield pages.host
        assert row.get_attribute("data-state") == "active"
        row.locator("[data-action=cancel]").click()
        expect(row).to_have_attribute("data-state", "cancelled")


@contextmanager
def people(pages: Pages) -> Iterator[Page]:
    with tab(pages.host, "people"):
        say(pages.guest, "Are you still there?")
        expect(pages.host.locator("#tabs label[data-unread]")).not_to_have_count(0)
        yield pages.host


@contextmanager
def asked(pages: Pages) -> Iterator[Page]:
    """Somebody asks to be let in, and has no link."""
    with asking(pages):
        yield pages.host


@contextmanager
def asking(pages: Pages) -> Iterator[Page]:
    """The same as they see it."""
    page = pages.stranger
    page.fill("#remote-id", own_id(pages.host))
    page.click("#connect")
    for each in (page, pages.host):
        expect(each.locator("#peers .phrase", has_text=FOUR_WORDS)).to_have_count(1)
    yield page
    page.click("#peers [data-action=close]")
    expect(pages.host.locator("#peers > li")).to_have_count(1)


@contextmanager
def ringing(pages: Pages) -> Iterator[Page]:
    start_call(pages.guest)
    expect(pages.host.locator("#incoming-call")).to_be_visible()
    yield pages.host
    pages.host.click("#call-decline")
    expect(pages.host.locator("#incoming-call")).to_be_hidden()


@contextmanager
def call(pages: Pages) -> Iterator[Page]:
    in_call(pages.guest, pages.host)
    pages.host.click("#mute-audio")
    yield pages.host
    pages.host.set_viewport_size({"width": 1280, "height": 800})
    pages.host.click("#call-end")
    for page in (pages.host, pages.guest):
        expect(page.locator("#remote-videos video")).to_have_count(0)


STATES: list[State] = [
    loading, slow, broken, alone, notices, lost, settings, connected, files, people, asked, asking,
    ringing, call,
]  # fmt: skip


@contextmanager
def tab(page: Page, name: str) -> Iterator[None]:
    """Have a tab open on a phone; the other panels stand beside it where there is room."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(f"#tabs [value={name}]").check(force=True)
    yield
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#tabs [value=chat]").check(force=True)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_look(pages: Pages, state: State) -> None:
    problems: list[str] = []
    with state(pages) as page:
        for width, height, theme in VIEWS:
            name = f"{state.__name__}-{width}-{theme}"
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            keep_picture(page, name)
            problems += [f"{name}: {found}" for found in axe(page)]
            problems += [f"{name}: sticks out: {found}" for found in page.evaluate(OVERFLOW)]
    assert problems == []


def test_a_conversation_stays_at_its_end(pages: Pages) -> None:
    page = pages.host
    with tab(page, "chat"):
        say(page, "Look at this:")
        newest = page.locator("#chat-log > .message").last
        expect(newest).to_contain_text("delivered")
        for width, height in ((844, 390), (390, 500)):  # turned, and with a keyboard
            page.set_viewport_size({"width": width, "height": height})
            expect(newest).to_be_in_viewport(ratio=1)


def test_people_have_their_tab_during_a_call(pages: Pages) -> None:
    with call(pages) as page, tab(page, "people"):
        expect(page.locator("#start")).to_be_hidden()
        expect(page.locator("#peers > li").first).to_be_in_viewport(ratio=1)


def test_another_language_from_the_start_on(pages: Pages) -> None:
    """Two pages that are connected are loaded again: one in German, one from right to left."""
    pages.browsers.watch.expected += ["Could not connect to peer"]
    pages.host.goto(pages.browsers.site.url + "?lang=de")
    wait_connected(pages.host)
    german(pages)
    assert fits(pages.host, "german", [(360, 640, "light"), (1280, 800, "dark")]) == []
    pages.guest.goto(pages.browsers.site.url + "?lang=ar-XB")
    wait_connected(pages.guest)
    expect(pages.guest.locator("html")).to_have_attribute("dir", "rtl")
    views: list[tuple[int, int, Theme]] = [(390, 844, "dark"), (1280, 800, "light")]
    assert fits(pages.guest, "right-to-left", views) == []


def german(pages: Pages) -> None:
    page = pages.host
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#status")).to_have_text(f"Verbunden mit {GUEST}")
    expect(page.locator("#settings-open")).to_have_text("Einstellungen")
    expect(page.locator("#chat-log .message[data-from=me] .meta").last).to_contain_text(
        "angekommen"
    )
    assert "?" not in page.url  # nobody is handed the language on with the link
    with tab(page, "people"):
        expect(page.locator("#my-link")).not_to_contain_text("lang")
    with tab(page, "files"):
        paths = [pages.folder / name for name in ("one.md", "two.md")]
        for path in paths:
            path.write_text("two of them")
        pages.guest.set_input_files("#file-input", paths)
        card = page.locator(pages.transfer("one.md"))
        expect(card).to_contain_text(f"{GUEST} möchte dir diese 2 Dateien senden")
        card.locator("[data-action=decline]").click()
    page.locator("#settings-open").click()
    page.select_option("#settings-language", "en")
    page.click("#settings-save")
    expect(page.locator("#language")).to_contain_text("Die gewählte Sprache gilt nach dem Neuladen")
    page.locator("#settings-open").click()
    page.select_option("#settings-language", "")
    page.click("#settings-save")
    expect(page.locator("#language")).to_be_hidden()


def fits(page: Page, language: str, views: list[tuple[int, int, Theme]]) -> list[str]:
    """What does not fit, or axe finds: in each tab, and in the settings over it."""
    problems: list[str] = []
    for width, height, theme in views:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for shown in (
            ("chat", "files", "people", "settings") if width < 900 else ("chat", "settings")
        ):
            if shown == "settings":
                page.locator("#settings-open").click()
            elif width < 900:
                page.locator(f"#tabs [value={shown}]").check(force=True)
            keep_picture(page, f"{language}-{shown}-{width}-{theme}")
            found = [f"{each} sticks out" for each in page.evaluate(OVERFLOW)]
            if shown == "settings" or width > 900:
                found += axe(page)
            problems += [f"{language}, {shown}, {width}: {each}" for each in found]
        page.click("#settings-cancel")
    return problems
