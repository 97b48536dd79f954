"""Small files that are kept in one."""

from __future__ import annotations

import pytest

from peerscript.protocol.transfer.packs import (
    Pack,
    Packed,
    pack_head,
    packed_files,
    packs,
    read_pack,
)
from peerscript.protocol.transfer.segments import Whole

SHA = "0123456789abcdef" * 4
FILES = [(3, Whole(5, SHA, 1_700_000_000_000, "image/png")), (0, Whole(0, SHA)), (7, Whole(2, SHA))]


def test_a_pack_is_read_as_it_was_made() -> None:
    head = pack_head(FILES)
    found = read_pack(head, len(head) + 7)
    assert found == packed_files(FILES, len(head))
    assert found == [
        Packed(3, len(head), FILES[0][1]),
        Packed(0, len(head) + 5, FILES[1][1]),
        Packed(7, len(head) + 5, FILES[2][1]),
    ]


@pytest.mark.parametrize("head", [b"", b"[]", b"[[1]]", b"{}", b"[[0, 1]", b"[1]", b"\xff"])
def test_what_was_not_written_to_its_end_has_no_file(head: bytes) -> None:
    assert read_pack(head, len(head)) == []


@pytest.mark.parametrize("missing", [1, 7, -1])
def test_a_pack_of_another_size_has_no_file(missing: int) -> None:
    head = pack_head(FILES)
    assert read_pack(head, len(head) + 7 - missing) == []


def test_packs_are_found_in_the_order_in_which_they_were_written() -> None:
    names = [Pack(10, 5).name, "0.0", Pack(9, 70).name, "pack.x.1", "pack.1", "readme"]
    assert packs(names) == [Pack(9, 70), Pack(10, 5)]
