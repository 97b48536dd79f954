"""The list of who is connected (app.ports.PeopleView)."""

from __future__ import annotations

from collections.abc import Callable

from app.contact import Contact, ContactState
from ui.bridge.elements import Element, by_id, copy_of

_DETAILS = {
    ContactState.CONNECTING: "connecting…",
    ContactState.CONNECTED: "connected directly; not verified",
    ContactState.CLOSED: "gone",
}


class PeoplePanel:
    """`#peers`.

    Args:
        close: what to do when somebody is to be disconnected.
        changed: called after every change.
    """

    def __init__(self, close: Callable[[str], None], changed: Callable[[], None]) -> None:
        self._rows: dict[Contact, Element] = {}
        self._changed = changed
        by_id("peers").on_action(lambda row, _: close(row.get("data-peer-id")))

    def show(self, contact: Contact) -> None:
        row = self._rows.get(contact)
        if row is None:
            row = self._rows[contact] = by_id("peers").append(copy_of("peer-template"))
        row.set(data_peer_id=contact.peer_id, data_verified="false", data_state=contact.state.value)
        row.slot("name").text = contact.name
        row.slot("detail").text = _DETAILS[contact.state]
        self._changed()

    def remove(self, contact: Contact) -> None:
        if row := self._rows.pop(contact, None):
            row.remove()
        self._changed()
