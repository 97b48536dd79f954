"""Settings as text, and over the page's own."""

from __future__ import annotations

import pytest

from app.settings import InvalidSetting, ice_lines, peer_options, read_ice_lines

SERVERS = [
    {"urls": "stun:stun.example.org:3478"},
    {"urls": "turn:turn.example.org:3478", "username": "me", "credential": "secret"},
]


def test_ice_servers_there_and_back() -> None:
    assert read_ice_lines(ice_lines(SERVERS)) == SERVERS
    assert read_ice_lines("\n  \n") == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("https://turn.example.org", "no STUN or TURN"),
        ("turn:turn.example.org", "needs a user name"),
    ],
)
def test_what_cannot_be_used_is_named(line: str, words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        read_ice_lines(line)


def test_the_person_goes_over_the_page() -> None:
    options = peer_options({"host": "page", "port": 1}, {"host": "own", "name": "Mira"})
    assert options == {"host": "own", "port": 1}
