"""The source of a deck, split into parts for the viewers and reassembled there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peerscript.protocol.slides.messages import MAX_NAME, MAX_PART, DeckHeader, DeckPart
from peerscript.protocol.text.display import display_line
from peerscript.protocol.vocabulary import Malformed

MAX_SOURCE = 64 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class DeckSource:
    """What a deck is rendered from.

    Attributes:
        format: "markdown", "html", "pdf", or "url", where `data` is a reveal.js page's address.
        name: what to call it.
        data: its bytes.
    """

    format: str
    name: str
    data: bytes


def deck_header(source: DeckSource | None, id: int) -> DeckHeader:
    """The message before the parts. `source` is None for a deck that viewers cannot show."""
    if source is None:
        return DeckHeader(id, "none", "")
    return DeckHeader(id, source.format, display_line(source.name, MAX_NAME), len(source.data))


def parts(source: DeckSource, id: int) -> Iterator[DeckPart]:
    """Split it into parts."""
    for offset in range(0, len(source.data), MAX_PART):
        piece = source.data[offset : offset + MAX_PART]
        yield DeckPart(id, offset, piece)


class Assembly:
    """A deck that is being received.

    Raises:
        Malformed: its announced size is over the limit.
    """

    def __init__(self, header: DeckHeader) -> None:
        if header.size > MAX_SOURCE:
            raise Malformed(f"a deck of {header.size} bytes")
        self.header = header
        self._data = bytearray()

    @property
    def arrived(self) -> int:
        """The number of bytes received."""
        return len(self._data)

    def add(self, part: DeckPart) -> None:
        """Add the next part; a part of another deck is ignored.

        Raises:
            Malformed: it is not the next one, or exceeds the announced size.
        """
        if part.id != self.header.id:
            return
        size = len(part.data)
        if not size or part.offset != self.arrived or self.arrived + size > self.header.size:
            raise Malformed(f"{size} bytes of a deck at {part.offset}, not {self.arrived}")
        self._data += part.data

    def whole(self) -> DeckSource | None:
        """The deck, once it is complete; else None."""
        if self.header.format == "none" or self.arrived < self.header.size:
            return None
        name = display_line(self.header.name, MAX_NAME)
        return DeckSource(self.header.format, name, bytes(self._data))
