"""A stream of 1,000 numbered messages in both directions, while the path breaks in every way."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from actions import eventually, invite, record_status, wait_connected, wait_ready
from harness import PATHS_KEPT, Browsers

COUNT = 1000
# Sends numbers as a person would who types very fast, 10 ms between two of them, and goes on after
# a reload with the one that comes next.
STREAM = """(end) => {
  const field = document.getElementById("chat-input"), form = document.getElementById("chat-form");
  let next = Number(sessionStorage.streamed ?? 0);
  const streaming = setInterval(() => {
    if (next >= end) { clearInterval(streaming); return; }
    field.value = String(next++);
    form.requestSubmit();
    sessionStorage.streamed = next;
  }, 10);
}"""
# The newest number that is shown of the other side's; -1 for none.
NEWEST = """Math.max(-1, ...[...document.querySelectorAll("#chat-log > .message")]
  .filter(e => e.dataset.from !== "me")
  .map(e => Number(e.querySelector(".text").textContent)))"""
SHOWN = """() => [...document.querySelectorAll("#chat-log > .message")].map(
  e => [e.dataset.from === "me", Number(e.querySelector(".text").textContent), e.dataset.state])"""
Row = tuple[bool, int, str]  # mine, the number, the state


def stream(page: Page, end: int = COUNT) -> None:
    """Send the numbers below `end` that have not been sent yet."""
    page.evaluate(STREAM, end)


def wait_for_number(page: Page, number: int) -> None:
    """Until it, or a later one, has come from the other side. Of a long log the newest rows are in
    the page, so that it must be among the last.
    """
    eventually(page, f"({NEWEST}) >= {number}", timeout=120)


def whole(pair: tuple[Page, Page]) -> None:
    """Both have everything, once and in order, and both know that it has arrived."""
    for page in pair:
        eventually(page, f"sessionStorage.streamed == {COUNT}", timeout=120)
    for last in (COUNT, COUNT + 1):  # what has been sent before the one has come when it has
        for page in pair:
            stream(page, last + 1)
        for page in pair:
            wait_for_number(page, last)
    for page in pair:
        expect(page.locator("#chat-log > [data-state='sent']")).to_have_count(0, timeout=60_000)
        page.locator("#tabs [value=chat]").check(force=True)
        found: dict[bool, set[int]] = {True: set(), False: set()}
        for rows in scrolled_through(page):
            for mine, numbers in found.items():
                shown = [number for of_mine, number, _ in rows if of_mine is mine]
                assert shown == list(range(shown[0], shown[0] + len(shown))) if shown else True
                numbers.update(shown)
            assert {state for *_, state in rows} == {"delivered"}
        assert found[True] == found[False] == set(range(COUNT + 2))
        assert page.locator(".notice", has_text="unexpected").count() == 0


def scrolled_through(page: Page) -> Iterator[list[Row]]:
    """What the log shows, from its end to its beginning: of a long one the rows around what is in
    view are in the page.
    """
    while True:
        rows: list[Row] = page.evaluate(SHOWN)
        yield rows
        if {(True, 0), (False, 0)} <= {(mine, number) for mine, number, _ in rows}:
            return
        page.locator("#chat-log").evaluate("e => { e.scrollTop = 20; }")
        eventually(page, f"JSON.stringify(({SHOWN})()[0]) != JSON.stringify({json.dumps(rows[0])})")


@pytest.fixture
def pair(browsers: Browsers) -> tuple[Page, Page]:
    """Host and guest, whose RTCPeerConnections the test can reach."""
    host, guest = browsers.page(), browsers.page()
    for page in (host, guest):
        page.add_init_script(PATHS_KEPT)
    host.goto(browsers.site.url)
    wait_ready(host)
    guest.goto(browsers.site.url + invite(host))
    for page in (host, guest):
        wait_connected(page)
        # The log is filled but not painted: painting each of thousands would be all there is to do.
        page.set_viewport_size({"width": 390, "height": 844})
        page.locator("#tabs [value=people]").check(force=True)
        stream(page)
    for page in (host, guest):
        wait_for_number(page, 100)
    return host, guest


def test_each_page_and_then_both_are_reloaded(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    for reloaded in ([guest], [host], [host, guest]):
        for page in reloaded:
            page.reload()
        for page in reloaded:
            wait_connected(page)
            stream(page)
    whole(pair)


def test_the_path_breaks_on_either_side(pair: tuple[Page, Page]) -> None:
    for page in pair:
        for each in pair:
            record_status(each)
        page.evaluate("paths.forEach(path => path.close())")  # no event on this side
        for each in pair:  # by now one may be connected again
            eventually(each, "statuses.includes('reconnecting')")
        for each in pair:
            wait_connected(each)
    whole(pair)


def test_the_broker_is_away_for_30_seconds_and_the_path_breaks_too(
    browsers: Browsers, pair: tuple[Page, Page]
) -> None:
    browsers.watch.expected += ["WebSocket connection", "ERR_", "broker: "]

    def meanwhile() -> None:
        pair[1].evaluate("paths.forEach(path => path.close())")
        for page in pair:
            page.locator("#status[data-state='reconnecting']").wait_for()
        # The outage itself is what is tested; the stream goes on in it.
        pair[0].wait_for_timeout(30_000)
        assert pair[0].locator("#status").get_attribute("data-state") == "reconnecting"

    browsers.site.restart_broker(meanwhile)
    whole(pair)
