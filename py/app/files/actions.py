"""What a person can do with a transfer."""

from __future__ import annotations

from app.files.group import AnyTransfer, Group
from app.files.transfer import Transfer, TransferState
from app.language import _
from peerscript.transfer import FileState


def actions(transfer: AnyTransfer) -> dict[str, str]:
    """The actions of its card, with the labels of their buttons."""
    if isinstance(transfer, Group):
        return _for_all(transfer)
    if transfer.waits:
        choose = {} if transfer.incoming else {"choose": _choosing(transfer)}
        return {**choose, **_saving(transfer), "remove": _("Remove")}
    if transfer.over:
        return {**_saving(transfer), "remove": _("Remove")}
    if transfer.state is TransferState.OFFERED:
        return _answers(transfer) if transfer.incoming else {"cancel": _("Cancel")}
    paused_here = any(file.paused_here for file in transfer.files if not file.ended)
    turn = {"resume": _("Resume")} if paused_here else {"pause": _("Pause")}
    if not paused_here and not transfer.counts[FileState.ACTIVE]:
        turn = {}  # the other side has paused it: there is nothing to do here
    return {**turn, "cancel": _("Cancel")}


def _for_all(group: Group) -> dict[str, str]:
    """What can be done for everyone to whom it was given at once."""
    possible = {action for each in group.open for action in actions(each)}
    if group.waits or group.over:
        choose = {"choose": _choosing(group)} if group.waits else {}
        return {**choose, "remove": _("Remove")}
    choose = {"choose": _choosing(group)} if "choose" in possible else {}
    turn = {"pause": _("Pause for all")} if "pause" in possible else {}
    if "resume" in possible:
        turn = {"resume": _("Resume for all")}
    return {**choose, **turn, "cancel": _("Cancel for all")}


def person_actions(transfer: Transfer) -> frozenset[str]:
    """The actions in the line of one of the people to whom it was given."""
    return frozenset() if transfer.over else frozenset(("cancel",))


def _choosing(transfer: AnyTransfer) -> str:
    if must_choose(transfer):
        return _("Choose the file") if transfer.one else _("Choose the files")
    return _("Go on")


def must_choose(transfer: AnyTransfer) -> bool:
    """Whether the person has to show where the files are, so that an own offer can go on."""
    if isinstance(transfer, Group):
        return any(must_choose(each) for each in transfer.open if each.waits)
    return not transfer.sources and not transfer.record.handles


def must_allow(transfer: Transfer) -> bool:
    """Whether the browser asks before the page, which was loaded again, writes into the folder that
    files were arriving in.
    """
    record = transfer.record
    return transfer.incoming and bool(record.folder and record.handles) and not transfer.folder


def _answers(transfer: Transfer) -> dict[str, str]:
    into = {"accept-folder": _("Accept into a folder"), "decline": _("Decline")}
    if must_allow(transfer):
        return {"choose": _("Go on"), **into, "accept-folder": _("Into another folder")}
    if transfer.one:
        return {"accept": _("Accept"), **into}
    count = len(transfer.files)
    wanted = count - len(transfer.unwanted)
    some = {"accept": _("Accept {wanted} of {count}", wanted=wanted, count=count)}
    return {
        **(some if 0 < wanted < count else {}),
        "accept-all": _("Accept all"),
        **(into if wanted else {"decline": _("Decline")}),
    }


def _saving(transfer: Transfer) -> dict[str, str]:
    count = len(transfer.saved)
    if not count or transfer.record.folder:
        return {}
    if transfer.one:
        return {"save": _("Save")}
    if count == len(transfer.files):
        return {"save": _("Save all as ZIP"), "save-folder": _("Save all in a folder")}
    return {
        "save": _("Save {count} as ZIP", count=count),
        "save-folder": _("Save {count} in a folder", count=count),
    }


def file_actions(transfer: AnyTransfer, index: int) -> frozenset[str]:
    """The actions in the line of one of its files. "want" is its checkbox."""
    if isinstance(transfer, Group):
        each_ones = (file_actions(each, index) for each in transfer.transfers)
        return frozenset[str]().union(*each_ones)
    state = transfer.file_state(index)
    if index in transfer.saved:
        return frozenset() if transfer.record.folder else frozenset(("save",))
    if state is TransferState.OFFERED and transfer.incoming:
        return frozenset(("want",))
    under_way = transfer.in_progress and not transfer.waits
    if under_way and state in (TransferState.ACTIVE, TransferState.PAUSED):
        return frozenset(("cancel",))
    return frozenset()
