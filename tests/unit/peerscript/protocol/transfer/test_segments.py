"""What the names of segments say."""

from __future__ import annotations

import pytest

from peerscript.protocol.transfer.segments import (
    MAX_TYPE,
    SEGMENT_SIZE,
    Segment,
    Whole,
    by_file,
    in_one_piece,
    read_name,
)

SHA = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "segment",
    [
        Segment(0, 0),
        Segment(19_999, 2**40),
        Segment(3, 0, Whole(0, SHA)),
        Segment(3, 16, Whole(2**53, SHA, 1_700_000_000_000, "image/svg+xml; q=0.5")),
    ],
)
def test_a_name_is_read_as_it_was_made(segment: Segment) -> None:
    assert "/" not in segment.name
    assert read_name(segment.name) == segment


def test_names_are_short_enough_for_every_file_system() -> None:
    name = Segment(19_999, 2**53, Whole(2**53, SHA, 2**53, "a/" + "b" * (MAX_TYPE - 4))).name
    assert len(name) <= 255
    assert name.endswith("bbb")


def test_a_type_that_is_too_long_is_left_out() -> None:
    found = read_name(Segment(0, 0, Whole(1, SHA, 2, "a/" + "b" * MAX_TYPE)).name)
    assert found == Segment(0, 0, Whole(1, SHA, 2))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1",
        "1.2.crswap",
        "1.2.3",
        "x.0",
        "-1.0",
        "1.-5",
        "1.0.5.abc.0.",
        f"1.0.5.{SHA}.0",
        f"1.0.x.{SHA}.0.",
        f"1.0.5.{SHA}.0.a/b",
        ".DS_Store",
    ],
)
def test_other_names_are_no_segments(name: str) -> None:
    assert read_name(name) is None


def test_the_segments_of_each_file_are_in_order() -> None:
    last = Segment(1, 100, Whole(200, SHA))
    names = [last.name, "0.16", "notes.txt", "1.9", "1.0", "0.0"]
    assert by_file(names) == {
        0: [Segment(0, 0), Segment(0, 16)],
        1: [Segment(1, 0), Segment(1, 9), last],
    }


def test_what_follows_a_gap_is_left_out() -> None:
    near, far = Segment(0, SEGMENT_SIZE), Segment(0, 2 * SEGMENT_SIZE + 1)
    assert in_one_piece([Segment(0, 0), near, far]) == [Segment(0, 0), near]
    assert in_one_piece([near]) == []
    assert in_one_piece([]) == []
