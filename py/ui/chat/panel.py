"""The chat's log and its field (app.chat.ports.ChatView)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.chat.ports import ChatMessage
from ui.bridge.elements import Element, by_id
from ui.navigation import mark_unread
from ui.windowed import WindowedList

LONG_TEXT = 3000  # characters; a longer message scrolls in itself, and needs the keyboard for it


class ChatPanel:
    """`#chat-log`, `#chat-input`, `#chat-send`."""

    def __init__(self) -> None:
        self._log = WindowedList("chat-log", "message-template", _begin, _fill, log=True)
        self._conversations: dict[str, dict[str, ChatMessage]] = {}
        self._open = ""
        self._field = by_id("chat-input")

    def bind(self, send: Callable[[str], bool]) -> None:
        """Connect the field to `send`: Enter sends, Shift and Enter start a new line."""

        def submit() -> None:
            if send(self._field.value):
                self._field.value = ""  # else nothing that was typed is lost

        def key(event: Any) -> None:
            if event.key == "Enter" and not event.shiftKey and not event.isComposing:
                event.preventDefault()
                submit()

        by_id("chat-form").on_submit(submit)
        self._field.on("keydown", key)
        by_id("chat-send").disabled = False

    def show(self, message: ChatMessage) -> None:
        conversation = self._conversation(message.contact)
        mine, new = message.sender == "me", message.key not in conversation
        if new and not mine:
            mark_unread("chat", message.contact)
        if message.contact == self._open:
            self._log.put(message.key, message, to_end=new and mine)
        else:
            conversation[message.key] = message

    def open(self, contact: str, name: str) -> None:
        by_id("chat-title").text = f"Chat with {name}" if name else "Chat"
        if contact != self._open:
            self._open = contact
            self._log.replace(self._conversation(contact))

    def drop(self, contact: str, key: str) -> None:
        if contact == self._open:
            self._log.drop(key)
        else:
            del self._conversations[contact][key]

    def forget(self, contact: str) -> None:
        self._conversations.pop(contact, None)
        if contact == self._open:
            self._log.replace(self._conversation(contact))

    def scroll_to_end(self) -> None:
        """Bring the newest message into view."""
        self._log.scroll_to_end()

    def _conversation(self, contact: str) -> dict[str, ChatMessage]:
        return self._conversations.setdefault(contact, {})


def _begin(row: Element, message: ChatMessage) -> None:
    row.set(data_from=message.sender, data_contact=message.contact)
    row.slot("text").text = message.text
    if len(message.text) > LONG_TEXT:
        row.slot("text").set(tabindex="0")


def _fill(row: Element, message: ChatMessage) -> None:
    time = f"{message.time:%H:%M}"
    mine = message.sender == "me"
    row.set(data_state=message.state)
    row.slot("meta").text = f"{time} · {message.state}" if mine else f"{message.name} · {time}"
