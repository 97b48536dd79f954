"""The cards in one list of the page; the same transfer may have one in several lists."""

from __future__ import annotations

from typing import Protocol

from app.files.group import AnyTransfer
from ui.bridge.elements import Element
from ui.files.card import Card
from ui.files.previews import Previews


class CardActions(Protocol):
    """What the controls of a card do."""

    def find(self, key: str) -> AnyTransfer | None:
        """What a card shows, or the line of a person in it."""

    def want(self, key: str, index: int | None, *, wanted: bool) -> None:
        """Tick a file to be accepted, or all."""

    def press(self, key: str, action: str, index: int | None) -> None:
        """Do what a button says, with one of the files or with all."""


class Cards:
    """Makes and fills the rows of cards, and binds their controls."""

    def __init__(self, element: Element, previews: Previews) -> None:
        self._element = element
        self._previews = previews
        self._cards: dict[str, Card] = {}

    def bind(self, actions: CardActions) -> None:
        """Connect the controls of all cards in the list."""

        def press(at: Element) -> None:
            button = at.closest("button[data-action]")
            if button and (key := _key(button)):
                actions.press(key, button.get("data-action"), _index(button))

        def tick(box: Element) -> None:
            if key := _key(box):
                actions.want(key, _index(box), wanted=box.checked)

        def fold(details: Element) -> None:
            key = _key(details)
            transfer = actions.find(key)
            if transfer and key in self._cards:
                self._cards[key].open(transfer, bool(details.node.open))

        def unreadable(image: Element) -> None:
            image.hidden = True  # a thumbnail of what is no picture

        self._element.on_within("click", press)
        self._element.on_within("change", tick)
        self._element.on_within("toggle", fold)
        self._element.on_within("error", unreadable)

    def new(self, transfer: AnyTransfer) -> Element:
        """A new row."""
        card = self._cards[transfer.key] = Card(transfer, self._previews)
        return card.row

    def fill(self, transfer: AnyTransfer) -> None:
        """Show in its row how it is now."""
        self._cards[transfer.key].fill(transfer)

    def forget(self, transfer: AnyTransfer) -> None:
        """Its row was removed."""
        self._cards.pop(transfer.key, None)


def _key(within: Element) -> str:
    card = within.closest("[data-transfer-id]")
    return card.get("data-transfer-id") if card else ""


def _index(within: Element) -> int | None:
    line = within.closest("[data-file]")
    return int(line.get("data-file")) if line else None
