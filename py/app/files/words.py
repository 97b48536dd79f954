"""The texts of a card."""

from __future__ import annotations

from collections import Counter

from app.files.transfer import Transfer, TransferState
from app.units import readable_size, readable_time
from peerscript.transfer import FileInfo, FileState

_KINDS = {
    "image": ("picture", "pictures"),
    "video": ("film", "films"),
    "audio": ("recording", "recordings"),
    "text": ("text", "texts"),
    "application/pdf": ("PDF", "PDFs"),
    "application/zip": ("archive", "archives"),
}
_OTHER = ("file", "files")
SHOWN_KINDS = 3  # of many files


def contents(transfer: Transfer) -> str:
    """What is in it, and its size: "Picture · 3.4 MB", "12 files (10 pictures) · 34 MB"."""
    size = readable_size(transfer.size)
    if transfer.one:
        name = _kind(transfer.one.info)[0]
        return f"{name[0].upper()}{name[1:]} · {size}"
    kinds = Counter(_kind(file.info) for file in transfer.files)
    count = len(transfer.files)
    if len(kinds) == 1 and _OTHER not in kinds:
        return f"{_number(*next(iter(kinds.items())))} · {size}"
    named = [each for each in kinds.most_common() if each[0] is not _OTHER][:SHOWN_KINDS]
    words = f" ({', '.join(_number(*each) for each in named)})" if named else ""
    return f"{count} files{words} · {size}"


def _kind(info: FileInfo) -> tuple[str, str]:
    return _KINDS.get(info.type) or _KINDS.get(info.type.partition("/")[0]) or _OTHER


def _number(kind: tuple[str, str], count: int) -> str:
    return f"{count} {kind[count != 1]}"


def status(transfer: Transfer) -> str:
    """What is happening to it."""
    person = transfer.person
    if transfer.state is TransferState.OFFERED:
        if not transfer.incoming:
            return f"Offered to {person}"
        return transfer.problem or f"{person} wants to send you {_these(transfer)}"
    if transfer.state is TransferState.ACTIVE:
        return _progress(transfer)
    if transfer.state is TransferState.PAUSED:
        so_far = _so_far(transfer) if _is_known(transfer) else ""
        return " · ".join(filter(None, (_why_paused(transfer), so_far, transfer.problem)))
    if transfer.state is TransferState.DONE:
        return _done(transfer)
    return _ended(transfer)


def percent(transfer: Transfer) -> str:
    """How much of it is there; never 100 % of what is not confirmed."""
    return f"{int(transfer.share * 100)} %" if _is_known(transfer) else ""


def file_status(transfer: Transfer, index: int) -> str:
    """What is happening to one of its files."""
    file, state = transfer.files[index], transfer.file_state(index)
    if state is TransferState.ACTIVE or (state is TransferState.PAUSED and file.moved):
        share = min(file.moved / file.info.size, 0.99) if file.info.size else 0
        return f"{int(share * 100)} %" if file.moved else "Waits its turn"
    if state is TransferState.PAUSED:
        return "Paused"
    if state is TransferState.DONE:
        return f"Checked: {file.sha256[:12]}…"
    return transfer.file_problem(index)


def announcement(transfer: Transfer) -> str:
    """What a person is told who does not look at the page."""
    person, title = transfer.person, transfer.title
    if transfer.state is not TransferState.DONE:
        return f"{title} has not arrived. {transfer.problem}"
    return f"{title} has arrived from {person}." if transfer.incoming else f"{person} has {title}."


def _is_known(transfer: Transfer) -> bool:
    """After a reload only the page that receives knows how much has arrived."""
    return not transfer.waits or transfer.moved > 0


def _these(transfer: Transfer) -> str:
    return "this" if transfer.one else f"these {len(transfer.files)} files"


def _why_paused(transfer: Transfer) -> str:
    if transfer.waits and transfer.incoming:
        return f"Waiting for {transfer.person} to go on"
    if transfer.waits:
        return "Waiting for the file" if transfer.one else "Waiting for the files"
    if not transfer.connected:
        return f"Paused, goes on by itself when {transfer.person} is back"
    if not transfer.paused_by:
        return f"Waiting for {transfer.person} to go on"
    return f"Paused by {' and '.join(transfer.paused_by)}"


def _so_far(transfer: Transfer) -> str:
    return f"{readable_size(transfer.moved)} of {readable_size(transfer.total)}"


def _progress(transfer: Transfer) -> str:
    words = [_so_far(transfer)]
    if not transfer.one:
        wanted = len(transfer.files) - transfer.counts[FileState.DECLINED]
        words.insert(0, f"{transfer.counts[FileState.DONE]} of {wanted} files")
    if transfer.speed:
        words.append(f"{readable_size(transfer.speed)}/s")
    if transfer.seconds_left is not None:
        words.append(f"{readable_time(transfer.seconds_left)} left")
    return " · ".join(words)


def _done(transfer: Transfer) -> str:
    person, folder = transfer.person, transfer.record.folder
    checked = "checked (SHA-256)" + (f", in the folder “{folder}”" if folder else "")
    if transfer.one:
        words = f"Received from {person}" if transfer.incoming else f"{person} has it"
        return f"{words}, {checked}"
    done, count = transfer.counts[FileState.DONE], len(transfer.files)
    which = f"all {done} files" if done == count else f"{done} of {count} files"
    words = f"Received {which} from {person}" if transfer.incoming else f"{person} has {which}"
    return f"{words}, {checked}"


def _ended(transfer: Transfer) -> str:
    """Why, and how many of many files are there in spite of it."""
    words = transfer.problem or transfer.state.value
    if done := transfer.counts[FileState.DONE]:
        words = f"{done} of {len(transfer.files)} files have arrived. {words}"
    return words
