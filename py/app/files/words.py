"""The texts of a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from app.files.transfer import Transfer, TransferState
from app.language import N_, _, ngettext
from app.people.roster import joined
from app.units import readable_size, readable_time
from peerscript.transfer import FileInfo, FileState


@dataclass(frozen=True)
class _Kind:
    """What a file is called: one alone, and some of many."""

    alone: str
    some: Callable[[int], str]


_KINDS = {
    "image": _Kind(N_("Picture"), lambda n: ngettext("{count} picture", "{count} pictures", n)),
    "video": _Kind(N_("Film"), lambda n: ngettext("{count} film", "{count} films", n)),
    "audio": _Kind(
        N_("Recording"), lambda n: ngettext("{count} recording", "{count} recordings", n)
    ),
    "text": _Kind(N_("Text"), lambda n: ngettext("{count} text", "{count} texts", n)),
    "application/pdf": _Kind(N_("PDF"), lambda n: ngettext("{count} PDF", "{count} PDFs", n)),
    "application/zip": _Kind(
        N_("Archive"), lambda n: ngettext("{count} archive", "{count} archives", n)
    ),
}
_OTHER = _Kind(N_("File"), lambda n: ngettext("{count} file", "{count} files", n))
SHOWN_KINDS = 3  # of many files


def contents(transfer: Transfer) -> str:
    """What is in it, and its size: "Picture · 3.4 MB", "12 files (10 pictures) · 34 MB"."""
    size = readable_size(transfer.size)
    if transfer.one:
        return f"{_(_kind(transfer.one.info).alone)} · {size}"
    kinds = Counter(_kind(file.info) for file in transfer.files)
    count = len(transfer.files)
    if len(kinds) == 1 and _OTHER not in kinds:
        return f"{_some(*next(iter(kinds.items())))} · {size}"
    named = [each for each in kinds.most_common() if each[0] is not _OTHER][:SHOWN_KINDS]
    words = f" ({', '.join(_some(*each) for each in named)})" if named else ""
    return f"{_OTHER.some(count)}{words} · {size}"


def _kind(info: FileInfo) -> _Kind:
    return _KINDS.get(info.type) or _KINDS.get(info.type.partition("/")[0]) or _OTHER


def _some(kind: _Kind, count: int) -> str:
    return kind.some(count)


def status(transfer: Transfer) -> str:
    """What is happening to it."""
    person = transfer.person
    if transfer.state is TransferState.OFFERED:
        if not transfer.incoming:
            return _("Offered to {person}", person=person)
        return transfer.problem or _wanted(transfer)
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
        return f"{int(share * 100)} %" if file.moved else _("Waits its turn")
    if state is TransferState.PAUSED:
        return _("Paused")
    if state is TransferState.DONE:
        return _("Checked: {hash}…", hash=file.sha256[:12])
    return transfer.file_problem(index)


def announcement(transfer: Transfer) -> str:
    """What a person is told who does not look at the page."""
    person, title = transfer.person, transfer.title
    if transfer.state is not TransferState.DONE:
        return " ".join([_("{title} has not arrived.", title=title), transfer.problem])
    return (
        _("{title} has arrived from {person}.", title=title, person=person)
        if transfer.incoming
        else _("{person} has {title}.", person=person, title=title)
    )


def _is_known(transfer: Transfer) -> bool:
    """After a reload only the page that receives knows how much has arrived."""
    return not transfer.waits or transfer.moved > 0


def _wanted(transfer: Transfer) -> str:
    person = transfer.person
    if transfer.one:
        return _("{person} wants to send you this", person=person)
    return ngettext(
        "{person} wants to send you {count} file",
        "{person} wants to send you these {count} files",
        len(transfer.files),
        person=person,
    )


def _why_paused(transfer: Transfer) -> str:
    if transfer.waits and transfer.incoming:
        return _("Waiting for {person} to go on", person=transfer.person)
    if transfer.waits:
        if transfer.one:
            return _("Waiting for the file: after a reload, choose it again")
        return _("Waiting for the files: after a reload, choose them again")
    if not transfer.connected:
        return _("Paused, goes on by itself when {person} is back", person=transfer.person)
    if not transfer.paused_by:
        return _("Waiting for {person} to go on", person=transfer.person)
    return _("Paused by {names}", names=joined(transfer.paused_by))


def _of_files(done: int, count: int) -> str:
    return ngettext("{done} of {count} file", "{done} of {count} files", count, done=done)


def _so_far(transfer: Transfer) -> str:
    moved, total = readable_size(transfer.moved), readable_size(transfer.total)
    return _("{moved} of {total}", moved=moved, total=total)


def _progress(transfer: Transfer) -> str:
    words = [_so_far(transfer)]
    if not transfer.one:
        wanted = len(transfer.files) - transfer.counts[FileState.DECLINED]
        words.insert(0, _of_files(transfer.counts[FileState.DONE], wanted))
    if transfer.speed:
        words.append(f"{readable_size(transfer.speed)}/s")
    if transfer.seconds_left is not None:
        words.append(_("{time} left", time=readable_time(transfer.seconds_left)))
    return " · ".join(words)


def _done(transfer: Transfer) -> str:
    person, folder = transfer.person, transfer.record.folder
    checked = _("checked (SHA-256)")
    if folder:
        checked = _("{checked}, in the folder “{folder}”", checked=checked, folder=folder)
    if transfer.one:
        words = (
            _("Received from {person}", person=person)
            if transfer.incoming
            else _("{person} has it", person=person)
        )
        return f"{words}, {checked}"
    done, count = transfer.counts[FileState.DONE], len(transfer.files)
    all_of_them = ngettext("all {count} files", "all {count} files", count)
    files = all_of_them if done == count else _of_files(done, count)
    words = (
        _("Received {files} from {person}", files=files, person=person)
        if transfer.incoming
        else _("{person} has {files}", person=person, files=files)
    )
    return f"{words}, {checked}"


def _ended(transfer: Transfer) -> str:
    """Why, and how many of many files are there in spite of it."""
    failed = transfer.state is TransferState.FAILED
    words = transfer.problem or (_("failed") if failed else _("cancelled"))
    if done := transfer.counts[FileState.DONE]:
        files = _of_files(done, len(transfer.files))
        words = " ".join([_("{files} have arrived.", files=files), words])
    return words
