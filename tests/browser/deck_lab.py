"""The page's stage without the app: Python in the page shows decks to tests."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator, Page, Playwright

from harness import Browsers, served
from pyodide_page import START, run

PRELUDE = """
import asyncio, json
from app.slides.decks import NotADeck
from app.slides.decks.reading import read_file, read_url
from app.slides.recent import RecentDeck
from peerscript.slides import DeckSource
from peerscript.protocol.slides.ink import Ink
from peerscript.protocol.slides.messages import Point, Stroke
from ui.bridge.deckstore import DeckStore
from ui.slides.password import PasswordDialog
from ui.slides.stage import Stage

problems = []
asyncio.get_running_loop().set_exception_handler(
    lambda loop, context: problems.append(repr(context.get("exception") or context["message"]))
)
stage = Stage(PasswordDialog())
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

def take(name, data):
    global taken
    taken = read_file(name, "", bytes(data.to_py()))

async def show_taken():
    try:
        return await stage.show(taken)
    except NotADeck as error:
        return str(error)

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
    async with asyncio.timeout(30):
        while (deck.state.slide, deck.state.step) != (slide, step):
            await asyncio.sleep(0.01)
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
ANSWERS = """const say = (word) => parent.postMessage(word, "*");
const tell = (eventName, state, more) => say(JSON.stringify(
  {namespace: "reveal", eventName, state, ...more}));
const at = {indexh: 0, indexv: 0};
let asked = 0;
addEventListener("message", (event) => {
  const {method} = JSON.parse(event.data);
  tell("callback", at, {method, result: {rubbish: ["<script>"]}});
  asked++;
});
tell("ready", at);
"""
# A page that leads on.
LINKS = f"""<!doctype html><link rel="icon" href="data:,"><a>press</a><script>{ANSWERS}
const given = new URLSearchParams(location.search);
document.querySelector("a").href = given.get("away");
if (given.get("at") === "once") location = given.get("away");
</script>"""
FLOOD = (
    """<!doctype html><link rel="icon" href="data:,"><script>"""
    + ANSWERS
    + """
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
const begin = () => asked < 4 ? setTimeout(begin, 10) : setTimeout(flood, 100);
begin();  // once it is taken for a deck
</script>"""
)

# In every frame: what it was told.
HEARD = """window.heard = [];
addEventListener("message", (event) => heard.push(event.data));"""


@contextmanager
def deck_lab(playwright: Playwright, built: Path, root: Path) -> Iterator[tuple[Browsers, Page]]:
    """The built page with its policy and its panels, but without the app: Python runs tests.

    Args:
        root: where it is put; nothing is there yet.
    """
    shutil.copytree(built, root, symlinks=True)
    index = (root / "index.html").read_text()
    for name, content in (
        ("deck", ADDRESS),
        ("flood", FLOOD),
        ("links", LINKS),
        ("nothing", "<p>Nothing</p>"),
    ):
        (root / f"{name}.html").write_text(content)
    (root / "stage.html").write_text(re.sub(r'<script [^>]*/start.mjs"></script>', "", index))
    with served(root) as site:
        browsers = Browsers(playwright, site)
        try:
            page = browsers.page(ignore_https_errors=True)
            page.add_init_script(HEARD)
            page.goto(f"{site.url}stage.html")
            page.evaluate(START)
            page.evaluate("document.querySelector('#slides').dataset.role = 'presenter'")
            run(page, PRELUDE)
            yield browsers, page
        finally:
            browsers.close()


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
    """The deck's frame, which stands in one of ours."""
    return page.frame_locator("#slides-frame").frame_locator("iframe")


def slides(page: Page) -> list[list[str]]:
    found = run(page, "json.dumps([[each.title, each.notes] for each in deck.slides])")
    return list(json.loads(found))


def run_in_frame(page: Page, code: str) -> str:
    """What a debugger in the frame would get: more than a deck's own script could do."""
    frame = page.frames[-1]
    return str(
        frame.evaluate(
            """async (code) => {
              try { return String(await eval(code)); } catch (error) { return "Error: " + error; }
            }""".replace("eval(code)", f"({code})"),
            code,
        )
    )


def present_url(page: Page, url: str) -> None:
    page.evaluate("url => py.globals.get('present_url')(url)", url)


def refused_url(page: Page, url: str) -> str:
    return str(page.evaluate("url => py.globals.get('refused_url')(url)", url))
