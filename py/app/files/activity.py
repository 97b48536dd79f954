"""What a person sees of transfers without looking at the page: the tab's title, a notification."""

from __future__ import annotations

from app.files.ports import Attention
from app.files.transfer import Transfer, TransferState
from app.files.words import announcement


class Activity:
    """The transfers that move, as one."""

    def __init__(self, attention: Attention) -> None:
        self._attention = attention
        self._open: set[str] = set()  # those that were seen before their end
        self._moving: set[str] = set()
        # Those that have ended count until none moves: else the share would fall.
        self._counted: dict[str, Transfer] = {}

    def note(self, transfer: Transfer) -> None:
        """Something about a transfer has changed."""
        key = transfer.key
        if not transfer.over:
            self._open.add(key)
        if transfer.state is TransferState.ACTIVE:
            self._moving.add(key)
            self._counted[key] = transfer
            self._show()
            return
        if transfer.over and key in self._open:
            self._open.discard(key)
            if transfer.begun and transfer.state is not TransferState.CANCELLED:
                self._attention.notify(announcement(transfer))
        self._rest(key)

    def forget(self, key: str) -> None:
        """A transfer's card was removed."""
        self._open.discard(key)
        self._rest(key)

    def _rest(self, key: str) -> None:
        if key in self._moving:
            self._moving.discard(key)
            self._show()

    def _show(self) -> None:
        if not self._moving:
            self._counted.clear()
            self._attention.show_progress(None)
            return
        total = sum(each.total for each in self._counted.values())
        moved = sum(each.moved for each in self._counted.values())
        self._attention.show_progress(min(moved / total, 0.99) if total else 0.0)
