"""The caller's options go over the page's, and nonsense is named."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

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
    with pytest.raises(ValueError, match="there is no option hots"):
        read_options({"hots": "typo"}, {})


def test_a_wrong_ice_server_is_named() -> None:
    with pytest.raises(ValueError, match="an ICE server has urls, username and credential"):
        read_options({}, {"ice_servers": [{"url": "stun:old-spelling"}]})


def test_relay_only_can_be_the_page_s_setting() -> None:
    options = read_options({}, {"ice_transport_policy": "relay"})
    assert options.ice_transport_policy == "relay"
    with pytest.raises(ValueError, match="ice_transport_policy='turn': choose"):
        read_options({}, {"ice_transport_policy": "turn"})


@pytest.mark.parametrize(
    ("host", "instead"),
    [
        ("https://x", 'write host="x", secure=True'),
        ("http://x:9000/y", 'write host="x", port=9000, path="/y", secure=False'),
        ("localhost:9000", 'write host="localhost", port=9000'),
        ("x/y", 'write host="x", path="/y"'),
        ("//x/", 'write host="x"'),
        (" x ", 'write host="x"'),
        ("[::1]:9000", 'write host="[::1]", port=9000'),
        ("::1", 'write host="[::1]"'),
        ("x?key=y", 'write host="x"'),
        ("a b", 'write host="a"'),
        ("@", 'something like host="broker.example.org"'),
        ("", "host is empty: leave it out"),
        (" ", "host is empty: leave it out"),
    ],
)
def test_a_host_is_a_name_alone(host: str, instead: str) -> None:
    with pytest.raises(ValueError, match="host") as refused:
        read_options({"host": host}, {})
    assert instead in str(refused.value)


@pytest.mark.parametrize("host", ["/", "localhost", "127.0.0.1", "[::1]", "bröker.example.", "a_b"])
def test_hosts_that_are(host: str) -> None:
    assert read_options({"host": host}, {}).host == host


WRONG_VALUES = [
    ("port", 0, "a port is 1 to 65535"),
    ("port", 65536, "a port is 1 to 65535"),
    ("path", "", 'write path="/"'),
    ("path", "https://x/y", 'write it without host and query, "/myapp"'),
    ("path", "/y?z", 'write it without host and query, "/myapp"'),
    ("key", "", "none of"),
    ("key", "a&b", "none of"),
    ("token", "a&b", "none of # & %"),
    ("ping_interval", 0, "it counts seconds"),
    ("ping_interval", 5000, "it counts seconds"),
    ("debug", 4, "choose 0, 1, 2, 3"),
    ("ice_transport_policy", "turn", "choose 'all', 'relay'"),
    ("referrer_policy", "never", "choose"),
]
WRONG_TYPES = [
    ("host", 5, "host must be str, not int"),
    ("host", b"x", "host must be str, not bytes"),
    ("port", "9000", "write port=9000"),
    ("port", "x", "port must be int, not str"),
    ("port", True, "port must be int, not bool"),
    ("port", 9000.0, "port must be int, not float"),
    ("path", 5, "path must be str, not int"),
    ("key", 5, "key must be str, not int"),
    ("token", 5, "token must be str, not int"),
    ("secure", "yes", "secure must be bool, not str"),
    ("secure", 1, "secure must be bool, not int"),
    ("ping_interval", "5", "ping_interval must be int or float, not str"),
    ("debug", "3", "debug must be int, not str"),
    ("debug", True, "debug must be int, not bool"),
    ("ice_transport_policy", True, "ice_transport_policy must be str, not bool"),
    ("referrer_policy", 1, "referrer_policy must be str, not int"),
    ("config", [], "config must be Mapping, not list"),
    ("ice_servers", "stun:x", "ice_servers is a list, [IceServer(...), ...], not str"),
    ("ice_servers", {"urls": "stun:x"}, "ice_servers is a list"),
    ("ice_servers", IceServer("stun:x"), "ice_servers is a list"),
    ("ice_servers", 5, "ice_servers is a list"),
    ("ice_servers", ["stun:x"], 'write IceServer("stun:host:port") instead of'),
]


@pytest.mark.parametrize(("name", "value", "words"), WRONG_VALUES)
def test_a_wrong_value_is_named(name: str, value: object, words: str) -> None:
    _is_refused(ValueError, name, value, words)


@pytest.mark.parametrize(("name", "value", "words"), WRONG_TYPES)
def test_a_wrong_type_is_named(name: str, value: object, words: str) -> None:
    _is_refused(TypeError, name, value, words)


async def log_later(level: int, text: str) -> None: ...


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("log_function", "print", "log_function must be a plain function, not"),
        ("log_function", log_later, "log_function must be a plain function, not"),
        ("serializers", ["mine"], "serializers must be Mapping, not list"),
        ("serializers", {5: list}, "a name in serializers must be str, not int"),
        ("serializers", {"mine": "codec"}, "serializers['mine'] must be a plain function"),
    ],
)
def test_what_only_code_can_give_is_checked_too(name: str, value: object, words: str) -> None:
    with pytest.raises(TypeError) as refused:
        read_options({name: value}, {})
    assert words in str(refused.value)


def _is_refused(kind: type[Exception], name: str, value: object, words: str) -> None:
    """From code, and from the page's settings, which are named then."""
    with pytest.raises(kind) as in_code:
        read_options({name: value}, {})
    assert name in str(in_code.value)
    assert words in str(in_code.value)
    with pytest.raises(kind) as on_the_page:
        read_options({}, {name: value})
    assert str(on_the_page.value) == f"[peerscript] in the page's settings: {in_code.value}"


def test_every_option_has_a_check() -> None:
    checked = {name for name, _, _ in WRONG_TYPES} | {"log_function", "serializers"}
    assert checked == {field.name for field in fields(PeerOptions)}


@pytest.mark.parametrize(
    ("urls", "words"),
    [
        ("google.com:19302", 'write "stun:google.com:19302" or "turn:google.com:19302"'),
        ("stun://x:3478", 'write "stun:x:3478"'),
        ("https://x/y", 'write "stun:x"'),
        ("", 'write "stun:host:port"'),
        ([], "write one address or a list of them"),
        (5, "write one address or a list of them"),
        (["stun:x", 5], 'write "stun:host:port"'),
        (["stun:x", "x"], 'write "stun:x" or "turn:x"'),
    ],
)
def test_an_ice_server_needs_an_address(urls: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        IceServer(urls)
    assert words in str(refused.value)


@pytest.mark.parametrize("given", [{}, {"username": "me"}, {"credential": "secret"}])
def test_a_turn_server_needs_its_credentials(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="turn:x is a TURN server: give its username"):
        IceServer("turn:x", **given)


def test_a_credential_is_text() -> None:
    with pytest.raises(TypeError, match="credential must be str, not int"):
        IceServer("turn:x", "me", 5)  # type: ignore[arg-type]


def test_no_password_is_in_an_error() -> None:
    with pytest.raises(ValueError, match="not \\['credential', 'url'\\]"):
        read_options({"ice_servers": [{"url": "turn:x", "credential": "secret"}]}, {})
