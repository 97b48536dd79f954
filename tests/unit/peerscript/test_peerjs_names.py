"""PeerJS's names and ways: what to write instead is in the error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from peerscript.peerjs_names import PeerJsNames, in_snake_case, keyword_options


class Page(PeerJsNames):
    _PEERJS_NAMES: ClassVar[Mapping[str, str]] = {"destroy": "close"}

    def __init__(self) -> None:
        self.connection_id = "dc_1"

    @property
    def peer_connection(self) -> None: ...

    def close(self) -> None: ...

    @keyword_options
    def connect(self, id: str, *, label: str = "", ping_interval: float = 0) -> tuple[object, ...]:
        """Connect."""
        return self, id, label, ping_interval


@pytest.fixture
def page() -> Any:
    return Page()


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("listAllPeers", "list_all_peers"),
        ("connectionId", "connection_id"),
        ("sdpTransform", "sdp_transform"),
        ("open", "open"),
        ("_removeConnection", "_remove_connection"),
    ],
)
def test_snake_case(name: str, here: str) -> None:
    assert in_snake_case(name) == here


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("connectionId", "connection_id"),
        ("peerConnection", "peer_connection"),
        ("destroy", "close"),
    ],
)
def test_a_name_of_peerjs_tells_what_it_is_called_here(page: Any, name: str, here: str) -> None:
    with pytest.raises(AttributeError, match=f"^Page has no '{name}': it is {here}$"):
        getattr(page, name)


@pytest.mark.parametrize("name", ["nothing", "nothingAtAll", "_private", "__iter__"])
def test_what_is_nowhere_is_not_guessed_at(page: Any, name: str) -> None:
    assert not hasattr(page, name)
    with pytest.raises(AttributeError, match=f"^Page has no '{name}'$"):
        getattr(page, name)


def test_an_object_that_is_half_made_does_not_recurse() -> None:
    with pytest.raises(AttributeError, match="it is peer_connection"):
        getattr(Page.__new__(Page), "peerConnection")  # noqa: B009


def test_options_pass(page: Any) -> None:
    assert page.connect("bob", label="chat") == (page, "bob", "chat", 0)
    assert page.connect(id="bob", ping_interval=2) == (page, "bob", "", 2)
    assert page.connect.__doc__ == "Connect."


def test_an_options_object_is_explained(page: Any) -> None:
    with pytest.raises(
        TypeError,
        match=r"Page.connect takes its options as keyword arguments: Page.connect\(…, label=…\)",
    ):
        page.connect("bob", {"label": "chat"})


def test_an_option_by_its_javascript_name_is_explained(page: Any) -> None:
    with pytest.raises(TypeError, match="no option 'pingInterval': it is ping_interval"):
        page.connect("bob", pingInterval=5000)


def test_an_option_that_is_none_lists_those_there_are(page: Any) -> None:
    with pytest.raises(TypeError, match="no option 'lable': there are label, ping_interval"):
        page.connect("bob", lable="chat")


def test_what_else_is_wrong_is_pythons_to_say(page: Any) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'id'"):
        page.connect()
