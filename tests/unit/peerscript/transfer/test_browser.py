"""Without a browser there are no files of one."""

from __future__ import annotations

import pytest

from peerscript.errors import BrowserUnsupported
from peerscript.transfer import (
    dropped_sources,
    file_sources,
    folder_store,
    free_space,
    may_write,
    open_store,
    source_of_handle,
)


def test_no_files() -> None:
    with pytest.raises(BrowserUnsupported):
        file_sources([])


def test_no_drop() -> None:
    with pytest.raises(BrowserUnsupported):
        dropped_sources(None)


async def test_no_file_that_was_kept() -> None:
    with pytest.raises(BrowserUnsupported):
        await source_of_handle(None)


async def test_no_store() -> None:
    with pytest.raises(BrowserUnsupported):
        await open_store()


async def test_no_disk() -> None:
    with pytest.raises(BrowserUnsupported):
        await free_space()


async def test_no_folder() -> None:
    with pytest.raises(BrowserUnsupported):
        folder_store(None)
    with pytest.raises(BrowserUnsupported):
        await may_write(None)
