"""How the page looks in each of its states: nothing for axe to find, nothing cut off.

The states are put into the page by hand, from the page's own templates, with no Python in it: so
every width and theme is seen within seconds. `LOOK=folder nox -s browser -- -k look` keeps the
pictures.
"""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import Callable, Iterator

import pytest
import segno
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from harness import FLAGS
from look import OVERFLOW, Theme, axe, keep_picture
from serving.places import ROOT

ADDRESS = "http://localhost/"
CDN = "https://cdn.jsdelivr.net/npm/@knadh/oat@0.6.1/"
# Every width, and both themes where the layouts differ most: each state costs seconds to examine.
VIEWS: list[tuple[int, int, Theme]] = [
    (360, 640, "light"),
    (360, 640, "dark"),
    (390, 844, "dark"),
    (800, 1100, "light"),
    (1280, 800, "light"),
    (1280, 800, "dark"),
]

LINK = "https://mira.example/peerscript/#4f1c2f9e-7d0b-4f6e-9f0a-2f7f0c1f9b52"
LONG_NAME = "the-minutes-of-the-meeting-about-the-other-meeting-final-final-2-with-remarks.docx"

# Fills the page from its own templates, as the panels do.
FILL = """({list, template, slots, attributes}) => {
  const made = document.getElementById(template).content.firstElementChild.cloneNode(true);
  for (const [name, text] of Object.entries(slots))
    made.querySelector(`[data-slot="${name}"]`).textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  const progress = made.querySelector("progress");
  if (progress) { progress.value = 0.62; progress.setAttribute("aria-label", "Progress"); }
  const video = made.querySelector("video");
  if (video) video.setAttribute("aria-label", "Camera of Mira");
  for (const e of made.querySelectorAll(".text")) if (e.textContent.length > 3000) e.tabIndex = 0;
  document.getElementById(list).append(made);
}"""


def loading(page: Page) -> None:
    """As the page is before any script runs."""


def slow(page: Page) -> None:
    """Loading takes long: the animation's delay has passed."""
    page.add_style_tag(
        content="#loading-slow { visibility: visible !important; max-block-size: none !important }"
    )


def broken(page: Page) -> None:
    set_status(page, "failed", "Could not load")
    page.locator("#loading-stage").evaluate(
        "e => e.textContent = 'This page could not load: pyodide.asm.wasm answered 404. "
        "Check your connection and any content blocker, then reload the page.'"
    )


def alone(page: Page) -> None:
    picture = segno.make(LINK, error="m").svg_data_uri(border=1, dark="#000", light="#fff")
    page.evaluate(
        """([link, picture]) => {
          document.documentElement.dataset.ready = "true";
          const a = document.getElementById("my-link");
          a.textContent = a.href = link;
          document.getElementById("my-id").textContent = link.split("#")[1];
          const img = Object.assign(new Image(), {src: picture, alt: "QR code of the link"});
          document.getElementById("share-qr").append(img);
          for (const e of document.querySelectorAll("#my-link, #share-link")) e.hidden = false;
          for (const e of document.querySelectorAll(":disabled")) e.disabled = false;
        }""",
        [LINK, picture],
    )
    set_status(page, "ready", "Ready")


def notices(page: Page) -> None:
    alone(page)
    add(page, "notices", "notice", {"text": "Nobody with this ID is online. Ask for a new link."})
    add(page, "notices", "notice", {"text": f"“{LINK * 2}” is not a link or an ID."})


