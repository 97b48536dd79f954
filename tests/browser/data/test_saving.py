"""Files that have arrived are saved: many as one archive, or into a folder."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page

from harness import Browsers
from pyodide_page import python, run

READY = """
import js, json
from pyodide.ffi import to_js
from peerscript.bridge.values import plain_object
from peerscript.transfer import *

def file(content, name="f", modified=1.7e12):
    options = plain_object({"lastModified": modified})
    return js.File.new(to_js([to_js(content)]), name, options)

async def found(folder, path=""):
    files = {}
    async for handle in folder.values():
        if handle.kind == "file":
            data = (await (await handle.getFile()).arrayBuffer()).to_bytes()
            files[path + handle.name] = data.decode()
        else:
            files |= await found(handle, f"{path}{handle.name}/")
    return files

async def said(doing):
    try:
        return repr(await doing)
    except OSError as error:
        return str(error)
"""
CLOSED = """name => {
  window.showDirectoryPicker = async () => { throw new DOMException("", name); };
}"""


@pytest.fixture
def page(lab: Browsers) -> Page:
    page = python(lab)
    run(page, READY)
    return page


def test_an_archive_of_more_than_100_mb_is_downloaded(page: Page, tmp_path: Path) -> None:
    run(
        page,
        "store = await open_store()\n"
        "sink = await store.open('a' * 32, 0, FileInfo('big', 120 * 2**20))\n"
        "for number in range(120):\n    await sink.write(bytes([number]) * 2**20)\n"
        "big = await sink.finish('0' * 64)\n"
        "files = [('big.bin', big), ('photos/Grüße.txt', file(b'hi')), ('e', file(b''))]\n"
        "archive = await zip_file(files, 'a.zip')",
    )
    with page.expect_download() as started:
        run(page, "download(archive, 'all.zip')")
    assert started.value.suggested_filename == "all.zip"
    path = tmp_path / "all.zip"
    started.value.save_as(path)
    with ZipFile(path) as read:
        assert read.testzip() is None
        assert read.namelist() == ["big.bin", "photos/Grüße.txt", "e"]
        assert read.read("photos/Grüße.txt") == b"hi"
        assert read.getinfo("e").date_time[0] == 2023
        big = b"".join(bytes([number]) * 2**20 for number in range(120))
        assert zlib.crc32(big) == read.getinfo("big.bin").CRC
    if program := shutil.which("unzip"):
        subprocess.run([program, "-tq", path], check=True)
    run(page, "await store.forget('a' * 32)")


def test_a_folder_gets_files_and_keeps_its_own(page: Page) -> None:
    # Nobody can press the browser's dialog: this is another real folder.
    page.evaluate("void (window.showDirectoryPicker = () => navigator.storage.getDirectory())")
    run(page, "folder = await choose_folder()\nmoved = []")
    files = "[('a.txt', file(b'one')), ('p/q/a.txt', file(b'two'))]"
    for _ in range(2):
        run(page, f"paths = await save_to_folder(folder, {files}, moved.append)")
    assert run(page, "json.dumps(paths)") == '["a (2).txt", "p/q/a (2).txt"]'
    assert run(page, "json.dumps(moved)") == "[3, 6, 3, 6]"
    assert run(
        page,
        "await found(folder) == {'a.txt': 'one', 'a (2).txt': 'one', "
        "'p/q/a.txt': 'two', 'p/q/a (2).txt': 'two'}",
    )
    assert run(page, "await said(save_to_folder(folder, [('a.txt/b', file(b''))]))") == (
        "a.txt/b: a file is in the place of a folder, or a folder in that of a file"
    )


def test_a_file_that_fails_leaves_nothing(page: Page) -> None:
    run(page, "folder = await js.navigator.storage.getDirectory()")
    # A file that was removed after it was received.
    run(
        page,
        "handle = await folder.getFileHandle('x', plain_object({'create': True}))\n"
        "stream = await handle.createWritable()\nawait stream.write('text')\n"
        "await stream.close()\ngone = await handle.getFile()\nawait folder.removeEntry('x')",
    )
    said = run(page, "await said(save_to_folder(folder, [('a', file(b'1')), ('b/c', gone)]))")
    assert said.startswith("b/c: it ")
    assert run(page, "await found(folder) == {'a': '1'}")
    assert run(page, "await said(zip_file([('b/c', gone)], 'a.zip'))").startswith("b/c: it ")


def test_a_dialog_that_is_closed_or_is_not_there(page: Page) -> None:
    assert run(page, "can_choose_folder()")
    page.evaluate(CLOSED, "AbortError")
    assert run(page, "await choose_folder() is None")
    page.evaluate(CLOSED, "SecurityError")
    assert run(page, "await said(choose_folder())") == (
        "choosing a folder: the browser does not allow it"
    )
    page.evaluate("delete window.showDirectoryPicker")
    page.evaluate("delete Window.prototype.showDirectoryPicker")
    assert not run(page, "can_choose_folder()")
    assert run(page, "await choose_folder() is None")
