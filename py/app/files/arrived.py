"""The files of a transfer that have arrived here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from peerscript.ports.files import SavedFile
from peerscript.transfer import ReceivedFile


class Arrived(Mapping[int, SavedFile]):
    """By their numbers, without a copy: each line of a card asks for its own file.

    Args:
        kept: under earlier offers.
        received: under the newest.
    """

    def __init__(self, kept: Mapping[int, SavedFile], received: Mapping[int, ReceivedFile]) -> None:
        self._kept = kept
        self._received = received

    def __getitem__(self, index: int) -> SavedFile:
        return self._received[index].file if index in self._received else self._kept[index]

    def __contains__(self, index: object) -> bool:
        return index in self._received or index in self._kept

    def __iter__(self) -> Iterator[int]:
        return iter({**self._kept, **self._received})

    def __len__(self) -> int:
        return len(self._kept.keys() | self._received.keys())