def connected(page: Page) -> None:
    alone(page)
    set_status(page, "connected", "Connected to Mira’s phone")
    for name, detail, state in (
        ("Mira’s phone", "Connected.", "connected"),
        ("Guest 4f1c", "Reconnecting…", "reconnecting"),
    ):
        add(
            page,
            "peers",
            "peer",
            {"name": name, "detail": detail},
            data_peer_id=name,
            data_verified="false",
            data_state=state,
        )
    for sender, text, meta in (
        ("mira", "Hi! Did you get the slides? 🎉", "Mira’s phone · 14:02"),
        ("me", "Yes, sending the recording now 👍\nand the notes.", "14:03 · delivered"),
        ("mira", "שלום, זה עובד מימין לשמאל", "Mira’s phone · 14:03"),
        ("mira", "https://example.org/" + "a-long-way/" * 12, "Mira’s phone · 14:04"),
        ("me", "long " * 2_000, "14:04 · sent"),
        ("me", "<b>Great!</b>", "14:05 · delivered"),
    ):
        slots = {"text": text, "meta": meta}
        add(page, "chat-log", "message", slots, data_from=sender, data_state="delivered")
    page.locator("#chat-log").evaluate("e => e.scrollTop = e.scrollHeight")
    for name, size, detail, direction, state in (
        ("recording.mp4", "50 MB", "31 MB of 50 MB · 8.4 MB/s · 3 s left", "out", "active"),
        (LONG_NAME, "210 MB", "Mira’s phone wants to send you this", "in", "offered"),
        ("notes.md", "4 kB", "Received, checked (SHA-256)", "in", "done"),
        ("plan.pdf", "1 MB", "The connection to Mira’s phone was lost.", "in", "failed"),
    ):
        slots = {"name": name, "size": size, "detail": detail}
        add(
            page,
            "transfers",
            "transfer",
            slots,
            data_transfer_id=name,
            data_direction=direction,
            data_state=state,
        )


def door(page: Page) -> None:
    """Somebody asks to be let in, and somebody else is out of reach."""
    connected(page)
    for name, state, detail in (
        ("Guest 77aa", "asking", "Asks to be let in, and has no link of yours."),
        ("Guest 9b52", "lost", "Out of reach. Nobody by that ID is there."),
    ):
        slots = {"name": name, "detail": detail, "trust": "Not verified.", "phrase": ""}
        if state == "asking":
            slots["phrase"] = "lighthouse kangaroo trumpet hedgehog"
        add(page, "peers", "peer", slots, data_peer_id=name, data_state=state, data_asks="")
    page.locator("#peers .phrase").evaluate_all(
        "rows => rows.forEach(e => e.hidden = !e.textContent)"
    )


def files(page: Page) -> None:
    connected(page)
    open_tab(page, "files")


def people(page: Page) -> None:
    connected(page)
    page.locator("#tabs label").first.evaluate("e => e.dataset.unread = '12'")
    open_tab(page, "people")


def ringing(page: Page) -> None:
    connected(page)
    page.locator("#incoming-call").evaluate("e => e.hidden = false")
    page.locator("#incoming-call-name").evaluate("e => e.textContent = 'Mira’s phone'")


def call(page: Page) -> None:
    connected(page)
    set_status(page, "connected", "Connected to Mira’s phone")
    page.locator("#mute-audio").evaluate("e => e.setAttribute('aria-pressed', 'true')")
    add(page, "remote-videos", "remote-video", {"caption": "Mira’s phone"}, data_state="talking")


def settings(page: Page) -> None:
    alone(page)
    for outcome, text in (
        ("works", "On the same network: works."),
        ("fails", f"Across the internet (STUN): does not work. stun:{'long.' * 20}example fails."),
        ("unknown", "Through a relay (TURN): no TURN server is listed."),
        ("advice", "Nobody can be reached."),
    ):
        slots = {"text": text}
        add(page, "settings-test-result", "settings-test", slots, data_outcome=outcome)
    page.locator("#settings").evaluate("e => e.showModal()")


