"""The list of contacts (app.people.ports.PeopleView)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from app.language import _
from app.people.contact import Contact
from app.people.description import describe
from app.people.roster import EVERYONE
from ui.bridge.elements import Element, by_id, copy_of
from ui.navigation import forget_unread, mark_unread
from ui.windowed import WindowedList


class _Row(NamedTuple):
    contact: Contact
    chosen: bool


class PeoplePanel:
    """`#peers`.

    Args:
        act: called with the contact's key and the action when a row's button is pressed.
        changed: called after every change.
    """

    def __init__(self, act: Callable[[str, str], None], changed: Callable[[], None]) -> None:
        self._list = WindowedList(by_id("peers"), _new, _fill, drawn=self._drawn)
        self._changed = changed
        self._inviting = False  # once the row is gone
        self._known: set[str] = set()
        self._act = act
        by_id("peers").on_action(self._press)
        by_id("everyone-choose").on_click(lambda: act(EVERYONE, "choose"))

    def _press(self, row: Element, action: str) -> None:
        self._inviting = action == "invite"
        self._act(row.get("data-contact"), action)

    def _drawn(self) -> None:
        self._changed()
        if self._inviting and not self._known:
            self._inviting = False
            by_id("copy-link").focus()

    def show(self, contact: Contact, *, chosen: bool) -> None:
        if contact.key not in self._known:
            if self._known:  # the first one changes all of the page
                mark_unread("people", contact.key)
            self._known.add(contact.key)
        self._list.put(contact.key, _Row(contact, chosen))

    def show_everyone(self, names: str, *, chosen: bool, unread: int) -> None:
        by_id("everyone").hidden = not names
        by_id("everyone-names").text = _("Heard by {names}.", names=names)
        by_id("everyone-choose").set(aria_pressed=str(chosen).lower())
        by_id("everyone-unread").text = str(unread or "")
        by_id("everyone-unread").hidden = not unread

    def remove(self, contact: Contact) -> None:
        self._known.discard(contact.key)
        forget_unread(contact.key)
        self._list.drop(contact.key)


def _new(item: _Row) -> Element:
    row = copy_of("peer-template")
    row.set(data_contact=item.contact.key, data_peer_id=item.contact.peer_id)
    return row


def _fill(row: Element, item: _Row) -> None:
    contact = item.contact
    words = describe(contact)
    row.set(
        data_state=contact.state.value,
        data_verified=str(words.verified).lower(),
        data_alike=str(bool(words.alike)).lower(),
        data_asks="phrase" if words.confirmable else "",
    )
    if contact.link.established:
        row.set(data_known="true")
    row.slot("close").text = words.leave
    row.slot("name").text = contact.name
    row.slot("choose").set(aria_pressed=str(item.chosen).lower())
    row.slot("unread").text = str(contact.unread or "")
    row.slot("unread").hidden = not contact.unread
    row.slot("detail").text = words.status
    row.slot("trust").text = words.trust
    row.slot("alike").text = words.alike
    row.slot("alike").hidden = not words.alike
    row.slot("phrase").text = words.phrase
    row.slot("phrase").hidden = not words.phrase
