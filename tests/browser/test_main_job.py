"""The main job, in two browser processes: text, a large file and webcams, both ways."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from harness import Browsers
from playwright.sync_api import Page, expect

TEXTS = {
    "emoji": "Hi 👋🏽 — 🏳️‍🌈 👩‍👩‍👧‍👦",
    "right to left": "שלום, זה עובד\nمرحبا بالعالم",
    "100 kB": "".join(chr(33 + i % 90) for i in range(100_000)),
    "HTML": "<img src=x onerror=alert(1)><script>document.title='no'</script>&amp;",
}
FILE_SIZE = 50_000_000
FILE_WITHIN = 120_000  # ms; an upper bound for a busy machine

# Whether a video has a picture, and the picture moves.
PLAYS = """async (video) => {
  const before = video.currentTime;
  const until = performance.now() + 20000;
  while (performance.now() < until) {
    await new Promise(done => requestAnimationFrame(done));
    if (video.videoWidth > 0 && video.currentTime > before + 0.2) return true;
  }
  return false;
}"""


def say(page: Page, text: str) -> None:
    """Type a message into the page and send it."""
    page.locator("#chat-input").fill(text)
    page.locator("#chat-send").click()


@pytest.fixture
def pair(browsers: Browsers) -> tuple[Page, Page]:
    return browsers.pair()


def test_text_both_ways(pair: tuple[Page, Page]) -> None:
    for sender, receiver in (pair, pair[::-1]):
        for number, text in enumerate(TEXTS.values()):
            say(sender, text)
            mine = sender.locator('#chat-log > [data-from="me"]').nth(number)
            theirs = receiver.locator('#chat-log > :not([data-from="me"])').nth(number)
            expect(mine).to_have_attribute("data-state", "delivered")
            # text_content, not inner_text: what is there, not how it is laid out
            assert theirs.locator('[data-slot="text"]').text_content() == text
            assert receiver.title() == "PeerScript"


def test_a_large_file_arrives_whole(pair: tuple[Page, Page], tmp_path: Path) -> None:
    sender, receiver = pair
    content = random.Random(1).randbytes(FILE_SIZE)
    checksum = hashlib.sha256(content).hexdigest()
    (tmp_path / "påske 🐣.bin").write_bytes(content)
    sender.locator("#file-input").set_input_files(tmp_path / "påske 🐣.bin")
    incoming = receiver.locator('#transfers > [data-direction="in"]')
    expect(incoming).to_have_attribute("data-state", "offered")
    incoming.locator('[data-action="accept"]').click()
    for page in pair:
        row = page.locator("#transfers > li")
        expect(row).to_have_attribute("data-state", "done", timeout=FILE_WITHIN)
        expect(row).to_have_attribute("data-sha256", checksum)
    with receiver.expect_download() as download:
        incoming.locator('[data-action="save"]').click()
    assert download.value.suggested_filename == "påske 🐣.bin"
    assert hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest() == checksum


def test_many_files_at_once_and_an_empty_one(pair: tuple[Page, Page], tmp_path: Path) -> None:
    sender, receiver = pair
    paths = [tmp_path / f"{number}.txt" for number in range(4)]
    for number, path in enumerate(paths):
        path.write_text("x" * 100_000 * number)
    sender.locator("#file-input").set_input_files(paths)
    rows = receiver.locator("#transfers > li")
    expect(rows).to_have_count(4)
    rows.nth(3).locator('[data-action="decline"]').click()
    for number in range(3):
        rows.nth(number).locator('[data-action="accept"]').click()
        expect(rows.nth(number)).to_have_attribute("data-state", "done")
    expect(sender.locator('#transfers > [data-state="done"]')).to_have_count(3)
    expect(sender.locator('#transfers > [data-state="cancelled"]')).to_contain_text("declined")


def test_webcams_on_both_sides(pair: tuple[Page, Page]) -> None:
    caller, called = pair
    caller.locator("#call-start").click()
    called.locator("#call-accept").click()
    for page in pair:
        video = page.locator("#remote-videos video[data-peer-id]")
        assert video.evaluate(PLAYS)
        assert page.locator("#local-video").evaluate(PLAYS)
    mute = caller.locator("#mute-audio")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    called.locator("#call-end").click()
    for page in pair:
        expect(page.locator("#remote-videos video")).to_have_count(0)
        assert page.locator("#local-video").evaluate("video => video.srcObject") is None


def test_a_declined_call_and_a_second_one(pair: tuple[Page, Page]) -> None:
    caller, called = pair
    caller.locator("#call-start").click()
    called.locator("#call-decline").click()
    expect(caller.locator("#notices")).to_contain_text("The call was not taken")
    expect(caller.locator("#remote-videos video")).to_have_count(0)
    called.locator("#call-start").click()
    caller.locator("#call-accept").click()
    assert called.locator("#remote-videos video").evaluate(PLAYS)
