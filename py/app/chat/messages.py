"""The messages of a chat, on the Link's channel "chat"."""

from __future__ import annotations

from dataclasses import dataclass

from peerscript.protocol.vocabulary import Vocabulary, text

MAX_TEXT = 1024 * 1024  # characters


@dataclass(frozen=True)
class ChatText:
    """A text, as somebody wrote it."""

    text: str = text(MAX_TEXT)


CHAT = Vocabulary[ChatText]({"text": ChatText})
