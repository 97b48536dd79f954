"""Without a browser there are no files of one."""

from __future__ import annotations

import pytest

from peerscript.errors import BrowserUnsupported
from peerscript.transfer import file_sources, open_store


def test_no_files() -> None:
    with pytest.raises(BrowserUnsupported):
        file_sources([])


async def test_no_store() -> None:
    with pytest.raises(BrowserUnsupported):
        await open_store()
