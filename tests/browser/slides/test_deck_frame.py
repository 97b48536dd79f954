"""The frame of a deck: what a deck cannot do there, and decks by their address."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from deck_lab import present, present_url, refused_url, run_in_frame, shown, slides
from harness import Browsers
from pyodide_page import run

EVIL = """<script>parent.postMessage("script ran", "*")</script>
<img src="x" onerror="parent.postMessage('handler ran', '*')">
<svg onload="parent.postMessage('svg ran', '*')"></svg>
<a href="javascript:parent.postMessage('link ran', '*')">press</a>
<iframe srcdoc="<script>parent.parent.postMessage('frame ran', '*')</script>"></iframe>
<form action="https://third.test/"><button>send</button></form>
<base href="https://third.test/">
"""


@pytest.mark.parametrize("kind", ["md", "html"])
def test_a_deck_runs_no_script_and_reaches_nothing(page: Page, watch: list[str], kind: str) -> None:
    watch += ["Content Security Policy", "sandboxed", "404", "Failed to load resource"]
    markdown = f"# Evil\n\n{EVIL}\n\nNote:\n<script>alert(1)</script>"
    html = f'<div class="slides"><section><h1>Evil</h1>{EVIL}</section></div>'
    present(page, f"evil.{kind}", markdown if kind == "md" else html)
    frame = shown(page)
    expect(frame.locator("h1")).to_have_text("Evil")
    frame.locator("a").click()
    frame.get_by_role("button", name="send").click()
    for attempt in (
        "parent.document.title",
        "parent.localStorage.length",
        "localStorage.length",
        "document.cookie",
        "top.location = 'https://third.test/'",
        "open('https://third.test/').closed",
        "indexedDB.open('x')",
    ):
        assert "Error" in run_in_frame(page, attempt), attempt
    assert run_in_frame(page, "fetch('/index.html').then(() => 'got it')") != "got it"
    heard = [word for each in page.frames[:-1] for word in each.evaluate("heard")]
    assert not [word for word in heard if "ran" in str(word)]
    assert run(page, "deck.next()\ntold()") == "[0, 1, 0]"


def test_an_address(page: Page, the_lab: tuple[Browsers, Page]) -> None:
    present_url(page, f"{the_lab[0].site.url}deck.html?theme=white#/1")
    assert run(page, "told()") == "[0, 5, 0]"
    assert slides(page) == [["", "Welcome all"], ["", ""], ["", "• one\n• two"], ["", ""], ["", ""]]
    run(page, "deck.goto(2)\nawait stands(2, 0)\ndeck.next()\nawait stands(3, 0)")
    run(page, "deck.next()\nawait stands(3, 1)\ndeck.previous()\nawait stands(3, 0)")
    expect(shown(page).locator("section.present section.present")).to_have_text("Below, last aside")
    run(page, "deck.goto(4)\nawait stands(4, 0)")


HELD = """
from ui.slides import display
drawn, held = display._drawn, asyncio.Event()
async def late(outline):
    await held.wait()
    return await drawn(outline)
async def ended(showing):
    try:
        return type(await showing).__name__
    except NotADeck as error:
        return type(error).__name__
display._drawn = late
first = asyncio.ensure_future(ended(stage.show(read_file("a.md", "", b"# One $x$"))))
await asyncio.sleep(0)
"""
LET_GO = "display._drawn = drawn\nheld.set()\nawait first"
REMOVED = "DeckRemoved"


def test_a_deck_that_comes_late_is_not_shown(page: Page) -> None:
    """Its formulas are drawn when another one is shown already."""
    run(page, HELD)
    run(page, 'await stage.show(read_file("b.md", "", b"# Two"))\nNone')
    assert run(page, LET_GO) == REMOVED
    expect(page.locator("#slides-stage > iframe")).to_have_count(1)
    expect(shown(page).locator("section.present h1")).to_have_text("Two")


def test_a_deck_is_not_shown_after_the_end(page: Page) -> None:
    run(page, HELD)
    run(page, "stage.close()")
    assert run(page, LET_GO) == REMOVED
    expect(page.locator("#slides-stage > iframe")).to_have_count(0)


def test_a_deck_that_is_removed_is_not_waited_for(
    page: Page, the_lab: tuple[Browsers, Page]
) -> None:
    """One that never says that it is ready."""
    run(page, HELD)
    silent = json.dumps(the_lab[0].site.url + "site/icon.svg")
    run(page, f"second = asyncio.ensure_future(ended(stage.show(read_url({silent}))))")
    expect(page.locator("#slides-stage > iframe")).to_have_count(1)
    run(page, "stage.close()")
    assert run(page, "await asyncio.wait_for(second, 5)") == REMOVED
    run(page, LET_GO)


def test_a_page_that_is_no_deck_is_refused(page: Page, the_lab: tuple[Browsers, Page]) -> None:
    run(page, "from app.slides.decks import reveal\nlimit, reveal.OPENING_TIMEOUT = 15.0, 1.0")
    assert "does not answer" in refused_url(page, f"{the_lab[0].site.url}nothing.html")
    run(page, "reveal.OPENING_TIMEOUT = limit")


def test_a_frame_that_floods_is_removed(page: Page, the_lab: tuple[Browsers, Page]) -> None:
    """It says that it is a deck, then rubbish, and then without end that it was turned."""
    present_url(page, f"{the_lab[0].site.url}flood.html")
    expect(page.locator("#slides-cover")).to_contain_text("stopped")
    assert run(page, "deck.state.total") == 1
    assert int(run(page, "turns")) < 5_000
    present(page, "talk.md", '# One\n\n- more <!-- .element: class="fragment" -->')
    run(page, "stage.cover('')\ndeck.next()\nawait stands(0, 1)")


@pytest.mark.parametrize("address", ["javascript:parent.alert(1)", "data:text/html,x", "\\xff"])
def test_an_address_from_another_page_is_looked_at(page: Page, address: str) -> None:
    source = f"DeckSource('url', 'a talk', b'{address}')"
    answer = run(
        page,
        f"try: await stage.show({source})\nexcept NotADeck as error: words = str(error)\nwords",
    )
    assert "address of a page" in answer or "UTF-8" in answer
