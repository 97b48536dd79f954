"""Settings as text, and over the page's own."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.connection.settings import (
    differing,
    ice_lines,
    peer_options,
    read_ice_lines,
)
from app.faults import InvalidSetting

SERVERS = [
    {"urls": "stun:stun.example.org:3478"},
    {"urls": "turn:turn.example.org:3478", "username": "me", "credential": "secret"},
]


def test_ice_servers_there_and_back() -> None:
    assert read_ice_lines(ice_lines(SERVERS)) == SERVERS
    assert read_ice_lines("\n  \n") == []


def test_a_server_with_several_addresses_takes_several_lines() -> None:
    servers = [{"urls": ["turn:one", "turns:two:443"], "username": "me", "credential": "secret"}]
    assert ice_lines(servers) == "turn:one me secret\nturns:two:443 me secret"


@pytest.mark.parametrize(
    "url",
    [
        "stun:192.0.2.1",
        "stuns:[fd00::2]:5349",
        "TURN:turn.example.org:3478?transport=udp",
        "turns:xn--bcher-kva.example?transport=tcp",
    ],
)
def test_addresses_as_the_rfcs_write_them(url: str) -> None:
    assert read_ice_lines(f"{url} me secret")[0]["urls"] == url


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("https://turn.example.org", "no STUN or TURN"),
        ("stun:", "no STUN or TURN"),
        ("stun:host:99999", "no STUN or TURN"),
        ("stun:host:port", "no STUN or TURN"),
        ("stun:host?transport=udp", "no STUN or TURN"),
        ("turn:host?transport=quic me secret", "no STUN or TURN"),
        ("turn:turn.example.org", "needs a user name"),
    ],
)
def test_what_cannot_be_used_is_named(line: str, words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        read_ice_lines(line)


def test_the_person_goes_over_the_page() -> None:
    options = peer_options(
        {"host": "page", "port": 1}, {"host": "own", "name": "Mira", "theme": "dark"}
    )
    assert options == {"host": "own", "port": 1}


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"host": "https://x:9000"}, 'write host="x", port=9000, secure=True'),
        ({"port": 70000}, "a port is 1 to 65535"),
        ({"ice_servers": [{"urls": "turn:x"}]}, "turn:x is a TURN server: give its username"),
    ],
)
def test_what_the_library_refuses_is_told_in_the_dialog(own: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidSetting, match=re.escape(words)):
        peer_options({}, own)


def test_relay_only_needs_a_turn_server() -> None:
    stun = SERVERS[0]
    with pytest.raises(InvalidSetting, match="list a TURN server"):
        peer_options({"ice_servers": [stun]}, {"ice_transport_policy": "relay"})
    with pytest.raises(InvalidSetting, match="list a TURN server"):
        peer_options({"ice_servers": SERVERS, "ice_transport_policy": "relay"}, {"ice_servers": []})
    both = {"urls": ["stun:one", "turns:two"], "username": "me", "credential": "secret"}
    own = {"ice_transport_policy": "relay", "ice_servers": [both]}
    for options in ({"ice_servers": SERVERS} | {"ice_transport_policy": "relay"}, own):
        assert peer_options({}, options) == options


def test_a_page_that_names_no_servers_has_those_of_peerjs() -> None:
    relay = {"ice_transport_policy": "relay"}
    assert peer_options({}, relay) == relay


def test_only_what_differs_from_the_page_is_kept() -> None:
    page = {"host": "page", "secure": True, "ice_servers": [{"urls": ["stun:one", "stun:two"]}]}
    shown = {
        "host": "page",
        "secure": True,
        "ice_servers": read_ice_lines("stun:one\nstun:two"),
        "ice_transport_policy": "all",
    }
    assert differing(shown, page) == {}
    assert differing(shown | {"ice_servers": []}, page) == {"ice_servers": []}
    assert differing({"ice_servers": [], "name": "Mira"}, {}) == {"name": "Mira"}


def test_relay_only_goes_over_the_page_both_ways() -> None:
    relay, every = {"ice_transport_policy": "relay"}, {"ice_transport_policy": "all"}
    assert differing(relay, {}) == relay
    assert differing(every, {}) == {}
    assert differing(every, relay) == every
