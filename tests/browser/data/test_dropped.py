"""Files and folders that a person drops onto a page, and files that it remembers over a reload."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from harness import Browsers
from pyodide_page import python, run

READY = """
import asyncio, js, json
from pyodide.ffi import create_proxy
from peerscript.transfer import dropped_sources, file_sources, source_of_handle
dropped = asyncio.get_running_loop().create_future()

def over(event):
    event.preventDefault()

def drop(event):
    event.preventDefault()
    dropped.set_result(dropped_sources(event.dataTransfer))

js.document.documentElement.style.height = "100%"
js.document.addEventListener("dragover", create_proxy(over))
js.document.addEventListener("drop", create_proxy(drop))

async def contents(sources):
    found = [[each.folder, each.name, (await each.read(0, 9)).decode()] for each in sources]
    return json.dumps(sorted(found))
"""
TRIED = """
try:
    sources = await (await dropped)
    said = "nothing"
except OSError as error:
    said = str(error)
said
"""
# Firefox and Safari give no handle for what is dropped.
NO_HANDLES = "delete DataTransferItem.prototype.getAsFileSystemHandle"


@pytest.fixture
def page(lab: Browsers) -> Page:
    page = python(lab)
    run(page, READY)
    return page


def drop(page: Page, *paths: Path) -> None:
    """A person drops files from their desktop."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 50, "y": 50, "data": data})


def found(page: Page) -> Any:
    """Folder, name and contents of what was dropped."""
    return json.loads(run(page, "sources = await (await dropped)\nawait contents(sources)"))


@pytest.mark.parametrize("handles", [True, False], ids=["handles", "entries"])
def test_a_folder_with_folders_in_it(page: Page, tmp_path: Path, handles: bool) -> None:
    if not handles:
        page.evaluate(NO_HANDLES)
    inner = tmp_path / "photos" / "2026"
    inner.mkdir(parents=True)
    (inner / "a.txt").write_text("deep")
    (tmp_path / "photos" / "b.txt").write_text("in it")
    (tmp_path / "c.txt").write_text("alone")
    drop(page, tmp_path / "photos", tmp_path / "c.txt")
    assert found(page) == [
        ["", "c.txt", "alone"],
        ["photos", "b.txt", "in it"],
        ["photos/2026", "a.txt", "deep"],
    ]
    assert run(page, "all((s.handle is not None) for s in sources)") is handles


@pytest.mark.parametrize("handles", [True, False], ids=["handles", "entries"])
def test_more_files_than_the_browser_gives_at_once(
    page: Page, tmp_path: Path, handles: bool
) -> None:
    if not handles:
        page.evaluate(NO_HANDLES)
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(250):
        (folder / str(number)).write_text("x")
    drop(page, folder)
    assert len(found(page)) == 250


def test_more_files_than_an_offer_takes(page: Page, tmp_path: Path) -> None:
    run(page, "from peerscript.bridge.files import dropped as module\nmodule.MAX_FILES = 3")
    for number in range(4):
        (tmp_path / str(number)).write_text("x")
    drop(page, *(tmp_path / str(number) for number in range(4)))
    assert run(page, TRIED) == "there are more than 3 files: put them into an archive first"


@pytest.mark.parametrize("handles", [True, False], ids=["handles", "entries"])
def test_what_cannot_be_read_is_named(page: Page, tmp_path: Path, handles: bool) -> None:
    if not handles:
        page.evaluate(NO_HANDLES)
    paths = [tmp_path / name for name in ("here", "gone", "lost")]
    for path in paths:
        path.write_text("x")
    drop(page, *paths)
    for path in paths[1:]:
        path.unlink()
    assert run(page, TRIED) == "gone: it is not there any more; lost: it is not there any more"


def test_a_dropped_file_is_opened_again_after_a_reload(
    page: Page, lab: Browsers, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("again")
    drop(page, path)
    found(page)
    page.evaluate(
        """async handle => {
          window.keeping = () => new Promise((resolve) => {
            const open = indexedDB.open("kept", 1);
            open.onupgradeneeded = () => open.result.createObjectStore("files");
            open.onsuccess = () => resolve(open.result);
          });
          const store = (await keeping()).transaction("files", "readwrite").objectStore("files");
          await new Promise((resolve) => {
            store.put(py.globals.get("sources").get(0).handle, "a").onsuccess = resolve;
          });
        }"""
    )
    python(lab, page)
    page.context.grant_permissions([])
    run(page, READY)
    page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("kept", 1);
          open.onsuccess = () => {
            const get = open.result.transaction("files").objectStore("files").get("a");
            get.onsuccess = () => { window.kept = get.result; resolve(); };
          };
        })"""
    )
    # Nobody can press the browser's question: it is answered as a person would.
    page.evaluate("kept.requestPermission = async () => 'granted'")
    asked = run(page, "await js.kept.queryPermission()")
    assert asked in ("granted", "prompt")
    assert run(page, "await contents([await source_of_handle(js.kept, 'f')])") == (
        '[["f", "a.txt", "again"]]'
    )
    page.evaluate("kept.queryPermission = kept.requestPermission = async () => 'denied'")
    refused = TRIED.replace("await (await dropped)", "await source_of_handle(js.kept)")
    assert run(page, refused) == "a.txt: the page may not read it"
