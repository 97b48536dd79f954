"""The files that have arrived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.files.arrived import Arrived
from peerscript.transfer import FileInfo, ReceivedFile


def received(content: bytes) -> ReceivedFile:
    return ReceivedFile(FileInfo("f", len(content)), "", content)


def test_the_newest_counts() -> None:
    arrived = Arrived({0: b"a", 1: b"b"}, {1: received(b"new"), 2: received(b"c")})
    assert arrived == {0: b"a", 1: b"new", 2: b"c"}
    assert len(arrived) == 3
    assert arrived.get(3) is None


def test_one_file_is_found_without_a_look_at_the_others() -> None:
    """In a card of ten thousand files, of which hundreds have a line, that held up the page."""

    class Many(dict[int, Any]):
        def __iter__(self) -> Iterator[int]:
            pytest.fail("all files were looked at")

        def keys(self) -> Any:
            pytest.fail("all files were looked at")

    arrived = Arrived(Many({0: b"a"}), Many({1: received(b"b")}))
    assert 0 in arrived
    assert arrived[1] == b"b"
    assert 2 not in arrived
