"""The chat's log and its field (app.chat.ports.ChatView). Transfers have cards in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.chat.chat import NOBODY
from app.chat.ports import ChatEvent, ChatMessage
from app.files.group import AnyTransfer, conversation
from app.language import N_, _
from ui.bridge.elements import Element, by_id, copy_of
from ui.chat.text import show_text
from ui.files.cards import CardActions, Cards
from ui.files.previews import Previews
from ui.navigation import mark_unread
from ui.windowed import WindowedList

Item = ChatMessage | ChatEvent | AnyTransfer
_STATES = {"sent": N_("sent"), "delivered": N_("delivered")}
LONG_TEXT = 3000  # characters; a longer message scrolls in itself, and needs the keyboard for it


class ChatPanel:
    """`#chat-log`, `#chat-input`, `#chat-send`."""

    def __init__(self, previews: Previews) -> None:
        self._cards = Cards(by_id("chat-log"), previews)
        self._log: WindowedList[Item] = WindowedList(
            by_id("chat-log"), self._new, self._fill, log=True
        )
        self._conversations: dict[str, dict[str, Item]] = {}
        self._places: dict[str, str] = {}  # the contacts in whose conversations cards are
        self._continued: set[tuple[str, str]] = set()  # messages that need no name of their own
        self._open = ""
        self._field = by_id("chat-input")

    def bind(self, send: Callable[[str], bool], write: Callable[[str], None]) -> None:
        """Connect the field to `send`: Enter sends, Shift and Enter start a new line. `write` gets
        what is being written.
        """

        def submit() -> None:
            if send(self._field.value):
                self._field.value = ""  # else nothing that was typed is lost

        def key(event: Any) -> None:
            if event.key == "Enter" and not event.shiftKey and not event.isComposing:
                event.preventDefault()
                submit()

        by_id("chat-form").on_submit(submit)
        self._field.on("keydown", key)
        self._field.on("input", lambda _: write(self._field.value))
        self.open("", "", _(NOBODY), off=True)

    def draft(self, text: str) -> None:
        """Put a text into the field, above what was typed there."""
        self._field.value = "\n".join(filter(None, [text, self._field.value]))

    def bind_cards(self, actions: CardActions) -> None:
        """Connect the controls of the cards."""
        self._cards.bind(actions)

    def show(self, item: ChatMessage | ChatEvent, /) -> None:
        if isinstance(item, ChatEvent):
            self._put(item.contact, item, mine=False)
            return
        mine = item.sender == "me"
        if self._put(item.contact, item, mine=mine) and not mine:
            here = item.contact == self._open  # else the way to it is in People
            mark_unread("chat" if here else "people", item.contact)

    def show_writing(self, words: str) -> None:
        by_id("chat-writing").text = words
        by_id("chat-writing").hidden = not words

    def show_card(self, transfer: AnyTransfer) -> None:
        """Add or update a card in the conversation with its contact, if there is one."""
        place = conversation(transfer)
        if self._places.get(transfer.key, place) != place:
            self.drop_card(transfer)  # it goes on with somebody else
        if place:
            self._places[transfer.key] = place
            self._put(place, transfer, mine=not transfer.incoming)

    def drop_card(self, transfer: AnyTransfer) -> None:
        """Remove a card."""
        place = self._places.pop(transfer.key, "")
        if transfer.key in self._conversations.get(place, {}):
            self.drop(place, transfer.key)
        self._cards.forget(transfer)

    def _put(self, contact: str, item: Item, *, mine: bool) -> bool:
        """Add or update what stands in a conversation; return whether it is new."""
        conversation = self._conversation(contact)
        new = item.key not in conversation
        if new and conversation and _continues(item, next(reversed(conversation.values()))):
            self._continued.add((contact, item.key))
        if new and conversation and item.time < next(reversed(conversation.values())).time:
            self._insert(contact, item)  # a card from before a reload
        elif contact == self._open:
            self._log.put(item.key, item, to_end=new and mine)
        else:
            conversation[item.key] = item
        return new

    def _insert(self, contact: str, item: Item) -> None:
        """Put an item in its place in time."""
        items = sorted([*self._conversations[contact].values(), item], key=lambda each: each.time)
        self._conversations[contact] = {each.key: each for each in items}
        if contact == self._open:
            self._log.replace(self._conversations[contact])

    def open(self, contact: str, name: str, hint: str = "", *, off: bool = False) -> None:
        by_id("chat-title").text = _("Chat with {name}", name=name) if name else _("Chat")
        self._field.set(placeholder=hint or _("Write a message"))
        self._field.disabled = by_id("chat-send").disabled = off
        by_id("chat-send").set(title=hint if off else "")
        if contact != self._open:
            self._open = contact
            self._log.replace(self._conversation(contact))

    def drop(self, contact: str, key: str) -> None:
        self._continued.discard((contact, key))
        if contact == self._open:
            self._log.drop(key)
        else:
            del self._conversations[contact][key]

    def forget(self, contact: str) -> None:
        self._conversations.pop(contact, None)
        self._continued = {each for each in self._continued if each[0] != contact}
        if contact == self._open:
            self._log.replace(self._conversation(contact))

    def _conversation(self, contact: str) -> dict[str, Item]:
        return self._conversations.setdefault(contact, {})

    # The rows of the log

    def _new(self, item: Item) -> Element:
        if isinstance(item, ChatEvent):
            row = copy_of("event-template")
            row.text = f"{item.text} · {item.time:%H:%M}"
            return row
        if not isinstance(item, ChatMessage):
            return self._cards.new(item)
        row = copy_of("message-template")
        row.set(data_from=item.sender, data_contact=item.contact)
        show_text(row.slot("text"), item.text)
        if (item.contact, item.key) in self._continued:
            row.set(data_continued="true")
        if len(item.text) > LONG_TEXT:
            row.slot("text").set(tabindex="0")
        return row

    def _fill(self, row: Element, item: Item) -> None:
        if isinstance(item, ChatEvent):
            return
        if not isinstance(item, ChatMessage):
            self._cards.fill(item)
            return
        time = f"{item.time:%H:%M}"
        mine = item.sender == "me"
        row.set(data_state=item.state)
        meta = f"{time} · {_(_STATES[item.state])}" if mine else f"{item.name} · {time}"
        if item.to:
            meta = f"{meta} · " + _("to {names}", names=item.to)
        row.slot("meta").text = meta


def _continues(item: Item, before: Item) -> bool:
    """Whether it was written by the same person in the same minute as the one before it."""
    if not isinstance(item, ChatMessage) or not isinstance(before, ChatMessage):
        return False
    minutes = [each.time.replace(second=0, microsecond=0) for each in (item, before)]
    same = (item.sender, item.to) == (before.sender, before.to)
    return same and minutes[0] == minutes[1]
