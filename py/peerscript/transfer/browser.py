"""Files of the browser that Python runs in."""

from __future__ import annotations

from typing import Any

from peerscript.browser import this_browser
from peerscript.ports.files import Source, Store


def file_sources(files: Any) -> list[Source]:
    """Return the files of an `<input type="file">` or of a drop, to be sent.

    Args:
        files: a FileList, or an iterable of the browser's File objects.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files import file_sources as sources_of

    return list(sources_of(files))


async def open_store() -> Store:
    """Return the best place that this browser has for files that arrive: its private file system on
    disk, else memory. What a closed page has left there is removed. `finish` gives a File or Blob.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    this_browser()  # raises where there is none
    from peerscript.bridge.files import open_store as opened

    return await opened()
