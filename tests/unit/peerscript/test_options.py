"""The caller's options go over the page's, and nonsense is named."""

from __future__ import annotations

import pytest

from peerscript import IceServer
from peerscript.options import PeerOptions, read_options


def test_nothing_given_leaves_everything_to_peerjs() -> None:
    assert read_options({}, {}) == PeerOptions()


def test_the_caller_goes_over_the_page() -> None:
    options = read_options({"host": "mine", "port": None}, {"host": "page", "port": 9000})
    assert (options.host, options.port) == ("mine", 9000)


def test_ice_servers_may_be_tables_or_objects() -> None:
    table = {"urls": ["turn:one", "turn:two"], "username": "me", "credential": "secret"}
    options = read_options({}, {"ice_servers": [table, IceServer("stun:three")]})
    assert options.ice_servers == (IceServer(**table), IceServer("stun:three"))  # type: ignore[arg-type]


def test_no_ice_servers_is_not_the_same_as_none_given() -> None:
    assert read_options({"ice_servers": []}, {}).ice_servers == ()


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ValueError, match="unknown hots"):
        read_options({}, {"hots": "typo"})


def test_a_wrong_ice_server_is_named() -> None:
    with pytest.raises(ValueError, match="ICE server"):
        read_options({}, {"ice_servers": [{"url": "stun:old-spelling"}]})


def test_relay_only_can_be_the_page_s_setting() -> None:
    options = read_options({}, {"ice_transport_policy": "relay"})
    assert options.ice_transport_policy == "relay"
    with pytest.raises(ValueError, match="ice_transport_policy 'turn': choose"):
        read_options({}, {"ice_transport_policy": "turn"})
