"""Files arrive in a folder that a person has chosen: whole, or not at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from file_pages import PICKER
from harness import Browsers
from pyodide_page import python, run

READY = """
import asyncio, hashlib, js, json
from pyodide.ffi import JsException
from peerscript.bridge.values import plain_object
from peerscript.protocol.transfer.placed import Placed
from peerscript.transfer import *

MIB = 1024 * 1024
KEY = "a" * 32

async def found(folder, path=""):
    files = {}
    async for handle in folder.values():
        if handle.kind == "file":
            files[path + handle.name] = (await (await handle.getFile()).arrayBuffer()).to_bytes()
        else:
            files |= await found(handle, f"{path}{handle.name}/")
    return files

async def said(doing):
    try:
        return repr(await doing)
    except OSError as error:
        return str(error)

async def opened(index, size, path="f"):
    folder, _, name = path.rpartition("/")
    return await store.open(KEY, index, FileInfo(name, size, folder=folder))

def sha256(content):
    return hashlib.sha256(content).hexdigest()

async def arrived(index, content, path):
    sink = await opened(index, len(content), path)
    if content:
        await sink.write(content)
    return await sink.finish(sha256(content))

folder = await choose_folder()
store = folder_store(folder)
"""


# Where the page's own store has no room, a file is written into the folder as it comes.
NO_ROOM = "void (navigator.storage.estimate = async () => ({quota: 1, usage: 1}))"


@pytest.fixture
def page(lab: Browsers) -> Page:
    return loaded(lab, lab.page())


def loaded(lab: Browsers, page: Page) -> Page:
    """The page, with Python, loaded for the first time or again."""
    python(lab, page)
    page.evaluate(PICKER)
    run(page, READY)
    return page


def test_files_large_and_small_with_their_folders(page: Page) -> None:
    assert run(page, "store.name") == "mine"
    run(page, "large = bytes(range(256)) * 20_000")
    run(page, "file = await arrived(0, large, 'p/q/film')\nawait arrived(1, b'', 'p/empty')")
    run(page, "await asyncio.gather(*[arrived(n, b'x', f'p/{n}') for n in range(2, 100)])")
    assert run(page, "(await file.arrayBuffer()).to_bytes() == large")
    assert run(
        page,
        "await found(folder) == {'p/q/film': large, 'p/empty': b''} | "
        "{f'p/{n}': b'x' for n in range(2, 100)}",
    )
    assert run(page, "(await store.kept(KEY))[0].sha256 == hashlib.sha256(large).hexdigest()")
    assert run(page, "(await store.saved(KEY, 1)).size") == 0
    run(page, "await store.forget(KEY)")
    assert run(page, "await said(store.saved(KEY, 1))") == "the file is not there any more"
    assert run(page, "len(await found(folder))") == 100  # they are the person's


def test_nothing_is_overwritten(page: Page) -> None:
    run(page, "await arrived(0, b'mine', 'a.txt')\nstore = folder_store(folder)")
    run(page, "await asyncio.gather(*[arrived(n, b'%d' % n, 'a.txt') for n in (1, 2)])")
    assert run(page, "sorted(await found(folder)) == ['a (2).txt', 'a (3).txt', 'a.txt']")
    assert run(page, "(await found(folder))['a.txt'] == b'mine'")
    told = "a file is in the place of a folder, or a folder in that of a file"
    assert run(page, "await said(arrived(3, b'x', 'a.txt/b'))") == told


@pytest.mark.parametrize("room", [True, False])
def test_no_part_looks_whole(page: Page, room: bool) -> None:
    if not room:
        page.evaluate(NO_ROOM)
    run(page, "sink = await opened(0, 3 * MIB, 'p/film')\nawait sink.write(bytes(2 * MIB))")
    assert run(page, "(await found(folder)).get('p/film', b'') == b''")
    run(page, "await sink.discard()")
    assert run(page, "await found(folder) == {}")
    run(page, "sink = await opened(1, 3, 'text')\nawait sink.write(b'ab')\nawait sink.discard()")
    # Two that were cancelled while they were closed.
    run(page, "await arrived(2, b'abc', 'text')\nsink = await opened(2, 3, 'other')")
    run(page, "await sink.write(b'abc')\nawait sink.finish('0' * 64)\nawait sink.discard()")
    run(page, "sink = await opened(3, MIB, 'film')\nawait sink.write(bytes(MIB))")
    run(page, "await sink.finish('0' * 64)\nawait sink.discard()")
    assert run(page, "await found(folder) == {'text': b'abc'}")
    assert run(page, "await store.kept(KEY) == {}")


@pytest.mark.parametrize("room", [True, False])
def test_what_was_interrupted_goes_on(page: Page, room: bool) -> None:
    if not room:
        page.evaluate(NO_ROOM)
    run(page, "sink = await opened(0, 3 * MIB, 'film')\nawait sink.write(bytes(2 * MIB))")
    run(page, "await sink.suspend()")
    assert run(page, "(await store.kept(KEY))[0].size == 2 * MIB")
    run(page, "again = await opened(0, 3 * MIB, 'film')")
    assert run(page, "again.kept == 2 * MIB")
    if room:
        assert run(page, "await again.read(MIB, MIB) == bytes(MIB)")
    else:
        assert run(page, "again.digest.digest() == hashlib.sha256(bytes(2 * MIB)).digest()")
    run(page, "await again.write(bytes(MIB))\nawait again.finish('0' * 64)")
    assert run(page, "await found(folder) == {'film': bytes(3 * MIB)}")
    run(page, "sink = await opened(1, 3 * MIB, 'other')\nawait sink.write(bytes(2 * MIB))")
    run(page, "await sink.suspend()\nawait store.forget(KEY)")
    assert run(page, "await found(folder) == {'film': bytes(3 * MIB)}")
    assert run(page, "await store.kept(KEY) == {}")


def test_a_reload(lab: Browsers, page: Page) -> None:
    """The folder has files that are whole, one that has gone and one that was changed since, and
    the empty file of one that was being written when the browser was killed.
    """
    run(page, "large = bytes(range(256)) * 20_000")
    run(page, "await arrived(0, large, 'p/film')\nawait arrived(1, b'', 'empty')")
    run(page, "await asyncio.gather(*[arrived(n, b'abc', f'p/{n}') for n in range(2, 5)])")
    run(page, "await (await folder.getDirectoryHandle('p')).removeEntry('3')")
    run(page, "handle = await (await folder.getDirectoryHandle('p')).getFileHandle('4')")
    run(page, "stream = await handle.createWritable()\nawait stream.write('xyz')")
    run(page, "await stream.close()\nsink = await opened(5, 3 * MIB, 'part')")
    run(page, "await sink.write(bytes(2 * MIB))\nlast = await opened(6, 2 * MIB, 'q/last')")
    run(page, "await last.write(bytes(2 * MIB))\nawait store.kept(KEY)")
    run(page, "offer = await (await open_store()).folder(KEY)")
    run(page, "await offer.note_placed(6, Placed('q/last', 2 * MIB, sha256(bytes(2 * MIB))))")
    run(page, "await store.folder.open('q/last')")
    loaded(lab, page)
    assert run(page, "await may_write(folder)")
    run(page, "kept = await store.kept(KEY)\nlarge = bytes(range(256)) * 20_000")
    assert run(page, "kept[0].sha256 == sha256(large) and kept[5].size == kept[6].size == 2 * MIB")
    assert run(page, "(await (await store.saved(KEY, 0)).arrayBuffer()).to_bytes() == large")
    assert run(page, "[(await store.saved(KEY, n)).size for n in (1, 2)] == [0, 3]")
    for index in (3, 4):
        assert run(page, f"await said(store.saved(KEY, {index}))") == (
            "the file is not there any more"
        )
    run(page, "sink = await opened(5, 3 * MIB, 'part')")
    assert run(page, "sink.kept == 2 * MIB and await sink.read(MIB, MIB) == bytes(MIB)")
    run(page, "await sink.write(bytes(MIB))\nawait sink.finish(sha256(bytes(3 * MIB)))")
    run(page, "await (await opened(6, 2 * MIB, 'q/last')).finish(sha256(bytes(2 * MIB)))")
    run(page, "await asyncio.gather(*[arrived(n, b'abc', f'p/{n}') for n in (3, 4)])")
    whole = {"p/film": "large", "empty": "b''", "p/2": "b'abc'", "p/3": "b'abc'", "p/4": "b'xyz'"}
    whole |= {"p/4 (2)": "b'abc'", "part": "bytes(3 * MIB)", "q/last": "bytes(2 * MIB)"}
    expected = ", ".join(f"{path!r}: {content}" for path, content in whole.items())
    assert run(page, f"await found(folder) == {{{expected}}}")
    assert run(page, "await (await open_store()).parts(KEY) == {}")
    run(page, "root = await js.navigator.storage.getDirectory()")
    run(page, "await root.removeEntry('mine', plain_object({'recursive': True}))")
    assert run(page, "await said(may_write(folder, ask=True))") == "mine: it is not there any more"
    page.evaluate("void (FileSystemHandle.prototype.queryPermission = async () => 'prompt')")
    assert run(page, "await may_write(folder)") is False


def test_a_write_that_is_denied_or_fails_is_told_and_leaves_nothing(page: Page) -> None:
    page.evaluate("() => { window.create = FileSystemFileHandle.prototype.createWritable; }")
    for name, told in (
        ("NotAllowedError", "the browser does not allow it"),
        ("QuotaExceededError", "the disk is full"),
    ):
        page.evaluate(
            "name => { FileSystemFileHandle.prototype.createWritable = async () => "
            "{ throw new DOMException('', name); }; }",
            name,
        )
        run(page, "sink = await opened(0, 3 * MIB, 'film')")
        assert told in run(page, "await said(sink.write(bytes(MIB)))")
        run(page, "await sink.discard()\nsmall = await opened(1, 1, 'text')")
        run(page, "await small.write(b'x')")
        assert run(page, "await said(small.finish('0' * 64))") == told
        run(page, "await small.discard()")
        assert run(page, "await found(folder) == {}")
    page.evaluate("() => { FileSystemFileHandle.prototype.createWritable = create; }")
    run(page, "await arrived(0, b'x', 'film')")
    assert run(page, "await found(folder) == {'film': b'x'}")
