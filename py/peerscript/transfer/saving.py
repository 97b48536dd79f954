"""Files that have arrived, saved where the person wants them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from peerscript.browser import this_browser
from peerscript.ports.files import SavedFile


def download(file: SavedFile, name: str) -> None:
    """Have the browser save a file among its downloads. Many in a row it stops: make them one
    with `zip_file`.

    Args:
        name: without folders.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.saving import download as save

    save(file, name)


async def zip_file(files: Sequence[tuple[str, SavedFile]], name: str) -> SavedFile:
    """Return a ZIP archive of files, to be downloaded.

    It refers to the files and copies nothing; they are read once, for their checksums. They are not
    compressed.

    Args:
        files: each with its path in the archive.
        name: of the archive, "holiday.zip".

    Raises:
        OSError: a file cannot be read.
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.saving import zip_file as made

    return await made(files, name)


def can_choose_folder() -> bool:
    """Tell whether this browser lets a person choose a folder to save into (Chromium does).

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.saving import can_choose_folder as can

    return can()


async def choose_folder() -> Any | None:
    """Have the person choose a folder for `save_to_folder`; return its FileSystemDirectoryHandle.
    None if they close the dialog, or the browser has none. Call it while they press a button.

    Raises:
        OSError: the browser does not allow it.
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.saving import choose_folder as chosen

    return await chosen()


async def save_to_folder(
    directory: Any,
    files: Sequence[tuple[str, SavedFile]],
    on_progress: Callable[[int], None] | None = None,
) -> list[str]:
    """Write files into a folder, and return the paths that they have there. No file that is there
    is overwritten: the new one is called "photo (2).jpg". One that fails leaves nothing.

    Args:
        directory: what `choose_folder` gave.
        files: each with its path; folders are made.
        on_progress: called after each file with the bytes that are saved.

    Raises:
        OSError: one could not be saved; the text has its path. Those before it are there.
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files.saving import save_to_folder as save

    return await save(directory, files, on_progress)
