"""The list of who is known (app.people.ports.PeopleView)."""

from __future__ import annotations

from collections.abc import Callable

from app.people.contact import Contact
from app.people.description import describe
from ui.bridge.elements import Element, by_id, copy_of
from ui.navigation import mark_unread


class PeoplePanel:
    """`#peers`.

    Args:
        act: what to do when a row's button is pressed: the peer ID, and the action.
        changed: called after every change.
    """

    def __init__(self, act: Callable[[str, str], None], changed: Callable[[], None]) -> None:
        self._rows: dict[Contact, Element] = {}
        self._changed = changed
        by_id("peers").on_action(lambda row, action: act(row.get("data-peer-id"), action))

    def show(self, contact: Contact, *, chosen: bool) -> None:
        row = self._rows.get(contact)
        if row is None:
            row = self._rows[contact] = by_id("peers").append(copy_of("peer-template"))
            mark_unread("people")
        words = describe(contact)
        row.set(
            data_peer_id=contact.peer_id,
            data_state=contact.state.value,
            data_verified=str(words.verified).lower(),
            data_alike=str(bool(words.alike)).lower(),
            data_asks="phrase" if words.confirmable else "",
        )
        row.slot("name").text = contact.name
        row.slot("choose").set(aria_pressed=str(chosen).lower())
        row.slot("unread").text = str(contact.unread or "")
        row.slot("unread").hidden = not contact.unread
        row.slot("detail").text = words.status
        row.slot("trust").text = words.trust
        row.slot("alike").text = words.alike
        row.slot("alike").hidden = not words.alike
        row.slot("phrase").text = words.phrase
        row.slot("phrase").hidden = not words.phrase
        self._changed()

    def remove(self, contact: Contact) -> None:
        if row := self._rows.pop(contact, None):
            row.remove()
        self._changed()
