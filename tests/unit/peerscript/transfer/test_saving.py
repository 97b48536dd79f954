"""Without a browser nothing is saved."""

from __future__ import annotations

import pytest

from peerscript.errors import BrowserUnsupported
from peerscript.transfer import (
    can_choose_folder,
    choose_folder,
    download,
    save_to_folder,
    zip_file,
)


def test_nothing_is_downloaded() -> None:
    with pytest.raises(BrowserUnsupported):
        download(None, "a")


def test_no_folder_can_be_chosen() -> None:
    with pytest.raises(BrowserUnsupported):
        can_choose_folder()


async def test_no_folder() -> None:
    with pytest.raises(BrowserUnsupported):
        await choose_folder()
    with pytest.raises(BrowserUnsupported):
        await save_to_folder(None, [])


async def test_no_archive() -> None:
    with pytest.raises(BrowserUnsupported):
        await zip_file([], "a.zip")
