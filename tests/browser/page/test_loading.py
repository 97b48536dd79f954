"""What the page says while Python loads, and when it can't: each part missing in turn."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Route, expect

from actions import READY_WITHIN, eventually, wait_ready
from harness import Browsers, served, watched
from serving.peerserver import PeerServer
from waiting import until

Fault = Callable[[Route], None]


def missing(route: Route) -> None:
    route.fulfill(status=404, body="gone")


def blocked(route: Route) -> None:
    """As content blockers do."""
    route.abort("blockedbyclient")


def cut_off(route: Route) -> None:
    """As a proxy does that gives up."""
    route.fulfill(body=route.fetch().body()[:1_000_000], content_type="application/wasm")


def broken_code(route: Route) -> None:
    """The page's archive without its first module."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(route.fetch().body())) as before,
        zipfile.ZipFile(made, "w") as after,
    ):
        for name in before.namelist():
            if name != "main.pyc":
                after.writestr(name, before.read(name))
    route.fulfill(body=made.getvalue())


@pytest.fixture
def held_back(playwright: Playwright, lab_folder: Path, broker: PeerServer) -> Iterator[Browsers]:
    """Browsers of a page with a script at the start of its body, `held.js`, that the rest waits
    for.
    """
    (lab_folder / "held.js").touch()
    index = lab_folder / "index.html"
    index.write_text(index.read_text().replace("<body>", '<body><script src="./held.js"></script>'))
    with served(lab_folder, broker=broker) as site, watched(playwright, site) as browsers:
        yield browsers


@contextmanager
def rest_held_back(page: Page) -> Iterator[None]:
    """The document ends at its head for as long as the block lasts, as on a slow line; meanwhile
    what the head names arrives.
    """
    held: list[Route] = []
    page.route("**/held.js", lambda route: held.append(route), times=1)
    yield
    until(page, lambda: held, "the document never came to what holds it back")
    assert page.evaluate("document.readyState") == "loading"
    held[0].continue_()


def opened(browsers: Browsers, pattern: str, fault: Fault) -> Page:
    """The page, with one part that does not come."""
    browsers.watch.expected += [""]  # the browser complains about what is missing, rightly
    page = browsers.page(camera=False, first_visit=True)
    page.route(pattern, fault)
    page.goto(browsers.site.url)
    return page


@pytest.mark.parametrize(
    ("pattern", "fault", "words"),
    [
        ("**/pyodide.asm.wasm", missing, r"pyodide\.asm\.wasm"),
        ("**/pyodide.mjs", blocked, r"pyodide\.mjs"),
        ("**/pyodide.asm.wasm", cut_off, "could not compile Python"),
        ("**/pyodide.asm.mjs", missing, r"pyodide\.asm\.mjs"),
        ("**/python.zip", missing, r"python\.zip answered 404"),
        ("**/python.zip", blocked, r"python\.zip did not arrive"),
        ("**/python.zip", broken_code, "its own code stopped at the start.*'main'"),
        ("**/pyscript.toml", missing, r"pyscript\.toml answered 404"),
        ("**/peerjs.min.js", blocked, r"peerjs\.min\.js"),
    ],
)
def test_what_failed_is_said(browsers: Browsers, pattern: str, fault: Fault, words: str) -> None:
    page = opened(browsers, pattern, fault)
    status = page.locator("#status")
    expect(status).to_have_attribute("data-state", "failed", timeout=READY_WITHIN)
    expect(page.locator("#loading-stage")).to_contain_text(re.compile(words))
    expect(page.locator("#loading-stage")).to_be_visible()
    expect(page.locator("#loading progress")).to_be_hidden()
    page.unroute(pattern)
    page.click("#loading-again")
    wait_ready(page)


@pytest.mark.parametrize("first_visit", [True, False])
@pytest.mark.parametrize(("language", "words"), [("", "Settings"), ("?lang=de", "Einstellungen")])
def test_python_may_come_before_the_document(
    held_back: Browsers, language: str, words: str, first_visit: bool
) -> None:
    page = held_back.page(camera=False, first_visit=first_visit)
    with rest_held_back(page):
        with page.expect_request_finished(lambda request: request.url.endswith("/pyscript.toml")):
            page.goto(held_back.site.url + language, wait_until="commit")
        eventually(page, "Boolean(globalThis.Peer)")
    wait_ready(page)
    expect(page.locator("#settings-open")).to_have_text(words)
    expect(page.locator("#loading")).to_be_hidden()


def test_what_failed_before_the_document_came_is_said(held_back: Browsers) -> None:
    held_back.watch.expected += [""]  # the browser complains about what is missing, rightly
    page = held_back.page(camera=False, first_visit=True)
    page.route("**/python.zip", missing)
    with rest_held_back(page), page.expect_response("**/python.zip"):
        page.goto(held_back.site.url, wait_until="commit")
    expect(page.locator("#loading-stage")).to_contain_text("python.zip answered 404")
    expect(page.locator("#status")).to_have_attribute("data-state", "failed")
    page.unroute("**/python.zip")
    page.click("#loading-again")
    wait_ready(page)


def test_without_any_script_the_page_says_what_to_look_at(browsers: Browsers) -> None:
    page = opened(browsers, "**/start.mjs", blocked)
    expect(page.locator("#loading-stage")).to_be_visible()
    expect(page.locator("#loading-slow")).to_be_visible(timeout=40_000)


def test_enter_before_python_runs_keeps_what_was_typed(browsers: Browsers) -> None:
    page = opened(browsers, "**/start.mjs", blocked)
    page.locator("#remote-id").fill("somebody")
    page.locator("#remote-id").press("Enter")
    assert page.locator("#remote-id").input_value() == "somebody"
    assert page.url == browsers.site.url


def test_the_bar_tells_how_much_has_arrived(browsers: Browsers) -> None:
    page = browsers.page(camera=False, first_visit=True)
    held: list[Route] = []
    page.route("**/pyodide.asm.wasm", lambda route: held.append(route))
    page.goto(browsers.site.url)
    bar = page.locator("#loading progress")
    expect(bar).to_have_attribute("value", re.compile(r"^0\.[1-4]"), timeout=READY_WITHIN)
    expect(page.locator("#loading-stage")).to_have_text(re.compile(r"Python is loading: \d+ %"))
    held[0].continue_()
    wait_ready(page)


def test_the_stage_is_told_and_what_was_typed_stays(browsers: Browsers) -> None:
    page = browsers.page(camera=False, first_visit=True)
    page.goto(browsers.site.url)
    page.locator("#remote-id").fill("somebody")
    page.locator("#settings-open").click()
    page.locator("#settings-name").fill("Ada")
    wait_ready(page)
    expect(page.locator("#remote-id")).to_have_value("somebody")
    expect(page.locator("#settings-name")).to_have_value("Ada")
    expect(page.locator("#loading")).to_be_hidden()
