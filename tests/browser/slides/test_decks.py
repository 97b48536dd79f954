"""Decks on the page's stage: what is shown, what is not, and what a deck cannot do."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, Playwright, expect

from deck_files import HTML, pdf
from harness import Browsers, eventually, served
from pyodide_page import START, run

PRELUDE = """
import asyncio, json
from app.slides.decks import NotADeck
from app.slides.decks.reading import read_file, read_url
from peerscript.slides import DeckSource
from peerscript.protocol.slides.ink import Ink
from peerscript.protocol.slides.messages import Point, Stroke
from ui.bridge.deckstore import DeckStore
from ui.slides.stage import Stage

problems = []
asyncio.get_running_loop().set_exception_handler(
    lambda loop, context: problems.append(str(context.get("exception") or context["message"]))
)
stage = Stage()
turned = asyncio.Condition()
turns = 0

def on_turned():
    global turns
    turns += 1
stage.on_turned = on_turned

async def present(name, data, type=""):
    global deck
    deck = await stage.show(read_file(name, type, bytes(data.to_py())))
    return told()

async def present_url(url):
    global deck
    deck = await stage.show(read_url(url))

async def refused_url(url):
    try:
        await stage.show(read_url(url))
    except NotADeck as error:
        return str(error)

async def refused(name, data, type=""):
    try:
        await stage.show(read_file(name, type, bytes(data.to_py())))
    except NotADeck as error:
        return str(error)

def told():
    state = deck.state
    return json.dumps([state.slide, state.total, state.step])

async def stands(slide, step):
    async with asyncio.timeout(10):
        while (deck.state.slide, deck.state.step) != (slide, step):
            await asyncio.sleep(0.01)
"""
MARKDOWN = """---
title: front matter
---
# One <b>bold</b>

- first <!-- .element: class="fragment" -->
- second <!-- .element: class="fragment" -->

Note:
Say **hello**.

---

## Two

```python
print("---")

---
```

--

## Below two

---

Three has no heading
"""
ADDRESS = """<!doctype html><html><head><link rel="icon" href="data:,">
<link rel="stylesheet" href="/vendor/reveal.js/dist/reveal.css"></head>
<body><div class="reveal"><div class="slides">
<section>First<aside class="notes">Welcome <b>all</b></aside></section>
<section data-visibility="uncounted">Second</section>
<section><section>Third<aside class="notes"><ul><li>one<li>two</ul></aside></section>
<section>Below, last <span class="fragment">aside</span></section></section>
<section>Last</section>
</div></div><script src="/vendor/reveal.js/dist/reveal.js"></script>
<script>Reveal.initialize({hash: true})</script></body></html>"""
FLOOD = """<!doctype html><link rel="icon" href="data:,"><script>
const say = (word) => parent.postMessage(word, "*");
const tell = (eventName, state, more) => say(JSON.stringify(
  {namespace: "reveal", eventName, state, ...more}));
