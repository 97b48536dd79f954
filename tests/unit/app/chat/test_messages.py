"""A text in a chat, and what is none."""

from __future__ import annotations

import pytest

from app.chat.messages import CHAT, MAX_TEXT, ChatText, ChatToAll
from peerscript.protocol.vocabulary import Malformed


def test_a_text_arrives() -> None:
    for text in (ChatText("hi 😀"), ChatToAll("id", "Ada and Bob", "hi 😀")):
        assert CHAT.from_value(CHAT.to_value(text)) == text


@pytest.mark.parametrize("text", [7, None, b"hi", "x" * (MAX_TEXT + 1)])
def test_what_is_no_text(text: object) -> None:
    with pytest.raises(Malformed):
        CHAT.from_value({"kind": "text", "text": text})
