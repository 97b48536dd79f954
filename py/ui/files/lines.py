"""The files of a card, a line each; there only while it is unfolded."""

from __future__ import annotations

from app.files.actions import file_actions
from app.files.group import AnyTransfer
from app.files.words import file_share, file_status
from app.language import _
from app.units import readable_size
from ui.bridge.elements import Element, copy_of
from ui.windowed import WindowedList


class Lines:
    """The list in a card. Of thousands of files only those around the visible ones have a line."""

    def __init__(self, element: Element, transfer: AnyTransfer) -> None:
        self._transfer = transfer
        self._shown: dict[int, tuple[object, ...]] = {}
        self._list = WindowedList(element, self._new, self._fill)
        self._list.replace({str(index): index for index in range(len(transfer.files))})

    def fill(self) -> None:
        """Show how its files are now."""
        for key, row in self._list.rows():
            self._fill(row, int(key))

    def close(self) -> None:
        """Take the lines out of the page."""
        self._list.replace({})

    def _new(self, index: int) -> Element:
        self._shown.pop(index, None)
        row = copy_of("transfer-file-template")
        info = self._transfer.files[index].info
        row.set(data_file=str(index))
        row.slot("name").text = info.path
        row.slot("size").text = readable_size(info.size)
        row.slot("want").set(aria_label=_("Accept {path}", path=info.path))
        row.slot("progress").set(aria_label=_("Progress of {path}", path=info.path))
        for button in row.all("button"):
            button.set(aria_label=f"{button.text} {info.path}")
        return row

    def _fill(self, row: Element, index: int) -> None:
        transfer, file = self._transfer, self._transfer.files[index]
        state, possible = transfer.file_state(index), file_actions(transfer, index)
        words, wanted = file_status(transfer, index), index not in transfer.unwanted
        share = file_share(transfer, index)
        shown = (state, words, wanted, possible, share)
        if self._shown.get(index) == shown:
            return
        self._shown[index] = shown
        row.set(data_state=state.value, data_sha256=file.sha256)
        row.slot("status").text = words
        row.slot("want").checked = wanted
        row.slot("want").hidden = "want" not in possible
        progress = row.slot("progress")
        progress.hidden = "cancel" not in possible
        progress.node.value = share
        for button in row.all("button"):
            button.hidden = button.get("data-action") not in possible
