"""A link in a deck does not lead the stage away, and no page that it leads to turns slides."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect
from playwright.sync_api import TimeoutError as Overdue

from deck_lab import give, present, present_url, refused_url, shown
from harness import Browsers, served
from pyodide_page import run
from serving.serve import certificate
from waiting import until

# A page of somebody else that says, before it has loaded and ever after, that slide 2 is shown.
FOREIGN = """<!doctype html><title>Foreign</title><script>
const lie = () => (opener ?? parent).postMessage(JSON.stringify({namespace: "reveal",
  eventName: "slidechanged", state: {indexh: 1, indexv: 0}}), "*");
for (let n = 0; n < 50; n++) lie();
setInterval(lie, 5);
</script>"""
# Ways out of a slide: HTML with the address in place of AWAY.
WAYS = {
    "link": '<a href="AWAY">press</a>',
    "self": '<a href="AWAY" target="_self">press</a>',
    "parent": '<a href="AWAY" target="_parent">press</a>',
    "top": '<a href="AWAY" target="_top">press</a>',
    "named": '<a href="AWAY" target="other" rel="opener">press</a>',
    "ping": '<a href="about:blank" target="_self" ping="AWAY">press</a>',
    "data": '<a href="data:text/html,FOREIGN" target="_self">press</a>',
    "area": '<img usemap="#map" alt="press" width="200" height="200"><map name="map">'
    '<area shape="rect" coords="0,0,200,200" href="AWAY" target="_self"></map>',
    "svg": '<svg width="200" height="60"><a href="AWAY"><text y="40">press</text></a></svg>',
    "form": '<form action="AWAY"><button>press</button></form>',
    "button": '<form method="post"><button formaction="AWAY">press</button></form>',
    "refresh": '<meta http-equiv="refresh" content="0;url=AWAY">press',
    "base": '<base target="_self" href="AWAY"><a href="AWAY">press</a>',
}
# Those that a slide may still try: the browser goes nowhere, and what is left is no deck.
EMPTIED = ("self", "ping", "data", "area", "svg")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of somebody else's page, over https."""
    root = tmp_path_factory.mktemp("foreign")
    (root / "index.html").write_text(FOREIGN)
    with served(root, broker_port=9, tls=certificate("page.test")) as site:
        yield f"https://page.test:{site.front.port}/"


@pytest.fixture
def reached(page: Page, foreign: str) -> Iterator[list[str]]:
    """What of somebody else's page has come: a request may be made, and refused by the policy."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith(foreign):
            addresses.append(request.url)

    page.on("requestfinished", note)
    yield addresses
    page.remove_listener("requestfinished", note)


@pytest.fixture
def refused(page: Page) -> Iterator[list[str]]:
    """What the browser says that it has refused."""
    words: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if any(part in message.text for part in ("sandbox", "Content Security Policy")):
            words.append(message.text)

    page.on("console", note)
    yield words
    page.remove_listener("console", note)


def press(link: Locator) -> None:
    """Press it. Its frame may be gone before it has answered, and then Playwright waits in vain:
    what came of it is asked afterwards.
    """
    with contextlib.suppress(Overdue):
        link.click(timeout=5_000)


def led_nowhere(page: Page) -> None:
    """The frame was removed, and a person is told."""
    expect(page.locator("#slides-cover")).to_contain_text("led away")
    until(page, lambda: not page.frames[1:], "the deck is still shown")
    assert run(page, "told()").startswith("[0, ")
    assert len(page.context.pages) == 1


def stays(page: Page, refused: list[str]) -> None:
    """The browser has refused, and the deck is as it was."""
    until(page, lambda: refused, "nothing is refused")
    assert run(page, "told()").startswith("[0, ")
    assert len(page.context.pages) == 1
    run(page, "deck.next()\nawait stands(1, 0)")


@pytest.mark.parametrize("kind", ["md", "html"])
@pytest.mark.parametrize("way", WAYS)
def test_a_way_out_of_a_slide(
    page: Page,
    watch: list[str],
    foreign: str,
    refused: list[str],
    reached: list[str],
    way: str,
    kind: str,
) -> None:
    watch += ["sandbox", "Content Security Policy", f"third party: {foreign}"]
    slide = WAYS[way].replace("AWAY", foreign).replace("FOREIGN", FOREIGN.replace('"', "%22"))
    markdown = f"# One\n\n{slide}\n\n---\n\n# Two"
    html = f'<div class="slides"><section>{slide}</section><section>Two</section></div>'
    deck = markdown if kind == "md" else html
    if way == "refresh":
        # Markdown's is made an element in the frame, while the deck opens or just after; that of a
        # page is cut out.
        words = give(page, "refused", f"talk.{kind}", deck.encode())
        assert words is None or "led away" in words
        if kind == "md":
            expect(page.locator("#slides-cover")).to_contain_text("led away")
    elif way == "area":
        present(page, f"talk.{kind}", deck)
        press(shown(page).get_by_alt_text("press"))
    else:
        present(page, f"talk.{kind}", deck)
        press(shown(page).locator(".slides").get_by_text("press"))
    if way in EMPTIED:
        led_nowhere(page)
    elif way != "refresh":
        stays(page, refused)
    assert not reached


@pytest.mark.parametrize("where", ["near", "far"])
def test_a_deck_by_its_address_stays_at_its_address(
    page: Page,
    the_lab: tuple[Browsers, Page],
    watch: list[str],
    foreign: str,
    reached: list[str],
    where: str,
) -> None:
    watch += ["Content Security Policy"]
    site = the_lab[0].site.url
    away = foreign if where == "far" else f"{site}nothing.html"
    present_url(page, f"{site}links.html?{urlencode({'away': away})}")
    press(shown(page).get_by_text("press"))
    led_nowhere(page)
    assert not reached


def test_a_deck_by_its_address_is_led_away_at_once(
    page: Page, the_lab: tuple[Browsers, Page], watch: list[str], foreign: str, reached: list[str]
) -> None:
    watch += ["Content Security Policy"]
    away = urlencode({"away": foreign, "at": "once"})
    assert "led away" in refused_url(page, f"{the_lab[0].site.url}links.html?{away}")
    assert not reached
