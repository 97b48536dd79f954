"""Offers as cards: of folders and of thousands of files, dropped and pasted; paused, and saved."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from actions import eventually, invite, wait_connected
from file_pages import ON_DISK, PICKER, reading_slowly
from harness import Browsers, served, watched

CARD = "#transfers > [data-transfer-id]"
LONG_TASKS = """() => {
  window.longest = 0;
  new PerformanceObserver(list => {
    for (const each of list.getEntries()) window.longest = Math.max(longest, each.duration);
  }).observe({type: "longtask"});
}"""
IN_FOLDER = """async () => {
  const found = {};
  const mine = await (await navigator.storage.getDirectory()).getDirectoryHandle("mine");
  for await (const [name, entry] of mine.entries()) found[name] = (await entry.getFile()).size;
  return found;
}"""
# Files that exist in the page alone, and what is done with them.
CHOOSE = """(async () => {{
  const data = new DataTransfer();
  for (let n = 0; n < {count}; n++)
    data.items.add(new File([new Uint8Array({size})], `file ${{n}}.bin`, {{type: "{type}"}}));
  await new Promise(done => setTimeout(done, 0));  // what is made so far is the test's own work
  window.longest = 0;
  {give}
}})()"""
INPUT = """const input = document.getElementById("file-input");
  input.files = data.files; input.dispatchEvent(new Event("change", {bubbles: true}));"""
DROP = """document.body.dispatchEvent(
    new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));"""
PASTE = """document.getElementById("chat-input").dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));"""


class Pair(NamedTuple):
    host: Page
    guest: Page

    def offer(self, count: int, size: int, give: str = INPUT, type: str = "") -> None:
        """Let the host offer files that exist in the page alone."""
        self.host.evaluate(CHOOSE.format(count=count, size=size, give=give, type=type))


@pytest.fixture(scope="module")
def opened(playwright: Playwright, built: Path) -> Iterator[tuple[Browsers, Pair]]:
    with served(built) as site, watched(playwright, site) as browsers:
        host = browsers.ready()
        guest = browsers.ready(invite(host))
        for page in (host, guest):
            wait_connected(page)
        yield browsers, Pair(host, guest)


@pytest.fixture
def pair(opened: tuple[Browsers, Pair]) -> Iterator[Pair]:
    """Two people who have no cards yet."""
    browsers, pair = opened
    with browsers.watch.checked():
        yield pair
        clear(pair)


def clear(pair: Pair) -> None:
    """End and remove all cards."""
    for button in action(pair.host, "cancel").filter(visible=True).all():
        button.click()
    for page in pair:
        for state in ("offered", "active", "paused"):
            expect(page.locator(f"#transfers > [data-state={state}]")).to_have_count(0)
        while page.locator(CARD).count():
            count = page.locator(CARD).count()
            action(page, "remove").first.click()
            expect(page.locator(CARD)).to_have_count(count - 1)


def action(page: Page, name: str) -> Locator:
    return page.locator(f"{CARD} > .actions [data-action={name}]")


def has_state(page: Page, state: str) -> None:
    expect(page.locator(CARD)).to_have_attribute("data-state", state)


def test_a_folder_is_one_card_and_one_archive(pair: Pair, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    (folder / "2026").mkdir(parents=True)
    contents = {"photos/a.txt": b"one", "photos/2026/b.txt": b"two", "photos/2026/c.txt": b""}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    pair.host.set_input_files("#folder-input", folder)
    for place in (CARD, "#chat-log > [data-transfer-id]"):
        expect(pair.guest.locator(place)).to_contain_text("photos")
        expect(pair.guest.locator(place)).to_contain_text("3 texts · 6 B")
    action(pair.guest, "accept-all").click()
    for page in pair:
        has_state(page, "done")
        expect(page.locator(CARD)).to_have_attribute("data-sha256", "")
    with pair.guest.expect_download() as download:
        action(pair.guest, "save").click()
    assert download.value.suggested_filename == "photos.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == contents
    pair.guest.locator(f"{CARD} summary").click()
    with pair.guest.expect_download() as download:
        pair.guest.locator(CARD).get_by_role("button", name="Save photos/a.txt").click()
    assert Path(download.value.path()).read_bytes() == b"one"


@pytest.mark.parametrize("give", [DROP, PASTE], ids=["drop", "paste"])
def test_files_are_dropped_and_pasted_anywhere(pair: Pair, give: str) -> None:
    pair.offer(2, 10, give)
    expect(pair.guest.locator(CARD)).to_contain_text("file 0.bin and 1 more")


def test_pasted_text_stays_text(pair: Pair) -> None:
    both = f'data.setData("text/plain", "hello"); {PASTE}'
    pair.offer(1, 10, both)  # as of a word processor, with a picture of the text
    pair.offer(1, 10, PASTE)
    expect(pair.guest.locator(CARD)).to_have_count(1)


def test_nothing_is_sent_of_an_empty_folder_or_of_too_many_files(pair: Pair) -> None:
    host = pair.host
    for count, words in ((0, "no file in it"), (20_001, "at most 20,000")):
        pair.offer(count, 0)
        expect(host.locator(".notice")).to_contain_text(words)
        host.locator(".notice [data-action=dismiss]").click()
    expect(host.locator(CARD)).to_have_count(0)


def test_ten_thousand_files_and_the_page_stays_quick(pair: Pair) -> None:
    for page in pair:
        page.evaluate(LONG_TASKS)
    pair.offer(10_000, 10)
    card = pair.guest.locator(CARD)
    expect(card).to_contain_text("10000 files · 100 kB")
    card.locator("summary").click()
    expect(card.locator("[data-file='0']")).to_be_visible()
    assert card.locator("[data-file]").count() <= 400
    card.get_by_label("All of them").uncheck()
    for number in (3, 5):
        card.get_by_label(f"Accept file {number}.bin", exact=True).check()
    action(pair.guest, "accept").click()
    for page in pair:
        has_state(page, "done")
        expect(page.locator(CARD)).to_contain_text("2 of 10000 files")
    longest = [page.evaluate("window.longest") for page in pair]
    print(f"the longest tasks: {longest} ms")


def test_progress_pause_and_resume(pair: Pair) -> None:
    host, guest = pair
    with reading_slowly(host):
        pair.offer(1, 60_000_000)
        action(guest, "accept").click()
        for page in pair:
            expect(page.locator(CARD)).to_contain_text("/s")
            eventually(page, "/^\\d+ % · PeerScript$/.test(document.title)")
        action(guest, "pause").click()
    for page, words in ((guest, "Paused by you"), (host, "Paused by Guest")):
        has_state(page, "paused")
        expect(page.locator(CARD)).to_contain_text(words)
        eventually(page, "document.title === 'PeerScript'")
    action(guest, "resume").click()
    expect(guest.locator(f"{CARD} .percent")).not_to_have_text("100 %")
    for page in pair:
        expect(page.locator(CARD)).to_have_attribute("data-state", "done", timeout=60_000)
        eventually(page, "document.title === 'PeerScript'")


def test_a_picture_has_a_thumbnail_on_both_pages(opened: tuple[Browsers, Pair], pair: Pair) -> None:
    opened[0].watch.expected.append("ERR_FILE_NOT_FOUND")  # what is released cannot be shown
    pixel = (
        "const png = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4"
        "2mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), each => each.charCodeAt(0));"
        "data.items.clear(); data.items.add(new File([png], 'dot.png', {type: 'image/png'}));"
    )
    pair.offer(0, 0, pixel + INPUT)
    action(pair.guest, "accept").click()
    has_state(pair.guest, "done")
    for page in pair:
        for place in ("#transfers", "#chat-log"):
            eventually(page, f"document.querySelector('{place} img')?.naturalWidth === 1")
        url = page.locator("#transfers img").get_attribute("src")
        action(page, "remove").click()
        expect(page.locator("#chat-log > [data-transfer-id]")).to_have_count(0)
        released = (
            f"new Promise(done => {{ const image = new Image(); image.src = '{url}';"
            "image.onload = () => done(false); image.onerror = () => done(true); })"
        )
        assert page.evaluate(released)


def test_what_is_no_picture_has_none(pair: Pair) -> None:
    pair.offer(1, 10, type="image/png")
    thumbnail = pair.host.locator("#transfers img")
    expect(thumbnail).to_have_count(1)
    expect(thumbnail).to_be_hidden()


def test_files_arrive_in_a_folder_with_one_press(pair: Pair) -> None:
    pair.guest.evaluate("() => { delete window.showDirectoryPicker; }")
    pair.offer(1, 10)
    expect(action(pair.guest, "accept")).to_be_visible()
    expect(action(pair.guest, "accept-folder")).to_be_hidden()  # as in Firefox
    action(pair.guest, "decline").click()
    card = pair.guest.locator(f"{CARD}[data-state=offered]")
    expect(card).to_have_count(0)
    pair.guest.evaluate(PICKER)
    pair.offer(100, 1000)
    card.locator("[data-action=accept-folder]").click()
    done = pair.guest.locator(f"{CARD}[data-state=done]")
    expect(done).to_contain_text("in the folder “mine”")
    assert pair.guest.evaluate(IN_FOLDER) == {f"file {n}.bin": 1000 for n in range(100)}
    expect(done.locator("[data-action=save]")).to_be_hidden()


def test_what_is_cancelled_leaves_nothing_in_the_folder(pair: Pair) -> None:
    pair.guest.evaluate(PICKER)
    pair.guest.evaluate(
        "async () => (await navigator.storage.getDirectory()).removeEntry("
        "'mine', {recursive: true}).catch(() => {})"
    )
    pair.offer(1, 150_000_000)
    action(pair.guest, "accept-folder").click()
    eventually(
        pair.guest,
        "document.querySelector('#transfers .percent').textContent.length > 0 && "
        "document.querySelector('#transfers progress').value > 0.05",
    )
    assert pair.guest.evaluate(IN_FOLDER) == {}  # no half of it looks whole
    action(pair.guest, "cancel").click()
    expect(pair.host.locator(f"{CARD}[data-state=cancelled]")).to_be_visible()
    assert pair.guest.evaluate(IN_FOLDER) == {}
    eventually(pair.guest, f"({ON_DISK})().then(found => found.length === 0)")
