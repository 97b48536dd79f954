"""Messages larger than a frame, split as PeerJS's "binary" splits them.

Each piece is a BinaryPack dict {__peerData: id, n, total, data}
(peerjs 1.5.5, lib/dataconnection/BufferedConnection/binaryPackChunker.ts).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values.binarypack import pack

CHUNK_SIZE = 16_300  # bytes; PeerJS's chunkedMTU
MAX_MESSAGE_SIZE = 256 * 1024 * 1024  # bytes that another page may make us buffer for one message
MAX_UNFINISHED = 32  # messages in pieces at a time

_message_numbers = itertools.count(1)


def split(packed: bytes) -> Iterator[bytes]:
    """Split one packed message into frames."""
    number = next(_message_numbers)
    total = -(-len(packed) // CHUNK_SIZE)
    for n in range(total):
        piece = packed[n * CHUNK_SIZE : (n + 1) * CHUNK_SIZE]
        yield pack({"__peerData": number, "n": n, "total": total, "data": piece})


@dataclass
class _Unfinished:
    total: int
    size: int = 0
    pieces: dict[int, bytes] = field(default_factory=dict)


class Reassembly:
    """The messages whose pieces are still arriving, in any order."""

    def __init__(self) -> None:
        self._unfinished: dict[int, _Unfinished] = {}

    def add(self, frame: dict[str, object]) -> bytes | None:
        """Add one piece; return the whole message when it is complete.

        Raises:
            UnreadableMessage: the piece contradicts itself or the others, or announces
                more than `MAX_MESSAGE_SIZE`. The message it belongs to is dropped.
        """
        number, n, total, data = (frame.get(key) for key in ("__peerData", "n", "total", "data"))
        if not (
            isinstance(number, int)
            and isinstance(n, int)
            and isinstance(total, int)
            and isinstance(data, bytes)
        ):
            raise UnreadableMessage("a piece of a message lacks its number, place or bytes")
        message = self._message(number, total)
        if total != message.total or not 0 <= n < total or n in message.pieces:
            del self._unfinished[number]
            raise UnreadableMessage(f"piece {n} of {total} does not fit its message")
        message.pieces[n] = data
        message.size += len(data)
        if message.size > MAX_MESSAGE_SIZE:
            del self._unfinished[number]
            raise UnreadableMessage(f"a message of more than {MAX_MESSAGE_SIZE} bytes")
        if len(message.pieces) < total:
            return None
        del self._unfinished[number]
        return b"".join(message.pieces[place] for place in range(total))

    def _message(self, number: int, total: int) -> _Unfinished:
        if number in self._unfinished:
            return self._unfinished[number]
        if not 0 < total <= MAX_MESSAGE_SIZE // CHUNK_SIZE:
            raise UnreadableMessage(f"a message in {total} pieces is announced")
        if len(self._unfinished) >= MAX_UNFINISHED:
            raise UnreadableMessage(f"more than {MAX_UNFINISHED} unfinished messages")
        return self._unfinished.setdefault(number, _Unfinished(total))
