"""The list of transfers, with a limit on those that have ended."""

from __future__ import annotations

from app.files.activity import Activity
from app.files.ports import FilesView
from app.files.transfer import Transfer, TransferState
from app.people.contact import Contact

KEPT = 50  # transfers of one contact that have ended and left nothing to save
KEPT_IN_ALL = 200


class TransferList:
    """All unfinished transfers, and the newest of those that have ended.

    Args:
        activity: is told of every change.
    """

    def __init__(self, view: FilesView, activity: Activity) -> None:
        self._view = view
        self._activity = activity
        self._all: dict[str, Transfer] = {}
        # By contact, in the order in which they ended.
        self._ended: dict[Contact | None, dict[str, Transfer]] = {}

    def find(self, key: str) -> Transfer | None:
        """The transfer of a card."""
        return self._all.get(key)

    def unfinished(self, contact: Contact) -> list[Transfer]:
        """A contact's transfers that have not ended."""
        return [each for each in self._all.values() if each.contact is contact and not each.over]

    def resumable(self, key: str, contact: Contact) -> Transfer | None:
        """The transfer that an offer of that key goes on with; None if it is a new one. What was
        not accepted here belongs to its contact.
        """
        for each in self._all.values():
            if each.incoming and each.record.key == key and (each.begun or each.contact is contact):
                return each
        return None

    def waiting(self, session: str) -> list[Transfer]:
        """Those from before a reload that were with the contact of that session."""
        return [
            each
            for each in self._all.values()
            if each.contact is None and each.record.session == session
        ]

    @property
    def going_on(self) -> bool:
        """Whether any was begun, and has neither ended nor waits for somebody who is gone."""
        return any(each.begun and not (each.over or each.waits) for each in self._all.values())

    def unanswered(self) -> list[Transfer]:
        """The offers that wait for an answer here."""
        return [
            each
            for each in self._all.values()
            if each.incoming and each.state is TransferState.OFFERED
        ]

    def add(self, transfer: Transfer) -> None:
        """Add a transfer."""
        self._all[transfer.key] = transfer
        self.show(transfer)

    def show(self, transfer: Transfer) -> None:
        """Show a transfer's state, unless its card was removed."""
        if transfer.key not in self._all:
            return
        self._view.show(transfer)
        self._activity.note(transfer)
        if transfer.over and not transfer.saved:
            ended = self._ended.setdefault(transfer.contact, {})
            ended.setdefault(transfer.key, transfer)
            self._drop_oldest(ended)

    def remove(self, transfer: Transfer) -> None:
        """Remove a card."""
        if self._all.pop(transfer.key, None) is None:
            return
        self._ended.get(transfer.contact, {}).pop(transfer.key, None)
        self._activity.forget(transfer.key)
        self._view.remove(transfer)

    def forget(self, contact: Contact) -> None:
        """Remove a contact's cards, except of what was accepted or offered here: the history."""
        theirs = [each for each in self._all.values() if each.contact is contact]
        for transfer in theirs:
            if not transfer.begun:
                self.remove(transfer)

    def _drop_oldest(self, ended: dict[str, Transfer]) -> None:
        if len(ended) > KEPT:
            self.remove(next(iter(ended.values())))
        elif sum(map(len, self._ended.values())) > KEPT_IN_ALL:
            most = max(self._ended.values(), key=len)  # so that a contact cannot push out another's
            self.remove(next(iter(most.values())))
