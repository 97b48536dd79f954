"""The cards of all transfers, and the ways to begin one (app.files.ports.FilesView)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from app.files.actions import must_choose
from app.files.files import Files
from app.files.group import AnyTransfer
from app.language import _
from peerscript.ports.files import Source
from peerscript.transfer import file_sources
from ui.bridge import files
from ui.bridge.elements import Element, body, by_id
from ui.files.cards import CardActions, Cards
from ui.files.previews import Previews
from ui.navigation import mark_unread
from ui.windowed import WindowedList

_CONTROLS = ("file-input", "folder-input", "chat-attach")


class Conversation(Protocol):
    """The log of the chat, where the same transfers have cards."""

    def bind_cards(self, actions: CardActions) -> None:
        """Connect the controls of its cards."""

    def show_card(self, transfer: AnyTransfer) -> None:
        """Add or update a card."""

    def drop_card(self, transfer: AnyTransfer) -> None:
        """Remove a card."""


class FilesPanel:
    """`#file-input`, `#folder-input`, `#transfers`; dropping and pasting files anywhere."""

    def __init__(self, conversation: Conversation, previews: Previews) -> None:
        self._previews = previews
        self._cards = Cards(by_id("transfers"), previews)
        self._list: WindowedList[AnyTransfer] = WindowedList(
            by_id("transfers"), self._cards.new, self._fill
        )
        self._conversation = conversation
        self._known: set[str] = set()

    def bind(self, transfers: Files, start: Callable[..., object]) -> None:
        """Connect the inputs, drops and cards to their actions."""
        actions = _Actions(transfers, start, _Finder(transfers, start))
        self._cards.bind(actions)
        self._conversation.bind_cards(actions)

        def choose(event: Any) -> None:
            transfers.offer(file_sources(event.target.files))
            event.target.value = ""  # so that the same file can be chosen again

        def drop(found: Awaitable[Sequence[Source]]) -> None:
            start(transfers.offer_found(found))

        def hint(hovering: bool) -> None:
            if hovering:
                body().set(data_dropping="")
            else:
                body().drop("data-dropping")

        for name in ("file-input", "folder-input"):
            by_id(name).on("change", choose)
        by_id("folder-choice").hidden = not files.can_choose_folders()
        by_id("chat-attach").on_click(lambda: by_id("file-input").node.click())
        files.on_drop(drop, hint)
        files.on_paste(transfers.offer)

    def show(self, transfer: AnyTransfer) -> None:
        if transfer.key not in self._known:
            self._known.add(transfer.key)
            if transfer.incoming and transfer.contact:
                mark_unread("files", transfer.contact.key)
        self._list.put(transfer.key, transfer)
        self._conversation.show_card(transfer)

    def remove(self, transfer: AnyTransfer) -> None:
        self._known.discard(transfer.key)
        self._list.drop(transfer.key)
        self._cards.forget(transfer)
        self._conversation.drop_card(transfer)
        self._previews.forget(transfer)

    def restored(self) -> None:
        by_id("transfers").drop("aria-busy")

    def open_for(self, name: str, why_not: str) -> None:
        for control in _CONTROLS:
            by_id(control).disabled = bool(why_not)
            by_id(control).set(title=why_not)
        by_id("files-hint").text = why_not or _(
            "To {name}. Or drop or paste them anywhere.", name=name
        )
        by_id("drop-words").text = why_not or _("Drop to send to {name}", name=name)

    def _fill(self, _: Element, transfer: AnyTransfer) -> None:
        self._cards.fill(transfer)


class _Finder:
    """Has the person show where the files of an interrupted transfer are."""

    def __init__(self, transfers: Files, start: Callable[..., object]) -> None:
        self._input = by_id("resume-input")
        self._key = ""
        self._transfers = transfers
        self._start = start
        self._input.on("change", self._found)

    def ask(self, transfer: AnyTransfer) -> None:
        """Open the browser's dialog; only while something is pressed."""
        self._key = transfer.key
        self._input.node.webkitdirectory = any(file.info.folder for file in transfer.files)
        self._input.node.click()

    def _found(self, _: Any) -> None:
        chosen = file_sources(self._input.node.files)
        self._input.value = ""
        self._start(self._transfers.go_on(self._key, chosen))


class _Actions:
    """What the controls of all cards do (ui.files.cards.CardActions)."""

    def __init__(self, transfers: Files, start: Callable[..., object], finder: _Finder) -> None:
        self._finder = finder
        self.find = transfers.find
        self.want = transfers.want
        self._act = transfers.act
        self._start = start

    def press(self, key: str, action: str, index: int | None) -> None:
        transfer = self.find(key)
        if transfer and action == "choose" and must_choose(transfer):
            self._finder.ask(transfer)
        else:
            self._start(self._act(key, action, index))