STATES = [
    loading, slow, broken, alone, notices, connected, door, files, people, ringing, call, settings,
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    yield browser
    browser.close()


@pytest.mark.parametrize(("width", "height", "theme"), VIEWS)
def test_look(chromium: Browser, width: int, height: int, theme: Theme) -> None:
    problems: list[str] = []
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    context.route("**/*", from_checkout)
    page = context.new_page()
    for state in STATES:
        name = f"{state.__name__}-{width}-{theme}"
        page.goto(ADDRESS)
        state(page)
        keep_picture(page, name)
        problems += [f"{name}: {found}" for found in axe(page)]
        problems += [f"{name}: sticks out: {found}" for found in page.evaluate(OVERFLOW)]
    context.close()
    assert problems == []


def on_a_phone(chromium: Browser, width: int, height: int, state: Callable[[Page], None]) -> Page:
    """A phone's page in one of its states."""
    context = chromium.new_context(viewport={"width": width, "height": height})
    context.route("**/*", from_checkout)
    page = context.new_page()
    page.goto(ADDRESS)
    state(page)
    return page


def test_people_have_their_tab_during_a_call(chromium: Browser) -> None:
    page = on_a_phone(chromium, 390, 844, call)
    open_tab(page, "people")
    expect(page.locator("#start")).to_be_hidden()
    expect(page.locator("#peers > li").first).to_be_in_viewport(ratio=1)
    page.context.close()


def test_who_knocks_takes_no_room_from_a_remote(chromium: Browser) -> None:
    page = on_a_phone(chromium, 390, 844, door)
    page.locator("#slides").evaluate("e => e.dataset.role = 'remote'")
    expect(page.locator("#people")).to_be_visible()
    open_tab(page, "slides")
    expect(page.locator("#people")).to_be_hidden()
    page.context.close()


def test_a_phone_on_its_side_shows_the_tab_that_was_chosen(chromium: Browser) -> None:
    page = on_a_phone(chromium, 844, 390, connected)
    for role in ("remote", "follower", "presenter"):
        page.locator("#slides").evaluate("(e, role) => e.dataset.role = role", role)
        open_tab(page, "slides")
        expect(page.locator("#slides")).to_be_visible()
        open_tab(page, "chat")
        expect(page.locator("#slides")).to_be_hidden()
        expect(page.locator("#chat")).to_be_visible()
    page.context.close()


def test_enter_before_python_runs_keeps_what_was_typed(chromium: Browser) -> None:
    context = chromium.new_context()
    context.route("**/*", from_checkout)
    page = context.new_page()
    page.goto(ADDRESS)
    page.locator("#remote-id").fill(LINK)
    page.locator("#remote-id").press("Enter")
    assert page.locator("#remote-id").input_value() == LINK
    assert page.url == ADDRESS
    context.close()


def from_checkout(route: Route) -> None:
    """Answer with the checkout's own page and styles; no script is let in."""
    url = route.request.url.partition("?")[0]
    if url.startswith(CDN):
        path = ROOT / "node_modules" / "@knadh" / "oat" / url.removeprefix(CDN)
    else:
        path = ROOT / (url.removeprefix(ADDRESS) or "index.html")
    kind = mimetypes.guess_type(path.name)[0]
    if kind in ("text/html", "text/css", "image/svg+xml") and path.is_file():
        headers = {"access-control-allow-origin": "*", "content-type": str(kind)}
        route.fulfill(body=path.read_bytes(), headers=headers)
    else:
        route.abort()


def add(page: Page, parent: str, kind: str, slots: dict[str, str], **attributes: str) -> None:
    """Put a filled copy of a template into a list."""
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    filled = {"list": parent, "template": f"{kind}-template", "slots": slots, "attributes": named}
    page.evaluate(FILL, filled)


def set_status(page: Page, state: str, words: str) -> None:
    page.locator("#status").evaluate(
        "(e, [state, words]) => { e.dataset.state = state; e.textContent = words }", [state, words]
    )


def open_tab(page: Page, tab: str) -> None:
    """Choose a tab where there are tabs."""
    if page.locator("#tabs").is_visible():
        page.locator(f"#tabs [value={tab}]").check(force=True)
