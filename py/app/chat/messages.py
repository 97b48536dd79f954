"""The messages of a chat, on the Link's channel "chat"."""

from __future__ import annotations

from dataclasses import dataclass

from peerscript.protocol.vocabulary import Vocabulary, text

MAX_TEXT = 1024 * 1024  # characters
MAX_TO = 400  # characters of the names of those to whom a text goes


@dataclass(frozen=True)
class ChatText:
    """A text, as somebody wrote it."""

    text: str = text(MAX_TEXT)


@dataclass(frozen=True)
class ChatToAll:
    """A text that goes to several people at once.

    Attributes:
        id: the same for each of them.
        to: the names of all of them, as the sender has them.
    """

    id: str = text(32)
    to: str = text(MAX_TO)
    text: str = text(MAX_TEXT)  # last: in this class it is the name of a field from here on


AnyText = ChatText | ChatToAll

CHAT = Vocabulary[AnyText]({"text": ChatText, "to-all": ChatToAll})
