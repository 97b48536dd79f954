"""Where files land: on a disk that outlives the page and the browser, or in memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from disk import ChromiumDisk, Disk, disk, room, run_in
from harness import PAGES, Site, served

READY = """
import asyncio, hashlib, js, json
from peerscript.bridge.files import disk as disk_module, memory, opening, sink as sink_module
from peerscript.bridge.values import plain_object
from peerscript.transfer import FileInfo, free_space, open_store

MIB = 1024 * 1024
KEY, OTHER = "a" * 32, "b" * 32
BLOCK = bytes(range(256)) * 4096  # 1 MiB

def block(number):
    return number.to_bytes(4, "big") + BLOCK[4:]

def content(blocks):
    return b"".join(map(block, range(blocks)))

def sha256(data):
    return hashlib.sha256(data).hexdigest()

async def write(sink, numbers):
    for number in numbers:
        await sink.write(block(number))

async def whole(index, blocks, key=KEY, type=""):
    sink = await store.open(key, index, FileInfo("f", blocks * MIB, type, modified=1.7e9))
    await write(sink, range(blocks))
    return await sink.finish(sha256(content(blocks)))

async def written(index, content):
    sink = await store.open(KEY, index, FileInfo(f"{index}.txt", len(content), "text/plain"))
    await sink.write(content)
    return sink

async def small(index, content):
    return await (await written(index, content)).finish(sha256(content))

async def data(file):
    return (await file.arrayBuffer()).to_bytes()

async def kept(key=KEY):
    found = await store.kept(key)
    return json.dumps({i: [k.size, k.sha256] for i, k in sorted(found.items())})

async def names(key=KEY):
    root = await js.navigator.storage.getDirectory()
    try:
        folder = await (await root.getDirectoryHandle("peerscript-files")).getDirectoryHandle(key)
    except Exception:
        return "no folder"
    return json.dumps(sorted([str(name) async for name in folder.keys()]))

async def said(doing):
    try:
        return repr(await doing)
    except OSError as error:
        return str(error)

