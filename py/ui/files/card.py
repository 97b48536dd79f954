"""A card: an offer and what becomes of it."""

from __future__ import annotations

from app.files.actions import actions
from app.files.group import AnyTransfer, Group, conversation
from app.files.transfer import TransferState
from app.files.words import contents, percent, status
from app.language import _, grouped, ngettext
from peerscript.transfer import can_choose_folder
from ui.bridge.elements import copy_of
from ui.files.lines import Lines
from ui.files.persons import Persons
from ui.files.previews import Previews, thumbnail

_INTO_FOLDERS = ("accept-folder", "save-folder")


class Card:
    """One card in the page. What is shown already is not written again."""

    def __init__(self, transfer: AnyTransfer, previews: Previews) -> None:
        self.row = copy_of("transfer-template")
        self._previews = previews
        self._shown: dict[str, str] = {}
        self._thumbnails: set[int] = set()
        self._lines: Lines | None = None
        self._slots = {each.get("data-slot"): each for each in self.row.all("[data-slot]")}
        self._buttons = {
            each.get("data-action"): each for each in self.row.all(":scope > .actions > button")
        }
        self.row.set(
            data_transfer_id=transfer.key,
            data_direction=transfer.direction,
            aria_label=f"{transfer.title}, {contents(transfer)}",
        )
        self._slots["title"].text = transfer.title
        self._slots["contents"].text = contents(transfer)
        self._slots["progress"].set(aria_label=_("Progress of {title}", title=transfer.title))
        self._persons = Persons(self._slots["persons"]) if isinstance(transfer, Group) else None
        self._slots["persons"].hidden = self._persons is None
        self._slots["list"].hidden = transfer.one is not None
        count = len(transfer.files)
        self._slots["count"].text = ngettext(
            "{number} file", "{number} files", count, number=grouped(count)
        )

    def fill(self, transfer: AnyTransfer) -> None:
        """Show how it is now."""
        state = transfer.state
        contact = conversation(transfer)
        if self._changed("contact", contact):
            self.row.set(data_contact=contact)
        if self._changed("state", state.value):
            self.row.set(data_state=state.value)
            moving = state in (TransferState.ACTIVE, TransferState.PAUSED)
            self._slots["progress"].hidden = self._slots["percent"].hidden = not moving
        if self._changed("sha256", transfer.sha256) or "hash" not in self._shown:
            self._shown["hash"] = ""
            self.row.set(data_sha256=transfer.sha256)
            self._slots["sha256"].text = transfer.sha256
            self._slots["hash"].hidden = not transfer.sha256
        if self._changed("share", f"{transfer.share:.4f}"):
            self._slots["progress"].node.value = transfer.share
        self._text("percent", percent(transfer))
        self._text("status", status(transfer))
        self._show_actions(actions(transfer))
        self._show_thumbnails(transfer)
        self._show_choice(transfer)
        if self._persons and isinstance(transfer, Group):
            self._persons.fill(transfer)
        if self._lines:
            self._lines.fill()

    def open(self, transfer: AnyTransfer, opened: bool) -> None:
        """Its list of files was unfolded or folded."""
        if opened and self._lines is None:
            self._lines = Lines(self._slots["files"], transfer)
        elif not opened and self._lines is not None:
            self._lines.close()
            self._lines = None

    def _changed(self, name: str, value: str) -> bool:
        if self._shown.get(name) == value:
            return False
        self._shown[name] = value
        return True

    def _text(self, slot: str, text: str) -> None:
        if self._changed(slot, text):
            self._slots[slot].text = text

    def _show_actions(self, possible: dict[str, str]) -> None:
        if not self._changed("actions", repr(possible)):
            return
        for action, button in self._buttons.items():
            hidden = action not in possible
            button.hidden = hidden or (action in _INTO_FOLDERS and not can_choose_folder())
            if not hidden:
                button.text = possible[action]

    def _show_thumbnails(self, transfer: AnyTransfer) -> None:
        for index, url in self._previews.urls(transfer).items():
            if index not in self._thumbnails:
                self._thumbnails.add(index)
                self._slots["thumbnails"].append(thumbnail(transfer, index, url))
                self._slots["thumbnails"].hidden = False

    def _show_choice(self, transfer: AnyTransfer) -> None:
        """The checkbox for all files of an offer."""
        choosing = transfer.incoming and transfer.state is TransferState.OFFERED
        if self._changed("choosing", f"{choosing} {len(transfer.unwanted)}"):
            self._slots["choice"].hidden = not choosing
            box = self._slots["all"]
            box.checked = not transfer.unwanted
            box.node.indeterminate = 0 < len(transfer.unwanted) < len(transfer.files)
