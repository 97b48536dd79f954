"""A transfer goes on after a reload of either page, from what has arrived, under the same card."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from actions import eventually, invite, wait_connected, wait_ready
from file_pages import PICKER, reading_slowly
from harness import Browsers, served, watched

CARD = "#transfers > [data-transfer-id]"
SIZE = 30_000_000


@pytest.fixture(scope="module")
def opened(playwright: Playwright, built: Path) -> Iterator[tuple[Browsers, Page, Page]]:
    with served(built) as site, watched(playwright, site) as browsers:
        yield browsers, *browsers.pair()


@pytest.fixture
def pair(opened: tuple[Browsers, Page, Page]) -> Iterator[tuple[Page, Page]]:
    """A host and a guest who have no cards yet."""
    browsers, host, guest = opened
    with browsers.watch.checked():
        browsers.watch.expected += ["Could not connect to peer", "Lost connection"]
        for page in (guest, host):  # the guest was loaded again last
            wait_connected(page)
            expect(page.locator(CARD)).to_have_count(0)
        yield host, guest


@pytest.fixture
def under_way(pair: tuple[Page, Page], tmp_path: Path) -> Iterator[tuple[Page, Page, Path]]:
    """A file of which some has arrived; the host sends it to the guest."""
    host, guest = pair
    path = tmp_path / "film.bin"
    path.write_bytes(random.Random(7).randbytes(SIZE))
    with reading_slowly(host):
        host.set_input_files("#file-input", path)
        guest.locator(f"{CARD} [data-action=accept]").click()
        expect(guest.locator(f"{CARD} .percent")).not_to_have_text("0 %")
        yield host, guest, path
    for page in (host, guest):
        expect(page.locator(CARD)).to_have_attribute("data-state", "done", timeout=60_000)
        expect(page.locator("#chat-log > [data-transfer-id]")).to_have_count(1)
    with guest.expect_download() as download:
        guest.locator(f"{CARD} [data-action=save]").click()
    saved = Path(download.value.path()).read_bytes()
    assert hashlib.sha256(saved).digest() == hashlib.sha256(path.read_bytes()).digest()
    for page in pair:
        page.locator(f"{CARD} [data-action=remove]").click()


def reload(page: Page) -> None:
    page.reload()
    wait_ready(page)
    expect(page.locator(CARD)).to_be_visible()


def test_the_receiver_is_loaded_again(under_way: tuple[Page, Page, Path]) -> None:
    reload(under_way[1])


def test_the_sender_is_loaded_again(under_way: tuple[Page, Page, Path], tmp_path: Path) -> None:
    host, guest, path = under_way
    reload(host)
    for page, words in ((host, "Waiting for the file"), (guest, "Waiting for ")):
        expect(page.locator(CARD)).to_contain_text(words)
        expect(page.locator(CARD)).to_have_attribute("data-state", "paused")
    other = tmp_path / "other.bin"
    other.write_bytes(b"x")
    for chosen in (other, path):
        with host.expect_file_chooser() as chooser:
            host.locator(f"{CARD} [data-action=choose]").click()
        chooser.value.set_files(chosen)
        if chosen is other:
            expect(host.locator(CARD)).to_contain_text("film.bin is not among them")


def test_both_are_loaded_again(under_way: tuple[Page, Page, Path]) -> None:
    host, guest, path = under_way
    for page in (host, guest):
        reload(page)
    wait_connected(host)
    with host.expect_file_chooser() as chooser:
        host.locator(f"{CARD} [data-action=choose]").click()
    chooser.value.set_files(path)


def test_what_is_done_is_there_after_a_reload_until_it_is_saved(
    under_way: tuple[Page, Page, Path],
) -> None:
    _, guest, _ = under_way
    expect(guest.locator(CARD)).to_have_attribute("data-state", "done", timeout=60_000)
    reload(guest)
    expect(guest.locator(CARD)).to_have_attribute("data-state", "done")


# What is in the chosen folder: each file's SHA-256.
IN_FOLDER = """async () => {
  const found = {};
  const mine = await (await navigator.storage.getDirectory()).getDirectoryHandle("mine");
  for await (const [name, entry] of mine.entries()) {
    const content = await (await entry.getFile()).arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    found[name] = [...hash].map((each) => each.toString(16).padStart(2, "0")).join("");
  }
  return found;
}"""
ASKS = "FileSystemHandle.prototype.queryPermission = async () => 'prompt'"


def test_a_chosen_folder_goes_on_with_one_press(pair: tuple[Page, Page], tmp_path: Path) -> None:
    host, guest = pair
    sent = {}
    for name, size in (("text", 1000), ("film", SIZE)):
        (tmp_path / name).write_bytes(random.Random(8).randbytes(size))
        sent[name] = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    guest.evaluate(PICKER)
    guest.add_init_script(ASKS)
    with reading_slowly(host):
        host.set_input_files("#file-input", [tmp_path / name for name in sent])
        guest.locator(f"{CARD} [data-action=accept-folder]").click()
        expect(guest.locator(f"{CARD} .percent")).not_to_have_text("0 %")
        eventually(guest, f"({IN_FOLDER})().then(({{text}}) => text === '{sent['text']}')")
        reload(guest)
    expect(guest.locator(CARD)).to_contain_text("The browser asks you before it goes on")
    assert guest.evaluate(IN_FOLDER) == {"text": sent["text"]}
    guest.locator(f"{CARD} > .actions [data-action=choose]").click()
    for page in (host, guest):
        expect(page.locator(CARD)).to_have_attribute("data-state", "done", timeout=60_000)
    expect(guest.locator(CARD)).to_contain_text("in the folder “mine”")
    assert guest.evaluate(IN_FOLDER) == sent
    for page in pair:
        page.locator(f"{CARD} [data-action=remove]").click()


def test_each_of_several_tabs_has_its_own_after_a_crash(browsers: Browsers, tmp_path: Path) -> None:
    browsers.watch.expected += ["Could not connect to peer", "Lost connection"]
    host = browsers.ready()
    first = browsers.ready(invite(host))
    second = other_tab(first, invite(host))
    for page, name in ((first, "first.txt"), (second, "second.txt")):
        wait_connected(page)
        (tmp_path / name).write_text(name)
        page.set_input_files("#file-input", tmp_path / name)
        expect(page.locator(CARD)).to_have_attribute("data-state", "offered")
    expect(host.locator(CARD)).to_have_count(2)
    for page in (first, second):  # all pages are gone before one comes back
        page.goto("about:blank")
    for page, name in ((first, "first.txt"), (second, "second.txt")):
        page.goto(browsers.site.url)
        wait_ready(page)
        expect(page.locator(CARD)).to_contain_text(name)
        expect(page.locator(CARD)).to_have_count(1)
    third = other_tab(first)
    expect(third.locator("#transfers")).not_to_have_attribute("aria-busy", "true")
    expect(third.locator(CARD)).to_have_count(0)
    second.close()  # a tab that does not come back
    expect(other_tab(first).locator(CARD)).to_contain_text("second.txt")


def other_tab(beside: Page, fragment: str = "") -> Page:
    """Another tab of the same browser."""
    page = beside.context.new_page()
    page.goto(beside.url.partition("#")[0] + fragment)
    wait_ready(page)
    return page
