"""What a person can do with a transfer."""

from __future__ import annotations

from app.files.transfer import Transfer, TransferState
from peerscript.transfer import FileState


def actions(transfer: Transfer) -> dict[str, str]:
    """The actions of its card, with the labels of their buttons."""
    if transfer.waits:
        choose = {} if transfer.incoming else {"choose": _choosing(transfer)}
        return {**choose, **_saving(transfer), "remove": "Remove"}
    if transfer.over:
        return {**_saving(transfer), "remove": "Remove"}
    if transfer.state is TransferState.OFFERED:
        return _answers(transfer) if transfer.incoming else {"cancel": "Cancel"}
    paused_here = any(file.paused_here for file in transfer.files if not file.ended)
    turn = {"resume": "Resume"} if paused_here else {"pause": "Pause"}
    if not paused_here and not transfer.counts[FileState.ACTIVE]:
        turn = {}  # the other side has paused it: there is nothing to do here
    return {**turn, "cancel": "Cancel"}


def _choosing(transfer: Transfer) -> str:
    if must_choose(transfer):
        return "Choose the file" if transfer.one else "Choose the files"
    return "Go on"


def must_choose(transfer: Transfer) -> bool:
    """Whether the person has to show where the files are, so that an own offer can go on."""
    return not transfer.sources and not transfer.record.handles


def must_allow(transfer: Transfer) -> bool:
    """Whether the browser asks before the page, which was loaded again, writes into the folder that
    files were arriving in.
    """
    record = transfer.record
    return transfer.incoming and bool(record.folder and record.handles) and not transfer.folder


def _answers(transfer: Transfer) -> dict[str, str]:
    into = {"accept-folder": "Accept into a folder", "decline": "Decline"}
    if must_allow(transfer):
        return {"choose": "Go on", **into, "accept-folder": "Into another folder"}
    if transfer.one:
        return {"accept": "Accept", **into}
    count = len(transfer.files)
    wanted = count - len(transfer.unwanted)
    some = {"accept": f"Accept {wanted} of {count}"} if 0 < wanted < count else {}
    return {**some, "accept-all": "Accept all", **(into if wanted else {"decline": "Decline"})}


def _saving(transfer: Transfer) -> dict[str, str]:
    count = len(transfer.saved)
    if not count or transfer.record.folder:
        return {}
    if transfer.one:
        return {"save": "Save"}
    which = "all" if count == len(transfer.files) else str(count)
    return {"save": f"Save {which} as ZIP", "save-folder": f"Save {which} in a folder"}


def file_actions(transfer: Transfer, index: int) -> frozenset[str]:
    """The actions in the line of one of its files. "want" is its checkbox."""
    state = transfer.file_state(index)
    if index in transfer.saved:
        return frozenset() if transfer.record.folder else frozenset(("save",))
    if state is TransferState.OFFERED and transfer.incoming:
        return frozenset(("want",))
    if transfer.in_progress and state in (TransferState.ACTIVE, TransferState.PAUSED):
        return frozenset(("cancel",))
    return frozenset()
