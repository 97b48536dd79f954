"""Files of the browser that Python runs in."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

from peerscript.browser import this_browser
from peerscript.ports.files import FolderStore, Source, Store


def file_sources(files: Any) -> Sequence[Source]:
    """Return the files of an `<input type="file">`, to be sent.

    Args:
        files: a FileList, or an iterable of the browser's File objects.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.source import FileSources

    return FileSources(files)


def dropped_sources(data_transfer: Any) -> Awaitable[list[Source]]:
    """Return the files of a drop, with those of folders and of the folders in them.

    Call it in the event, for when that is over the browser has forgotten them, and await what it
    returns. In Chromium each has a `handle`, for `source_of_handle`.

    Args:
        data_transfer: the event's `dataTransfer`.

    Raises:
        OSError: some cannot be read, or there are more than an offer can have.
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.dropped import dropped_sources as sources_of

    found: Awaitable[Any] = sources_of(data_transfer)
    return found


async def source_of_handle(handle: Any, folder: str = "") -> Source:
    """Return the file of a FileSystemFileHandle, which IndexedDB keeps over a reload.

    Call it while the person presses a button, for the browser may have to ask them.

    Args:
        folder: where the file is in its offer.

    Raises:
        OSError: it is not there any more, or the page may not read it.
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.source import source_of_handle as source_of

    return await source_of(handle, folder)


async def open_store() -> Store:
    """Return the place that this browser has for files that arrive: its private file system on
    disk, which keeps an offer's files until `Store.forget`, or for a week after the last write;
    else memory, for 256 MB and until the page goes. It is the same one at each call.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.opening import open_store as opened

    return await opened()


def folder_store(directory: Any) -> FolderStore:
    """Return a folder that the person has chosen as the place for files that arrive, for
    `offer.accept(into=…)`: each is there when it is whole, under its path; folders are made, and no
    file that is there is overwritten: the new one is called "photo (2).jpg".

    What has arrived of a file of more than 64 KiB is kept by `open_store` until it is whole, and so
    is which files are in the folder: after a reload the offer goes on, if the page has kept the
    directory in IndexedDB and `may_write` into it. A file that there is no room for to be kept is
    written into the folder as it comes, and begins anew after a reload.
    Browsers do not tell how much room there is in the folder: a file for which there is none fails
    when the disk is full, and leaves nothing.

    Args:
        directory: what `choose_folder` gave.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.opening import open_store as opened
    from peerscript.bridge.files.placing import ChosenStore

    return ChosenStore(directory, opened)


async def may_write(directory: Any, *, ask: bool = False) -> bool:
    """Tell whether the page may write into a folder that was chosen before it was loaded.

    Args:
        directory: a FileSystemDirectoryHandle, which IndexedDB keeps over a reload.
        ask: whether the browser is to ask the person. Call it while they press a button.

    Raises:
        OSError: the folder is not there any more, or nobody has pressed anything.
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.chosen import may_write as allowed

    return await allowed(directory, ask=ask)


async def free_space() -> int | None:
    """Return how many bytes this browser may still keep for the page; None if it does not say.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.room import free_space as free

    return await free()
