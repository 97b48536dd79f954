"""The chat's log and its field (app.chat.ports.ChatView)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.chat.ports import ChatMessage
from ui.bridge.elements import Element, before_next_frame, by_id, copy_of
from ui.navigation import mark_unread

LONG_TEXT = 3000  # characters; a longer message scrolls in itself, and needs the keyboard for it

_STATES = {"sent": "sent", "delivered": "delivered", "failed": "not delivered"}


class ChatPanel:
    """`#chat-log`, `#chat-input`, `#chat-send`."""

    def __init__(self) -> None:
        self._rows: dict[str, Element] = {}
        self._open = ""
        self._follows: bool | None = None  # whether to scroll in the next frame; None for no frame
        self._field = by_id("chat-input")

    def listen(self, send: Callable[[str], bool]) -> None:
        """Send what is typed: Enter sends, Shift and Enter begin a new line."""

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
        row = self._rows.get(message.key)
        if row is None:
            row = self._rows[message.key] = self._add(message)
        mine = message.sender == "me"
        last = _STATES[message.state] if mine else message.name
        time = f"{message.time:%H:%M}"
        row.set(data_state=message.state)
        row.slot("meta").text = f"{time} · {last}" if mine else f"{last} · {time}"

    def _add(self, message: ChatMessage) -> Element:
        self._follow(always=message.sender == "me")
        row = by_id("chat-log").append(copy_of("message-template"))
        row.set(data_from=message.sender, data_with=message.peer_id)
        row.hidden = message.peer_id != self._open
        row.slot("text").text = message.text
        if len(message.text) > LONG_TEXT:
            row.slot("text").set(tabindex="0")
        if message.sender != "me":
            mark_unread("chat")
        return row

    def _follow(self, *, always: bool) -> None:
        """Keep the end in view, once for all messages of a frame: each look at sizes has the
        browser lay out the whole log.
        """
        if self._follows is None:
            self._follows = always or by_id("chat-log").near_end()
            before_next_frame(self._scroll)
        elif always:
            self._follows = True

    def _scroll(self) -> None:
        if self._follows:
            by_id("chat-log").scroll_to_end()
        self._follows = None

    def open(self, peer_id: str, name: str) -> None:
        by_id("chat-title").text = f"Chat with {name}" if name else "Chat"
        if peer_id == self._open:
            return
        self._open = peer_id
        for row in self._rows.values():
            row.hidden = row.get("data-with") != peer_id
        by_id("chat-log").scroll_to_end()