const at = {indexh: 0, indexv: 0};
addEventListener("message", (event) => {
  const {method} = JSON.parse(event.data);
  tell("callback", at, {method, result: {rubbish: ["<script>"]}});
});
tell("ready", at);
for (const word of [7, null, {}, [], "", "{", "[]", "{}", "[".repeat(20000), "x".repeat(300000)]) {
  say(word);
}
for (const state of [7, null, [], {}, {indexh: -5, indexv: 1e9}, {indexh: "0", indexv: true}]) {
  tell("slidechanged", state);
}
let turns = 0;
const flood = () => {
  for (let n = 0; n < 200; n++) tell("fragmentshown", {...at, indexf: turns++ % 2});
  setTimeout(flood, 1);
};
setTimeout(flood, 500);
</script>"""


@pytest.fixture(scope="module")
def the_lab(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Browsers, Page]]:
    """The built page with its policy and its panels, but without the app: Python runs tests."""
    root = tmp_path_factory.mktemp("decks") / "site"
    shutil.copytree(built, root)
    index = (root / "index.html").read_text()
    for name, content in (("deck", ADDRESS), ("flood", FLOOD), ("nothing", "<p>Nothing</p>")):
        (root / f"{name}.html").write_text(content)
    (root / "stage.html").write_text(re.sub(r"<script [^>]*py[^>]*></script>", "", index))
    with served(root) as site:
        browsers = Browsers(playwright, site)
        try:
            page = browsers.page()
            page.goto(f"{site.url}stage.html")
            page.evaluate(START)
            page.evaluate("document.querySelector('#slides').dataset.role = 'presenter'")
            run(page, PRELUDE)
            yield browsers, page
        finally:
            browsers.close()


@pytest.fixture
def page(the_lab: tuple[Browsers, Page]) -> Iterator[Page]:
    """That page, which must not complain."""
    browsers, page = the_lab
    browsers.watch.expected.clear()
    yield page
    run(page, "stage.close()\nstage.on_turned = on_turned")
    assert browsers.watch.unexpected() == []
    browsers.watch.problems.clear()
    assert run(page, 'found, problems[:] = "\\n".join(problems), []\nfound') == ""


@pytest.fixture
def watch(the_lab: tuple[Browsers, Page]) -> list[str]:
    """Parts of complaints that a test is about."""
    return the_lab[0].watch.expected


def give(page: Page, function: str, name: str, data: bytes) -> Any:
    """Hand a file to Python in the page."""
    return page.evaluate(
        """([name, use, text]) => py.globals.get(use)(
            name, Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))""",
        [name, function, base64.b64encode(data).decode()],
    )


def present(page: Page, name: str, data: bytes | str) -> list[int]:
    """Open a deck; its slide, total and step."""
    content = data if isinstance(data, bytes) else data.encode()
    return list(json.loads(give(page, "present", name, content)))


def shown(page: Page) -> FrameLocator:
    return page.frame_locator("#slides-frame")


def slides(page: Page) -> list[list[str]]:
    found = run(page, "json.dumps([[each.title, each.notes] for each in deck.slides])")
    return list(json.loads(found))


def test_markdown(page: Page) -> None:
    assert present(page, "talk.md", MARKDOWN) == [0, 4, 0]
    assert slides(page) == [
        ["One bold", "Say **hello**."],
        ["Two", ""],
        ["Below two", ""],
        ["Three has no heading", ""],
    ]
    expect(shown(page).locator("section.present h1")).to_have_text("One bold")
    expect(shown(page).locator("h1 b")).to_have_count(1)
    for place in ((0, 1), (0, 2), (1, 0), (2, 0), (3, 0)):
        run(page, f"deck.next()\nawait stands{place}")
    expect(shown(page).locator("section.present p").last).to_have_text("Three has no heading")
    run(page, "deck.next()\ndeck.goto(99)\ndeck.goto(1)\nawait stands(1, 0)")
    expect(shown(page).locator("section.present.present code").first).to_contain_text("---")
    run(page, "deck.previous()\nawait stands(0, 2)\ndeck.goto(0, 1)\nawait stands(0, 1)")
    expect(shown(page).locator(".fragment.visible")).to_have_count(1)


def test_it_tells_when_it_is_turned_by_a_key(page: Page) -> None:
    present(page, "talk.md", MARKDOWN)
    before = int(run(page, "turns"))
    shown(page).locator("section.present h1").first.click()
    page.keyboard.press("ArrowRight")
    run(page, "await stands(0, 1)")
    assert int(run(page, "turns")) == before + 1


def test_a_reveal_js_page(page: Page) -> None:
    assert present(page, "talk.html", HTML) == [0, 4, 0]
    assert slides(page) == [
        ["First", "Say this"],
        ["Second", "attribute"],
        ["Below", ""],
        ["Third", ""],
    ]
    expect(shown(page).locator("h1.own")).to_have_css("color", "rgb(1, 2, 3)")
    run(page, "deck.goto(2, 1)\nawait stands(2, 1)")
    expect(shown(page).locator("section.present .fragment.visible")).to_have_text("Below")
    run(page, "deck.next()\nawait stands(3, 0)")
    expect(shown(page).locator("section.present h2")).to_have_text("Third")


def test_the_sample(page: Page, built: Path) -> None:
    _, total, _ = present(page, "sample.md", (built / "site/decks/sample.md").read_bytes())
    assert total >= 8
    assert all(title for title, _ in slides(page))
    assert all(notes for _, notes in slides(page))
    for number in range(total):
        run(page, f"deck.goto({number})\nawait stands({number}, 0)")


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
    page.evaluate(
        """() => {
          window.heard = [];
          addEventListener("message", (event) => heard.push(event.data));
        }"""
    )
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
    assert not [word for word in page.evaluate("heard") if "ran" in str(word)]
    assert run(page, "deck.next()\ntold()") == "[0, 1, 0]"


def run_in_frame(page: Page, code: str) -> str:
    """What a debugger in the frame would get: more than a deck's own script could do."""
    [frame] = [each for each in page.frames if each.parent_frame == page.main_frame]
    return str(
        frame.evaluate(
            """async (code) => {
              try { return String(await eval(code)); } catch (error) { return "Error: " + error; }
            }""".replace("eval(code)", f"({code})"),
            code,
        )
    )


