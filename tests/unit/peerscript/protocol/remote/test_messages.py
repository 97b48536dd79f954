"""The messages of remote functions."""

from __future__ import annotations

import pytest

from peerscript.protocol.remote.messages import (
    MAX_VALUE,
    REMOTE,
    Call,
    Cancel,
    End,
    Failed,
    Item,
    More,
    RemoteMessage,
    Result,
)
from peerscript.protocol.vocabulary import Malformed

ALL: list[RemoteMessage] = [
    Call(1, False, "add", b"\x01"),
    More(1, 8),
    Cancel(1),
    Result(1, b""),
    Item(1, b"2"),
    End(1),
    Failed(1, "raised", "ValueError", "no"),
]


@pytest.mark.parametrize("message", ALL, ids=lambda message: type(message).__name__)
def test_every_message_arrives_as_it_is(message: RemoteMessage) -> None:
    assert REMOTE.from_value(REMOTE.to_value(message)) == message


def test_all_of_them_are_tried() -> None:
    assert {type(message) for message in ALL} == set(REMOTE.kinds.values())


@pytest.mark.parametrize(
    "message",
    [
        Call(-1, False, "add", b""),
        Call(1, False, "x" * 65, b""),
        Call(1, False, "add", bytes(MAX_VALUE + 1)),
        Failed(1, "no reason", "", ""),
        Failed(1, "raised", "", "x" * 2001),
    ],
    ids=["number", "name", "size", "reason", "words"],
)
def test_what_is_out_of_bounds_is_refused(message: RemoteMessage) -> None:
    with pytest.raises(Malformed):
        REMOTE.from_value(REMOTE.to_value(message))


def test_a_word_of_a_later_version_is_passed_over() -> None:
    assert REMOTE.from_value({"kind": "progress", "id": 1}) is None
