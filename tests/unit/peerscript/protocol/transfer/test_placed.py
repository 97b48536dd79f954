"""Notes of files in a person's folder."""

from __future__ import annotations

import pytest

from peerscript.protocol.transfer.placed import (
    Placed,
    note_name,
    note_numbers,
    read_notes,
    write_notes,
)

FILM, TEXT = Placed("p/film (2)", 5, "a" * 64), Placed("ä", 0, "b" * 64)


def test_what_is_noted_is_read() -> None:
    assert read_notes(write_notes([(7, FILM), (0, TEXT)])) == {7: FILM, 0: TEXT}


def test_lists_are_read_in_their_order() -> None:
    names = [note_name(each) for each in (2, 10, 1)]
    assert note_numbers([*names, "placed.x", "pack.1.2", "7.0", "placed.1.crswap"]) == [1, 2, 10]


@pytest.mark.parametrize(
    "data", [b"", b"[[0,", b"{}1", b"7", b"[7]", b"[[0, 1]]", b'[["x", "p", 1, "a"]]', b"\xff"]
)
def test_a_list_that_is_not_whole_has_none(data: bytes) -> None:
    assert read_notes(data) == {}
    assert read_notes(b"[]") == {}