def test_an_address(page: Page, the_lab: tuple[Browsers, Page]) -> None:
    present_url(page, f"{the_lab[0].site.url}deck.html?theme=white#/1")
    assert run(page, "told()") == "[0, 5, 0]"
    assert slides(page) == [["", "Welcome all"], ["", ""], ["", "• one\n• two"], ["", ""], ["", ""]]
    run(page, "deck.goto(2)\nawait stands(2, 0)\ndeck.next()\nawait stands(3, 0)")
    run(page, "deck.next()\nawait stands(3, 1)\ndeck.previous()\nawait stands(3, 0)")
    expect(shown(page).locator("section.present section.present")).to_have_text("Below, last aside")
    run(page, "deck.goto(4)\nawait stands(4, 0)")


def test_a_page_that_is_no_deck_is_refused(page: Page, the_lab: tuple[Browsers, Page]) -> None:
    run(page, "from app.slides.decks import reveal\nlimit, reveal.OPENING_TIMEOUT = 15.0, 1.0")
    assert "does not answer" in refused_url(page, f"{the_lab[0].site.url}nothing.html")
    run(page, "reveal.OPENING_TIMEOUT = limit")


def test_a_frame_that_floods_is_emptied(page: Page, the_lab: tuple[Browsers, Page]) -> None:
    """It says that it is a deck, then rubbish, and then without end that it was turned."""
    present_url(page, f"{the_lab[0].site.url}flood.html")
    expect(page.locator("#slides-cover")).to_contain_text("stopped")
    assert run(page, "deck.state.total") == 1
    assert int(run(page, "turns")) < 5_000
    present(page, "talk.md", MARKDOWN)
    run(page, "stage.cover('')\ndeck.next()\nawait stands(0, 1)")


def test_500_slides(page: Page) -> None:
    deck = "\n---\n".join(f"# Slide {n}\n\nNote:\nnote {n}" for n in range(500))
    assert present(page, "long.md", deck) == [0, 500, 0]
    run(page, "deck.goto(499)\nawait stands(499, 0)")
    expect(shown(page).locator("section.present h1")).to_have_text("Slide 499")


def test_500_slides_that_only_the_frame_knows(page: Page) -> None:
    inside = "\n---\n".join(f"# Slide {n}\n\nNote:\nnote {n}" for n in range(500))
    section = f"<section data-markdown><textarea data-template>{inside}</textarea></section>"
    assert present(page, "long.html", f'<div class="slides">{section}</div>') == [0, 500, 0]
    assert slides(page)[321] == ["", "note 321"]


def test_a_pdf(page: Page) -> None:
    assert present(page, "talk.pdf", pdf(["Hello page", "Second", "Third"])) == [0, 3, 0]
    assert [title for title, _ in slides(page)] == ["Hello page", "Second", "Third"]
    canvas = page.locator("#slides-page")
    expect(canvas).to_have_attribute("data-page", "1")
    assert drawn(page) == [255, 0, 0, 255]
    before = int(run(page, "turns"))
    run(page, "for _ in range(5): deck.next()\nawait stands(2, 0)")
    expect(canvas).to_have_attribute("data-page", "3")
    assert int(run(page, "turns")) == before + 2
    run(page, "deck.previous()\ndeck.goto(0)\ndeck.goto(17)\nawait stands(0, 0)")
    expect(canvas).to_have_attribute("data-page", "1")


