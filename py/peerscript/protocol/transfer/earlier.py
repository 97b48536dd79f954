"""What a person here has decided about offers that may be made again."""

from __future__ import annotations

from dataclasses import dataclass

from peerscript.protocol.transfer.receiving import ReceivingOffer
from peerscript.protocol.transfer.transfer import FileState

MAX_REMEMBERED = 40_000  # files, of all offers


@dataclass(frozen=True, slots=True)
class _Decided:
    declined: list[int]
    cancelled: dict[int, str]  # with the reason
    paused: list[int]

    @property
    def size(self) -> int:
        return len(self.declined) + len(self.cancelled) + len(self.paused)


class Earlier:
    """Remembers the newest of them, by their keys, for as long as the page is open: what was
    declined or cancelled here does not come back, and what was paused here stays so.
    """

    def __init__(self) -> None:
        self._decided: dict[str, _Decided] = {}
        self._size = 0

    def note(self, offer: ReceivingOffer) -> None:
        """An offer has ended."""
        key, files = offer.manifest.key, list(enumerate(offer.files))
        self._drop(key)
        decided = _Decided(
            [index for index, file in files if file.state is FileState.DECLINED],
            {
                index: file.problem
                for index, file in files
                if file.state is FileState.CANCELLED and not file.told
            },
            offer.paused_here,
        )
        if decided.size:
            self._decided[key] = decided
            self._size += decided.size
        while self._size > MAX_REMEMBERED:
            self._drop(next(iter(self._decided)))

    def apply(self, offer: ReceivingOffer) -> None:
        """An offer is made, maybe again."""
        if decided := self._decided.get(offer.manifest.key):
            count = len(offer.files)  # another list, under the same key, may be shorter
            offer.decline(index for index in decided.declined if index < count)
            for index, reason in decided.cancelled.items():
                offer.cancel(range(index, min(index + 1, count)), reason)
            offer.pause([index for index in decided.paused if index < count], on=True)

    def _drop(self, key: str) -> None:
        if decided := self._decided.pop(key, None):
            self._size -= decided.size
