"""Outside a page, the library says so."""

from __future__ import annotations

import sys

import pytest

import peerscript
from peerscript import Peer
from peerscript.browser import this_browser
from peerscript.errors import BrowserUnsupported


@pytest.mark.skipif(sys.platform == "emscripten", reason="here is a browser")
@pytest.mark.parametrize("use", [this_browser, Peer, peerscript.supports])
def test_there_is_no_browser_in_cpython(use: type) -> None:
    with pytest.raises(BrowserUnsupported, match="outside a page"):
        use()