def test_a_pdf_is_drawn_anew_when_the_stage_grows(page: Page) -> None:
    present(page, "talk.pdf", pdf(["Hello"]))
    wide = "document.querySelector('#slides-page').width"
    eventually(page, f"{wide} > 400")
    before = page.evaluate(wide)
    page.set_viewport_size({"width": 700, "height": 500})
    eventually(page, f"{wide} < {before}")
    page.set_viewport_size({"width": 1280, "height": 720})
    eventually(page, f"{wide} === {before}")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("damaged.pdf", b"%PDF-1.7\nrubbish", "damaged"),
        ("cut.pdf", pdf(["Hello"])[:200], "damaged"),
        ("no.pdf", b"GIF89a", "no PDF"),
        ("no.md", b"\xff\xfe\x00", "UTF-8"),
        ("blank.md", b" \n ", "empty"),
        ("no.html", b"<h1>slides of mine</h1>", "no reveal.js slides"),
        ("deep.html", b'<div class="slides"><section>' + b"<b>" * 2000, "nested"),
        ("many.md", b"# x\n---\n" * 2500, "2500 slides"),
        ("song.mp3", b"ID3", "no deck"),
    ],
)
def test_what_is_no_deck_is_refused(page: Page, name: str, data: bytes, words: str) -> None:
    answer = give(page, "refused", name, data)
    assert words in answer.replace("2501", "2500")


@pytest.mark.parametrize("address", ["javascript:parent.alert(1)", "data:text/html,x", "\\xff"])
def test_an_address_from_another_page_is_looked_at(page: Page, address: str) -> None:
    source = f"DeckSource('url', 'a talk', b'{address}')"
    answer = run(
        page,
        f"try: await stage.show({source})\nexcept NotADeck as error: words = str(error)\nwords",
    )
    assert "address of a page" in answer or "UTF-8" in answer


def test_ink_black_and_words(page: Page) -> None:
    present(page, "talk.md", MARKDOWN)
    run(
        page,
        """
ink = Ink()
ink.move(Point(2500, 5000, True))
ink.draw(Stroke(1, "0,0 10000,10000"))
ink.draw(Stroke(2, "0,10000 10000,0"))
stage.ink(ink)
stage.black(True)
stage.cover("Wait")
""",
    )
    expect(page.locator("#slides-laser")).to_have_attribute("cx", "2500")
    expect(page.locator("#slides-strokes polyline")).to_have_count(2)
    expect(page.locator("#slides-black")).to_be_visible()
    expect(page.locator("#slides-cover")).to_have_text("Wait")
    run(page, "ink.wipe()\nstage.ink(ink)\nstage.black(False)\nstage.cover('')")
    expect(page.locator("#slides-strokes polyline")).to_have_count(0)
    expect(page.locator("#slides-black")).to_be_hidden()
    expect(page.locator("#slides-cover")).to_be_hidden()


def test_a_deck_is_kept(page: Page) -> None:
    run(
        page,
        """
store, kept = DeckStore(), DeckSource("html", "Übung.html", bytes(range(256)) * 1000)
await store.save("me/1", kept)
assert await store.load("me/1") == kept
assert await store.load("me/2") is None
await store.forget("me/1")
assert await store.load("me/1") is None
""",
    )


def test_a_browser_without_room_keeps_no_deck_and_stops_no_talk(page: Page) -> None:
    save = 'store = DeckStore()\nawait store.save("key", DeckSource("html", "a.html", b"%s"))'
    run(page, save % "before")
    page.evaluate("void (window.put = Cache.prototype.put)")
    page.evaluate(
        "void (Cache.prototype.put = async () => {"
        " throw new DOMException('', 'QuotaExceededError') })"
    )
    try:
        run(page, save % "now")
        assert run(page, 'await store.load("key") is None')  # and not the one of before
    finally:
        page.evaluate("void (Cache.prototype.put = window.put)")


def present_url(page: Page, url: str) -> None:
    page.evaluate("url => py.globals.get('present_url')(url)", url)


def refused_url(page: Page, url: str) -> str:
    return str(page.evaluate("url => py.globals.get('refused_url')(url)", url))


def drawn(page: Page) -> list[int]:
    """The colour in the left half of the page."""
    colour = page.evaluate(
        """() => {
          const canvas = document.querySelector("#slides-page");
          const at = [canvas.width / 4, canvas.height * 0.9, 1, 1];
          return [...canvas.getContext("2d").getImageData(...at).data];
        }"""
    )
    return list(colour)
