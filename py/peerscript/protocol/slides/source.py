"""A deck as it travels to the viewers: its source, cut into parts and put together again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peerscript.protocol.slides.messages import MAX_NAME, MAX_PART, DeckAhead, DeckPart
from peerscript.protocol.text.display import display_line
from peerscript.protocol.vocabulary import Malformed

MAX_SOURCE = 64 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class DeckSource:
    """What a deck is made from.

    Attributes:
        format: "markdown", "html", "pdf", or "url", where `data` is a reveal.js page's address.
        name: what to call it.
        data: its bytes.
    """

    format: str
    name: str
    data: bytes


def ahead(source: DeckSource | None, id: int) -> DeckAhead:
    """What is said before the parts; None for a deck that has nothing to show elsewhere."""
    if source is None:
        return DeckAhead(id, "none", "")
    return DeckAhead(id, source.format, display_line(source.name, MAX_NAME), len(source.data))


def parts(source: DeckSource, id: int) -> Iterator[DeckPart]:
    """The parts, one at a time."""
    for offset in range(0, len(source.data), MAX_PART):
        piece = source.data[offset : offset + MAX_PART]
        yield DeckPart(id, offset, piece)


class Assembly:
    """A deck that is on its way.

    Raises:
        Malformed: it would be larger than any deck may be.
    """

    def __init__(self, word: DeckAhead) -> None:
        if word.size > MAX_SOURCE:
            raise Malformed(f"a deck of {word.size} bytes")
        self.word = word
        self._data = bytearray()

    @property
    def arrived(self) -> int:
        """Bytes that are here."""
        return len(self._data)

    def add(self, part: DeckPart) -> None:
        """Take in the next part; one of a deck that is void is passed over.

        Raises:
            Malformed: it is not the next, or more than was said.
        """
        if part.id != self.word.id:
            return
        size = len(part.data)
        if not size or part.offset != self.arrived or self.arrived + size > self.word.size:
            raise Malformed(f"{size} bytes of a deck at {part.offset}, not {self.arrived}")
        self._data += part.data

    def whole(self) -> DeckSource | None:
        """The deck, once all of it is here."""
        if self.word.format == "none" or self.arrived < self.word.size:
            return None
        name = display_line(self.word.name, MAX_NAME)
        return DeckSource(self.word.format, name, bytes(self._data))
