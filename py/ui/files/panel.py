"""The list of transfers, and the ways to begin one (app.files.transfer.FilesView)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.files.files import Files
from app.files.transfer import Transfer, TransferState
from app.units import readable_size, readable_time
from peerscript.transfer import file_sources
from ui.bridge import files
from ui.bridge.elements import Element, body, by_id
from ui.navigation import mark_unread
from ui.windowed import WindowedList


@dataclass(frozen=True)
class _Row:
    """What is shown of a transfer. It outlives the transfer where a file can still be saved."""

    key: str
    contact: str
    direction: str
    name: str
    size: str
    state: str
    sha256: str
    progress: float
    detail: str


class FilesPanel:
    """`#file-input`, `#transfers`, and dropping files anywhere."""

    def __init__(self) -> None:
        self._list = WindowedList("transfers", "transfer-template", _begin, _fill)
        self._known: set[str] = set()

    def bind(self, transfers: Files, start: Callable[..., object]) -> None:
        """Connect the file input, drops and buttons to their actions."""

        def choose(event: Any) -> None:
            transfers.offer(file_sources(event.target.files))
            event.target.value = ""  # so that the same file can be chosen again

        def hint(hovering: bool) -> None:
            if hovering:
                body().set(data_dropping="")
            else:
                body().drop("data-dropping")

        def act(row: Element, action: str) -> None:
            key = row.get("data-transfer-id")
            if action == "save":
                if received := transfers.received(key):
                    files.save(received.file, received.name)
            else:
                start(transfers.act(key, action))

        by_id("file-input").disabled = False
        by_id("file-input").on("change", choose)
        files.on_drop(transfers.offer, hint)
        by_id("transfers").on_action(act)

    def show(self, transfer: Transfer) -> None:
        if transfer.key not in self._known:
            self._known.add(transfer.key)
            if transfer.direction == "in":
                mark_unread("files", transfer.contact.key)
        self._list.put(transfer.key, _row(transfer))

    def remove(self, key: str) -> None:
        self._known.discard(key)
        self._list.drop(key)


def _row(transfer: Transfer) -> _Row:
    return _Row(
        transfer.key,
        transfer.contact.key,
        transfer.direction,
        transfer.name,
        readable_size(transfer.size),
        transfer.state.value,
        transfer.sha256,
        transfer.moved / transfer.size if transfer.size else 1.0,
        describe(transfer),
    )


def _begin(row: Element, item: _Row) -> None:
    row.set(data_transfer_id=item.key, data_contact=item.contact, data_direction=item.direction)
    row.slot("name").text = item.name
    row.slot("size").text = item.size
    row.slot("progress").set(aria_label=f"Progress of {item.name}")


def _fill(row: Element, item: _Row) -> None:
    row.set(data_state=item.state, data_sha256=item.sha256)
    row.slot("progress").node.value = item.progress
    row.slot("detail").text = item.detail


def describe(transfer: Transfer) -> str:
    """The text for a transfer's state."""
    person = transfer.contact.name
    incoming = transfer.direction == "in"
    if transfer.state is TransferState.OFFERED:
        return f"{person} wants to send you this" if incoming else f"Offered to {person}"
    if transfer.state is TransferState.ACTIVE:
        return _progress(transfer)
    if transfer.state is TransferState.DONE:
        words = f"Received from {person}, checked (SHA-256)"
        return words if incoming else f"{person} has it, checked (SHA-256)"
    return transfer.problem or transfer.state.value


def _progress(transfer: Transfer) -> str:
    words = [f"{readable_size(transfer.moved)} of {readable_size(transfer.size)}"]
    if transfer.speed:
        words.append(f"{readable_size(transfer.speed)}/s")
    if transfer.seconds_left is not None:
        words.append(f"{readable_time(transfer.seconds_left)} left")
    return " · ".join(words)
