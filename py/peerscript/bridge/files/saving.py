"""Files that have arrived are given to the person: one, many in an archive, or all in a folder."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import js
from pyodide.ffi import JsException, JsProxy, create_once_callable, to_js

from peerscript.aio.turns import Turns
from peerscript.bridge.files.chosen import ChosenFolder
from peerscript.bridge.files.failures import as_os_error, os_errors
from peerscript.bridge.values import plain_object
from peerscript.protocol.transfer.ziparchive import ZipEntry, ZipFrame

BLOCK = 4 * 1024 * 1024  # bytes that are in memory at once
URL_FOR = 60_000  # ms; the browser may still be asking where to


def download(file: JsProxy, name: str) -> None:
    """Have the browser save a File under a name."""
    url = js.URL.createObjectURL(file)
    link = js.document.createElement("a")
    link.href = url
    link.download = name
    js.document.body.appendChild(link)
    link.click()
    link.remove()
    js.setTimeout(create_once_callable(lambda: js.URL.revokeObjectURL(url)), URL_FOR)


async def zip_file(files: Sequence[tuple[str, JsProxy]], name: str) -> JsProxy:
    """An archive that refers to the files; no contents are copied."""
    frame, turns = ZipFrame(), Turns()
    parts = js.Array.new()
    for path, file in files:
        entry = ZipEntry(path, int(file.size), await _crc32(path, file), _modified(file))
        parts.push(to_js(frame.header(entry)), file)
        await turns.give()  # nothing is read of an empty file
    parts.push(to_js(frame.end()))
    archive: JsProxy = js.File.new(parts, name, plain_object({"type": "application/zip"}))
    return archive


def _modified(file: JsProxy) -> float:
    return float(getattr(file, "lastModified", 0)) / 1000  # a Blob has none


async def _crc32(path: str, file: JsProxy) -> int:
    found = 0
    with os_errors(path):
        for offset in range(0, int(file.size), BLOCK):
            block = await file.slice(offset, offset + BLOCK).arrayBuffer()
            found = zlib.crc32(block.to_memoryview(), found)
    return found


def can_choose_folder() -> bool:
    """Whether this browser lets a person choose a folder to write to."""
    return hasattr(js.window, "showDirectoryPicker")


async def choose_folder() -> JsProxy | None:
    """The FileSystemDirectoryHandle of the folder that the person chooses."""
    if not can_choose_folder():
        return None
    try:
        chosen: JsProxy = await js.window.showDirectoryPicker(plain_object({"mode": "readwrite"}))
    except JsException as error:
        if error.name == "AbortError":
            return None  # the person closed the dialog
        raise as_os_error(error, "choosing a folder") from error
    return chosen


async def save_to_folder(
    directory: JsProxy,
    files: Sequence[tuple[str, JsProxy]],
    on_progress: Callable[[int], None] | None = None,
) -> list[str]:
    """Write files into a folder; the paths that they have there."""
    folder = ChosenFolder(directory)
    saved: list[str] = []
    size = 0
    for path, file in files:
        saved.append(await _save(folder, path, file))
        size += int(file.size)
        if on_progress:
            on_progress(size)
    return saved


async def _save(folder: ChosenFolder, path: str, file: JsProxy) -> str:
    with os_errors(path):
        # Of a file that is gone this says so, where the stream says "network error".
        await file.slice(0, 1).arrayBuffer()
        new = await folder.create(path)
        try:
            await file.stream().pipeTo(await new.write_into())
        except BaseException:
            await new.remove()
            raise
    return new.path
