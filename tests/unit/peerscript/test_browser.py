"""Outside a page, the library says so."""

from __future__ import annotations

import sys
from dataclasses import fields

import pytest

import peerscript
from peerscript import Peer
from peerscript.browser import recognizer, this_browser
from peerscript.errors import BrowserUnsupported
from peerscript.ports.support import NOTHING, Supports


@pytest.mark.skipif(sys.platform == "emscripten", reason="here is a browser")
@pytest.mark.parametrize("use", [this_browser, Peer, peerscript.supports])
def test_there_is_no_browser_in_cpython(use: type) -> None:
    with pytest.raises(BrowserUnsupported, match="outside a page"):
        use()


@pytest.mark.skipif(sys.platform == "emscripten", reason="here is JavaScript")
def test_nothing_is_javascripts_in_cpython() -> None:
    assert recognizer()(object()) is None


def test_what_a_browser_can_do_has_the_names_of_peerjs() -> None:
    names = [field.name for field in fields(Supports)]
    assert names == ["browser", "webrtc", "audio_video", "data", "binary_blob", "reliable"]
    assert not any(vars(NOTHING).values())
