"""The people of a card of files that were given to everyone, a line each."""

from __future__ import annotations

from app.files.actions import person_actions
from app.files.group import Group
from app.files.transfer import Transfer
from app.files.words import person_status
from app.language import _
from ui.bridge.elements import Element, copy_of


class Persons:
    """How far each of them is, with what can be done about it."""

    def __init__(self, element: Element) -> None:
        self._element = element
        self._rows: dict[str, Element] = {}
        self._shown: dict[str, tuple[object, ...]] = {}

    def fill(self, group: Group) -> None:
        """Show how it is with each of them now."""
        for transfer in group.transfers:
            if transfer.key not in self._rows:
                self._rows[transfer.key] = self._element.append(copy_of("transfer-person-template"))
                self._rows[transfer.key].set(data_transfer_id=transfer.key)
            self._fill(self._rows[transfer.key], transfer)

    def _fill(self, row: Element, transfer: Transfer) -> None:
        words, possible = person_status(transfer), person_actions(transfer)
        state, share, name = transfer.state.value, f"{transfer.share:.4f}", transfer.person
        shown = (words, possible, state, share, name)
        if self._shown.get(transfer.key) == shown:
            return
        self._shown[transfer.key] = shown
        row.set(data_state=state)
        row.slot("name").text = name
        row.slot("status").text = words
        row.slot("progress").hidden = not transfer.in_progress
        row.slot("progress").node.value = transfer.share
        row.slot("progress").set(aria_label=_("Progress of {title}", title=name))
        for button in row.all("button"):
            button.hidden = button.get("data-action") not in possible
            button.set(aria_label=f"{button.text} {name}")
