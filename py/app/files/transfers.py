"""The list of transfers, with a limit on those that have ended."""

from __future__ import annotations

from collections import Counter

from app.files.activity import Activity
from app.files.group import AnyTransfer, Group
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
        self._groups: dict[str, Group] = {}
        # Cards that have ended and leave nothing to save, in that order: whose they are, by key.
        self._ended: dict[str, Contact | None] = {}

    def find(self, key: str) -> AnyTransfer | None:
        """What a card shows, or the line of a person in it."""
        return self._groups.get(key) or self._all.get(key)

    def under(self, key: str) -> list[Transfer]:
        """The transfers of a card, or of the line of a person in it."""
        found = self.find(key)
        if found is None:
            return []
        return found.transfers if isinstance(found, Group) else [found]

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
        if group := transfer.record.group:
            self._groups.setdefault(f"all-{group}", Group(f"all-{group}")).add(transfer)
        self.show(transfer)

    def _card(self, transfer: Transfer) -> AnyTransfer:
        return self._groups.get(f"all-{transfer.record.group}", transfer)

    def show(self, transfer: Transfer) -> None:
        """Show a transfer's state, unless its card was removed."""
        if transfer.key not in self._all:
            return
        card = self._card(transfer)
        self._view.show(card)
        self._activity.note(transfer)
        if card.over and not card.saved:
            self._ended.setdefault(card.key, card.contact)
            self._drop_oldest(self._ended[card.key])
        else:
            self._ended.pop(card.key, None)  # it goes on after all, or is there to be saved

    def remove(self, transfer: Transfer) -> None:
        """Remove a card; of one of several transfers, with the last of them."""
        if self._all.pop(transfer.key, None) is None:
            return
        self._activity.forget(transfer.key)
        card = self._card(transfer)
        if isinstance(card, Group):
            if len(card.transfers) > 1:
                card.drop(transfer)
                return
            del self._groups[card.key]
        self._ended.pop(card.key, None)
        self._view.remove(card)

    def forget(self, contact: Contact) -> None:
        """Remove a contact's cards, except of what was accepted or offered here: the history."""
        theirs = [each for each in self._all.values() if each.contact is contact]
        for transfer in theirs:
            if not transfer.begun:
                self.remove(transfer)

    def _drop_oldest(self, contact: Contact | None) -> None:
        counts = Counter(self._ended.values())
        if counts[contact] > KEPT:
            self._remove_oldest(contact)
        elif len(self._ended) > KEPT_IN_ALL:  # a contact cannot push out another's
            self._remove_oldest(counts.most_common(1)[0][0])

    def _remove_oldest(self, contact: Contact | None) -> None:
        oldest = next(key for key, whose in self._ended.items() if whose is contact)
        for transfer in self.under(oldest):
            self.remove(transfer)