store = await open_store()
"""
START_OVER = "await store.forget(KEY)\nawait store.forget(OTHER)"


@pytest.fixture(scope="module")
def folder(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store") / "site"
    shutil.copytree(built, root, symlinks=True)
    shutil.copy(PAGES / "pyodide.html", root)
    return root


@pytest.fixture(scope="module")
def place(folder: Path) -> Iterator[Site]:
    with served(folder) as site:
        yield site


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(
    request: pytest.FixtureRequest,
    playwright: Playwright,
    place: Site,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Disk]:
    profile = tmp_path_factory.mktemp("profiles") / request.param
    with disk(request.param, playwright, f"{place.url}pyodide.html", profile) as started:
        started.run(READY)
        yield started


@pytest.fixture
def page(browser: Disk) -> Disk:
    browser.run(START_OVER)
    return browser


@pytest.fixture
def chromium(page: Disk) -> ChromiumDisk:
    assert isinstance(page, ChromiumDisk)
    return page


# A second tab, and another quota: only Chromium's debugger can do these.
chromium_alone = pytest.mark.parametrize("browser", ["chromium"], indirect=True)


def again(page: Disk, how: str) -> None:
    """Begin anew: "reload" or "kill"."""
    getattr(page, how)()
    page.run(READY)


def test_a_whole_file_is_one_file_with_its_name_type_and_date(page: Disk) -> None:
    page.run("file = await whole(0, 35, type='image/svg+xml')")
    assert page.run(
        "[file.name, file.size, file.type, file.lastModified] == "
        "['f', 35 * MIB, 'image/svg+xml', 1_700_000_000_000]"
    )
    assert page.run("sha256(await data(file)) == sha256(content(35))")


@pytest.mark.parametrize("how", ["reload", "kill"])
def test_what_is_whole_and_what_is_not_outlives_the_page(page: Disk, how: str) -> None:
    page.run("await whole(0, 17, type='text/plain')\nawait whole(7, 0)")
    page.run(
        "sink = await store.open(KEY, 1, FileInfo('g', 40 * MIB))\n"
        "await write(sink, range(20))\nawait sink.suspend()"
    )
    before = page.run("await kept()")
    again(page, how)
    assert page.run("await kept()") == before
    assert page.run("(await store.kept(KEY))[0].sha256 == sha256(content(17))")
    assert page.run(
        "file = await store.saved(KEY, 0)\n"
        "file.type == 'text/plain' and await data(file) == content(17)"
    )
    assert page.run("(await store.saved(KEY, 7)).size") == 0
    page.run("sink = await store.open(KEY, 1, FileInfo('g', 40 * MIB))")
    assert page.run("sink.kept == 20 * MIB")
    assert page.run("await sink.read(16 * MIB - 5, 10) == content(20)[16 * MIB - 5:][:10]")
    page.run("await write(sink, range(20, 40))\nfile = await sink.finish(sha256(content(40)))")
    assert page.run("await data(file) == content(40)")


@pytest.mark.parametrize("how", ["reload", "kill"])
def test_small_files_are_kept_together(page: Disk, how: str) -> None:
    page.run(
        "contents = [bytes([n]) * n for n in range(100)]\n"
        "sinks = [await written(n, content) for n, content in enumerate(contents)]\n"
        "ends = [sink.finish(sha256(data)) for sink, data in zip(sinks, contents)]\n"
        "files = await asyncio.gather(*ends)\n"  # of one turn: all come while the first is written
        "more = await small(100, b'more')"
    )
    assert page.run("len(json.loads(await names()))") == 3  # the first one begins at once
    assert page.run("all([await data(f) == bytes([n]) * n for n, f in enumerate(files)])")
    assert page.run("(files[7].name, files[7].type, files[7].size) == ('7.txt', 'text/plain', 7)")
    page.run("sink = await store.open(KEY, 200, FileInfo('f', 3))\nawait sink.write(b'ab')")
    before = page.run("await kept()")
    again(page, how)
    assert page.run("await kept()") == before
    assert page.run("sorted(await store.kept(KEY)) == list(range(101))")
    assert page.run("await data(await store.saved(KEY, 99)) == bytes([99]) * 99")
    page.run("file = await small(99, b'new')\nmore = await small(300, b'')")
    assert page.run("(await store.kept(KEY))[99].size") == 3
    again(page, "reload")
    assert page.run("await data(await store.saved(KEY, 99))  == b'new'")
    page.run("sink = await store.open(KEY, 99, FileInfo('f', 3))\nawait sink.discard()")
    assert page.run("99 not in await store.kept(KEY) and await said(store.saved(KEY, 99))") == (
        "the file is not there any more"
    )


def test_a_pack_that_was_not_written_to_its_end_is_none(page: Disk) -> None:
    page.run("await small(0, b'abc')")
    page.run(
        "root = await js.navigator.storage.getDirectory()\n"
        "home = await (await root.getDirectoryHandle('peerscript-files')).getDirectoryHandle(KEY)\n"
        "await home.getFileHandle('pack.7.120', plain_object({'create': True}))"
    )
    again(page, "reload")
    assert page.run("list(await store.kept(KEY)) == [0]")
    page.run("await small(1, b'abc')")
    assert page.run("'pack.8.' in await names()")


def test_a_killed_browser_keeps_the_segments_before(page: Disk) -> None:
    page.run("sink_module.OPEN_FOR = 1000")  # a segment ends when it is full
    page.run(
        "sink = await store.open(KEY, 0, FileInfo('f', 40 * MIB))\nawait write(sink, range(39))"
    )
    again(page, "kill")
    assert page.run("(await store.kept(KEY))[0].size == 32 * MIB")
    page.run(
        "sink = await store.open(KEY, 0, FileInfo('f', 40 * MIB))\n"
        "await write(sink, range(32, 40))\nfile = await sink.finish(sha256(content(40)))"
    )
    assert page.run("await data(file) == content(40)")


def test_a_slow_file_is_kept_after_some_seconds(page: Disk) -> None:
    page.run("sink_module.OPEN_FOR = 0.1")
    page.run("sink = await store.open(KEY, 0, FileInfo('f', 40 * MIB))\nawait write(sink, [0])")
    page.run("while sink._open:\n    await asyncio.sleep(0.01)")
    page.run("sink_module.OPEN_FOR = 1000\nawait write(sink, [1, 2])")
    again(page, "kill")
    assert page.run("(await store.kept(KEY))[0].size == MIB")


def test_what_is_being_written_counts_as_kept(page: Disk) -> None:
    page.run("sink = await store.open(KEY, 0, FileInfo('f', 5 * MIB))\nawait write(sink, range(2))")
    assert page.run("(await store.kept(KEY))[0].size == 2 * MIB")
    page.run("await write(sink, range(2, 5))\nfile = await sink.finish(sha256(content(5)))")
    assert page.run("await data(file) == content(5)")


def test_what_follows_a_gap_is_not_used(page: Disk) -> None:
    page.run(
        "sink = await store.open(KEY, 0, FileInfo('f', 60 * MIB))\n"
        "await write(sink, range(40))\nawait sink.suspend()\nawait whole(1, 35)"
    )
    page.run(
        "root = await js.navigator.storage.getDirectory()\n"
        "home = await (await root.getDirectoryHandle('peerscript-files')).getDirectoryHandle(KEY)\n"
        "for index in (0, 1):\n    await home.removeEntry(f'{index}.{16 * MIB}')"
    )
    again(page, "reload")
    assert page.run("(await store.kept(KEY))[0].size == 16 * MIB")
    assert page.run("await said(store.saved(KEY, 1))") == (
        "a part of the file is not there any more"
    )
    page.run(
        "sink = await store.open(KEY, 0, FileInfo('f', 20 * MIB))\n"
        "await write(sink, range(16, 20))\nfile = await sink.finish(sha256(content(20)))"
    )
    assert page.run("await data(file) == content(20)")


def test_nothing_is_left_of_what_is_discarded_or_forgotten(page: Disk) -> None:
    page.run(
        "sink = await store.open(KEY, 0, FileInfo('f', 40 * MIB))\n"
        "await write(sink, range(20))\nawait sink.discard()"
    )
    assert page.run("await names()") == "[]"
    page.run(
        "sink = await store.open(KEY, 0, FileInfo('f', 40 * MIB))\n"
        "await write(sink, range(2))\nawait store.forget(KEY)"
    )
    assert page.run("await names()") == "no folder"
    assert page.run("await said(sink.write(b'x'))") == "the file is removed"
    assert page.run("await kept()") == "{}"
    assert page.run("await names()") == "no folder"


def test_a_page_that_is_loaded_again_has_its_own_offers(page: Disk) -> None:
    page.run("await whole(0, 1)")
    for _ in range(3):
        again(page, "reload")
        assert page.run("(await store.kept(KEY))[0].size == MIB")


@chromium_alone
def test_an_offer_is_one_tabs_alone(chromium: ChromiumDisk) -> None:
    chromium.run("await whole(0, 1)")
    other = chromium.open()
    run_in(other, READY)
    taken = "another tab of this browser is receiving these files"
    assert run_in(other, "await said(store.kept(KEY))") == taken
    assert run_in(other, "await said(store.open(KEY, 1, FileInfo('f', 1)))") == taken
    assert run_in(other, "await said(store.kept(OTHER))") == "{}"
    chromium.run("await store.forget(KEY)")
    assert run_in(other, "await said(store.kept(KEY))") == "{}"
    assert run_in(other, "(await whole(0, 1)).size") == 1024 * 1024
    run_in(other, "await store.forget(KEY)")  # a closed tab has it for a moment longer
    other.close()


def test_old_offers_are_removed_unless_a_page_has_them(page: Disk) -> None:
    page.run("await whole(0, 1)\nawait whole(0, 1, OTHER)")
    page.run(
        "root = await js.navigator.storage.getDirectory()\n"
        "left = await root.getDirectoryHandle('arriving', plain_object({'create': True}))\n"
        "await left.getDirectoryHandle('c' * 32, plain_object({'create': True}))"
    )
    again(page, "reload")
    page.run("await kept()")
    assert "arriving" not in page.run(
        "root = await js.navigator.storage.getDirectory()\n"
        "json.dumps([str(name) async for name in root.keys()])"
    )
    assert page.run("await names(OTHER)") != "no folder"
    page.run("disk_module.KEPT_FOR = -60.0\nawait disk_module.remove_old(root)")
    assert page.run("await names(OTHER)") == "no folder"
    assert page.run("await names()") != "no folder"


@chromium_alone
def test_a_full_disk_is_told(chromium: ChromiumDisk) -> None:
    chromium.run("sink_module.OPEN_FOR = 1000")
    with room(chromium.page, 10_000_000):
        chromium.run("sink = await store.open(KEY, 0, FileInfo('f', 60 * MIB))")
        told = chromium.run("await said(write(sink, range(60)))")
        assert told == "the disk is full: it needs 62.9 MB"
        assert chromium.run("await said(sink.finish('0' * 64))") == told
    with room(chromium.page, 0):
        chromium.run("store._room._known = MIB")
        assert chromium.run("(await said(small(1, bytes(60_000)))).startswith('the disk is full')")
    chromium.run("await sink.discard()")
    assert chromium.run("await names()") == "[]"


@chromium_alone
def test_a_full_disk_is_told_by_who_closes(chromium: ChromiumDisk) -> None:
    """The write that failed was not waited for."""
    chromium.run("sink_module.OPEN_FOR = 1000")
    chromium.run("sink = await store.open(KEY, 0, FileInfo('f', 3 * MIB))")
    with room(chromium.page, 1_000_000):
        chromium.run("await sink.write(bytes(3 * MIB))")
        chromium.run(
            "async with asyncio.timeout(60):\n"
            "    while not sink._open._error:\n        await asyncio.sleep(0.01)"
        )
        told = chromium.run("await said(sink.flush())")
    assert told == "the disk is full: it needs 3.1 MB"
    chromium.run("await sink.discard()")


def test_what_has_no_room_is_not_begun(page: Disk) -> None:
    page.run(
        "estimate = js.navigator.storage.estimate\n"
        "js.navigator.storage.estimate = js.Function.new("
        "'return Promise.resolve({quota: 15e6, usage: 5e6})')"
    )
    assert page.run("await free_space()") == 10_000_000
    told = "the disk is full: it needs 25.0 MB, there is room for 10.0 MB"
    assert page.run("await said(store.check_room(25_000_000))") == told
    page.run("store._room._known = 0")
    assert page.run("await said(store.open(KEY, 0, FileInfo('f', 25_000_000)))") == told
    page.run(
        "js.navigator.storage.estimate = js.Function.new("
        "'return Promise.resolve({quota: 2 ** 31 * 5, usage: 0})')"
    )
    assert page.run("await said(store.check_room(10 ** 12))") == "None"
    again(page, "reload")


def test_memory_is_the_place_where_there_is_no_other(page: Disk) -> None:
    page.run(
        "js.FileSystemFileHandle.prototype.createWritable_ = "
        "js.FileSystemFileHandle.prototype.createWritable\n"
        "js.Reflect.deleteProperty(js.FileSystemFileHandle.prototype, 'createWritable')"
    )
    page.run("opening._of_this_page.clear()\nstore = await open_store()")
    page.run("file = await whole(0, 3, type='text/plain')")
    assert page.run("file.name == 'f' and file.type == 'text/plain'")
    assert page.run("await data(file) == content(3)")
    assert page.run("await kept()") == "{}"
    assert page.run("await said(store.check_room(300_000_000))") == (
        "it needs 300.0 MB, and there is room for 252.9 MB: this browser can keep 256.0 MB in "
        "memory alone, as it has no private file system that can be written to"
    )
    page.run("memory.LIMIT = 5 * MIB\nsink = await store.open(KEY, 1, FileInfo('g', MIB))")
    assert "there is room for" in page.run("await said(write(sink, range(3)))")
    page.run("await sink.discard()\nawait store.check_room(2 * MIB)\nawait store.forget(KEY)")
    assert page.run("await said(store.check_room(5 * MIB))") == "None"
    again(page, "reload")
