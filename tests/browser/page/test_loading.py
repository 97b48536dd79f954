"""What the page says while Python loads, and when it can't: each part missing in turn."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from harness import READY_WITHIN, Browsers, wait_ready

Fault = Callable[[Route], None]


def missing(route: Route) -> None:
    route.fulfill(status=404, body="gone")


def blocked(route: Route) -> None:
    """As content blockers do."""
    route.abort("blockedbyclient")


def broken_start(route: Route) -> None:
    route.fulfill(body="import no_such_module\n", content_type="text/x-python")


def opened(browsers: Browsers, pattern: str, fault: Fault) -> Page:
    """The page, with one part that does not come."""
    browsers.watch.expected += [""]  # the browser complains about what is missing, rightly
    page = browsers.page(camera=False)
    page.route(pattern, fault)
    page.goto(browsers.site.url)
    return page


@pytest.mark.parametrize(
    ("pattern", "fault", "words"),
    [
        ("**/pyodide.asm.wasm", missing, r"pyodide\.asm\.wasm"),
        ("**/pyodide.mjs", blocked, r"pyodide\.mjs"),
        ("**/app.zip", missing, r"app\.zip"),
        ("**/peerjs.min.js", blocked, r"peerjs\.min\.js"),
        ("**/py/main.py", broken_start, "its own code stopped"),
    ],
)
def test_what_failed_is_said(browsers: Browsers, pattern: str, fault: Fault, words: str) -> None:
    page = opened(browsers, pattern, fault)
    status = page.locator("#status")
    expect(status).to_have_attribute("data-state", "failed", timeout=READY_WITHIN)
    expect(page.locator("#loading-stage")).to_contain_text(re.compile(words))
    expect(page.locator("#loading-stage")).to_be_visible()
    expect(page.locator("#loading progress")).to_be_hidden()


def test_without_any_script_the_page_says_what_to_look_at(browsers: Browsers) -> None:
    page = opened(browsers, "**/core*.js", blocked)
    expect(page.locator("#loading-stage")).to_be_visible()
    expect(page.locator("#loading-slow")).to_be_visible(timeout=40_000)


def test_enter_before_python_runs_keeps_what_was_typed(browsers: Browsers) -> None:
    page = opened(browsers, "**/core*.js", blocked)
    page.locator("#remote-id").fill("somebody")
    page.locator("#remote-id").press("Enter")
    assert page.locator("#remote-id").input_value() == "somebody"
    assert page.url == browsers.site.url


def test_the_stage_is_told_and_what_was_typed_stays(browsers: Browsers) -> None:
    page = browsers.page(camera=False)
    page.goto(browsers.site.url)
    page.locator("#remote-id").fill("somebody")
    wait_ready(page)
    expect(page.locator("#remote-id")).to_have_value("somebody")
    expect(page.locator("#loading")).to_be_hidden()
