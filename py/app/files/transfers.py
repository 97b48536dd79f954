"""The list of transfers, with a limit on those that have ended."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from app.files.transfer import FilesView, Transfer, TransferState
from app.people.contact import Contact
from peerscript.ports.files import SavedFile

KEPT = 50  # transfers of one contact that have ended and left nothing to save
KEPT_IN_ALL = 200


@dataclass(frozen=True)
class Received:
    """A file that arrived and can be saved, also when its sender is gone."""

    name: str
    file: SavedFile


class TransferList:
    """All unfinished transfers, and the newest of those that have ended (transfer.FilesView)."""

    def __init__(self, view: FilesView) -> None:
        self._view = view
        self._all: dict[str, Transfer] = {}
        self._theirs: dict[Contact, dict[str, Transfer]] = {}
        self._ended: dict[Contact, deque[Transfer]] = {}
        self._received: dict[str, Received] = {}

    def add(self, transfer: Transfer) -> None:
        """Add a transfer."""
        self._all[transfer.key] = transfer
        self._theirs.setdefault(transfer.contact, {})[transfer.key] = transfer
        self.show(transfer)

    def find(self, key: str) -> Transfer | None:
        """The transfer of a row."""
        return self._all.get(key)

    def received(self, key: str) -> Received | None:
        """The received file of a row; None if there is none."""
        return self._received.get(key)

    def unfinished(self, contact: Contact) -> list[Transfer]:
        """A contact's transfers that have not ended."""
        return [each for each in self._theirs.get(contact, {}).values() if not each.over]

    def offers(self, contact: Contact | None = None) -> int:
        """How many files wait for an answer here: a contact's, or everybody's."""
        among = self._all if contact is None else self._theirs.get(contact, {})
        return sum(
            each.direction == "in" and each.state is TransferState.OFFERED
            for each in among.values()
        )

    def show(self, transfer: Transfer) -> None:
        """Show a transfer's state, unless its row was removed."""
        if transfer.key not in self._all:
            return
        self._view.show(transfer)
        if transfer.saved is not None:
            name = transfer.name.rpartition("/")[2]
            self._received[transfer.key] = Received(name, transfer.saved)
        elif transfer.over:
            ended = self._ended.setdefault(transfer.contact, deque())
            ended.append(transfer)
            self._drop_oldest(ended)

    def remove(self, key: str) -> None:
        """Remove a row."""
        transfer = self._all.pop(key)
        del self._theirs[transfer.contact][key]
        self._view.remove(key)

    def forget(self, contact: Contact) -> None:
        """Remove a contact's transfers, except files that can still be saved."""
        for transfer in self._theirs.pop(contact, {}).values():
            del self._all[transfer.key]
            if transfer.key not in self._received:
                self._view.remove(transfer.key)
        self._ended.pop(contact, None)

    def _drop_oldest(self, ended: deque[Transfer]) -> None:
        if len(ended) > KEPT:
            self.remove(ended.popleft().key)
        elif sum(map(len, self._ended.values())) > KEPT_IN_ALL:
            most = max(self._ended.values(), key=len)  # so that a contact cannot push out another's
            self.remove(most.popleft().key)
