"""The list of transfers, and the ways to begin one (app.files.transfer.FilesView)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.files.files import Files
from app.files.transfer import Transfer, TransferState
from app.units import readable_size, readable_time
from ui.bridge import files
from ui.bridge.elements import Element, body, by_id, copy_of
from ui.navigation import mark_unread


class FilesPanel:
    """`#file-input`, `#transfers`, and dropping files anywhere."""

    def __init__(self) -> None:
        self._rows: dict[str, Element] = {}

    def listen(self, transfers: Files, start: Callable[..., object]) -> None:
        """Let files be chosen, dropped, accepted, declined, cancelled and saved."""

        def choose(event: Any) -> None:
            transfers.offer(files.chosen(event.target.files))
            event.target.value = ""  # so that the same file can be chosen again

        def hint(hovering: bool) -> None:
            if hovering:
                body().set(data_dropping="")
            else:
                body().drop("data-dropping")

        def act(row: Element, action: str) -> None:
            key = row.get("data-transfer-id")
            transfer = transfers.find(key)
            if action == "save" and transfer is not None:
                files.save(transfer.saved, transfer.name)
            else:
                start(transfers.act(key, action))

        by_id("file-input").disabled = False
        by_id("file-input").on("change", choose)
        files.on_drop(transfers.offer, hint)
        by_id("transfers").on_action(act)

    def show(self, transfer: Transfer) -> None:
        row = self._rows.get(transfer.key)
        if row is None:
            row = self._rows[transfer.key] = by_id("transfers").append(copy_of("transfer-template"))
            row.set(data_transfer_id=transfer.key, data_direction=transfer.direction)
            row.slot("name").text = transfer.name
            row.slot("size").text = readable_size(transfer.size)
            row.slot("progress").set(aria_label=f"Progress of {transfer.name}")
            if transfer.direction == "in":
                mark_unread("files")
        row.set(data_state=transfer.state.value, data_sha256=transfer.sha256)
        row.slot("progress").node.value = transfer.moved / transfer.size if transfer.size else 1
        row.slot("detail").text = describe(transfer)


def describe(transfer: Transfer) -> str:
    """Say how a transfer stands."""
    person = transfer.contact.name
    incoming = transfer.direction == "in"
    if transfer.state is TransferState.OFFERED:
        return f"{person} wants to send you this" if incoming else f"Offered to {person}"
    if transfer.state is TransferState.ACTIVE:
        return _progress(transfer)
    if transfer.state is TransferState.DONE:
        return "Received, checked (SHA-256)" if incoming else f"{person} has it, checked (SHA-256)"
    return transfer.problem or transfer.state.value


def _progress(transfer: Transfer) -> str:
    words = [f"{readable_size(transfer.moved)} of {readable_size(transfer.size)}"]
    if transfer.speed:
        words.append(f"{readable_size(transfer.speed)}/s")
    if transfer.seconds_left is not None:
        words.append(f"{readable_time(transfer.seconds_left)} left")
    return " · ".join(words)
