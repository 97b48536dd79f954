"""Everything through a TURN server, and nothing past it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from actions import in_call, invite, say, wait_connected, wait_ready
from file_pages import reading_slowly
from harness import PATHS_KEPT, Browsers
from turn import TurnServer, turn_server

CANDIDATE_TYPES = """async () => {
  const types = new Set();
  for (const path of window.paths) {
    if (path.connectionState !== "connected") continue;
    const stats = await path.getStats();
    for (const pair of stats.values())
      if (pair.type === "candidate-pair" && pair.nominated && pair.state === "succeeded")
        types.add(stats.get(pair.localCandidateId).candidateType);
  }
  return [...types];
}"""


@pytest.fixture
def turn() -> Iterator[TurnServer]:
    with turn_server() as turn:
        yield turn


def relayed(browsers: Browsers, turn: TurnServer, fragment: str = "") -> Page:
    """The page in relay-only mode, as a person sets it."""
    page = browsers.page()
    page.add_init_script(PATHS_KEPT)
    page.goto(browsers.site.url)
    wait_ready(page)
    page.click("#settings-open")
    server = turn.ice_server
    lines = [f"{url} {server['username']} {server['credential']}" for url in server["urls"]]
    page.click("#settings-advanced > summary")
    page.fill("#settings-ice", "\n".join(lines))
    page.check("#settings-relay")
    page.click("#settings-test")
    works = "#settings-test-result [data-kind='relay'][data-outcome='works']"
    page.locator(works).wait_for(timeout=30_000)
    page.click("#settings-save")
    page.goto(browsers.site.url + "?again" + fragment)
    wait_ready(page)
    return page


def test_the_main_job_through_a_relay_that_goes_and_comes(
    browsers: Browsers, turn: TurnServer, tmp_path: Path
) -> None:
    host = relayed(browsers, turn)
    guest = relayed(browsers, turn, invite(host))
    for page in (host, guest):
        wait_connected(page)
        assert page.evaluate(CANDIDATE_TYPES) == ["relay"]
    say(host, "through the relay")
    expect(guest.locator(".message .text")).to_have_text("through the relay")
    in_call(host, guest)
    guest.click("#call-end")

    content = random.Random(4).randbytes(60_000_000)
    (tmp_path / "file.bin").write_bytes(content)
    with reading_slowly(host):
        host.set_input_files("#file-input", tmp_path / "file.bin")
        guest.click("#transfers [data-action='accept']")
        row = guest.locator("#transfers > article")
        expect(row).to_contain_text("/s")  # under way
        turn.stop()  # the path is gone, on both sides, without a word
    for page in (host, guest):
        page.locator("#status[data-state='reconnecting']").wait_for()
    expect(row).to_have_attribute("data-state", "paused")
    say(guest, "said into the dark")
    turn.start()
    for page in (host, guest):
        page.locator("#status[data-state='connected']").wait_for(timeout=90_000)
    expect(host.locator(".message:not([data-from='me']) .text")).to_have_text("said into the dark")
    expect(row).to_have_attribute("data-state", "done", timeout=120_000)
    assert row.get_attribute("data-sha256") == hashlib.sha256(content).hexdigest()
    assert guest.evaluate(CANDIDATE_TYPES) == ["relay"]
