"""Files arrive in a folder that a person has chosen: whole, or not at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from harness import Browsers
from pyodide_page import python, run

READY = """
import asyncio, hashlib, js, json
from pyodide.ffi import JsException
from peerscript.bridge.values import plain_object
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

async def arrived(index, content, path):
    sink = await opened(index, len(content), path)
    if content:
        await sink.write(content)
    return await sink.finish(hashlib.sha256(content).hexdigest())

folder = await choose_folder()
store = folder_store(folder)
"""


@pytest.fixture
def page(lab: Browsers) -> Page:
    page = python(lab)
    # Nobody can press the browser's dialog: this is another real folder.
    page.evaluate(
        "void (window.showDirectoryPicker = async () => "
        "(await navigator.storage.getDirectory()).getDirectoryHandle('mine', {create: true}))"
    )
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


def test_no_part_looks_whole(page: Page) -> None:
    run(page, "sink = await opened(0, 3 * MIB, 'p/film')\nawait sink.write(bytes(2 * MIB))")
    assert run(page, "(await found(folder))['p/film'] == b''")
    run(page, "await sink.discard()")
    assert run(page, "await found(folder) == {}")
    run(page, "sink = await opened(1, 3, 'text')\nawait sink.write(b'ab')\nawait sink.discard()")
    # One that was cancelled while it was closed.
    run(page, "await arrived(2, b'abc', 'text')\nsink = await opened(2, 3, 'other')")
    run(page, "await sink.write(b'abc')\nawait sink.finish('0' * 64)\nawait sink.discard()")
    assert run(page, "await found(folder) == {'text': b'abc'}")


def test_what_was_interrupted_goes_on(page: Page) -> None:
    run(page, "sink = await opened(0, 3 * MIB, 'film')\nawait sink.write(bytes(2 * MIB))")
    assert run(page, "await store.kept(KEY) == {}")
    run(page, "await sink.suspend()")
    assert run(page, "(await store.kept(KEY))[0].size == 2 * MIB")
    run(page, "again = await opened(0, 3 * MIB, 'film')")
    assert run(page, "again.kept == 2 * MIB")
    assert run(page, "again.digest.digest() == hashlib.sha256(bytes(2 * MIB)).digest()")
    run(page, "await again.write(bytes(MIB))\nawait again.finish('0' * 64)")
    assert run(page, "await found(folder) == {'film': bytes(3 * MIB)}")
    run(page, "sink = await opened(1, 3 * MIB, 'other')\nawait sink.write(bytes(2 * MIB))")
    run(page, "await sink.suspend()\nawait store.forget(KEY)")
    assert run(page, "await found(folder) == {'film': bytes(3 * MIB)}")


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
        assert run(page, "await said(sink.write(bytes(MIB)))") == told
        run(page, "await sink.discard()\nsmall = await opened(1, 1, 'text')")
        run(page, "await small.write(b'x')")
        assert run(page, "await said(small.finish('0' * 64))") == told
        run(page, "await small.discard()")
        assert run(page, "await found(folder) == {}")
    page.evaluate("() => { FileSystemFileHandle.prototype.createWritable = create; }")
    run(page, "await arrived(0, b'x', 'film')")
    assert run(page, "await found(folder) == {'film': b'x'}")
