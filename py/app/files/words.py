"""The texts of a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from app.files.group import AnyTransfer, Group
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


def contents(transfer: AnyTransfer) -> str:
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


def status(transfer: AnyTransfer) -> str:
    """What is happening to it."""
    if isinstance(transfer, Group):
        return _of_all(transfer)
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


def person_status(transfer: Transfer) -> str:
    """What is happening to it, beside the name of one of the people to whom it was given."""
    if transfer.state is TransferState.OFFERED:
        return _("No answer yet")
    if transfer.state is TransferState.DONE:
        files = "" if transfer.one else _files_there(transfer)
        return _("Has {files}", files=files) if files else _("Has it")
    if transfer.counts[FileState.DECLINED] == len(transfer.files):
        return _("Declined.")
    return status(transfer)


def percent(transfer: AnyTransfer) -> str:
    """How much of it is there; never 100 % of what is not confirmed."""
    return f"{int(transfer.share * 100)} %" if _is_known(transfer) else ""


def file_share(transfer: AnyTransfer, index: int) -> float:
    """How much of one of its files is there, from 0 to 1; of several people, at all of them."""
    each_ones = transfer.transfers if isinstance(transfer, Group) else [transfer]
    files = [each.files[index] for each in each_ones]
    size = sum(file.info.size for file in files)
    return min(sum(file.moved for file in files) / size, 0.99) if size else 0.0


def file_status(transfer: AnyTransfer, index: int) -> str:
    """What is happening to one of its files."""
    if isinstance(transfer, Group):
        states = [each.file_state(index) for each in transfer.transfers]
        return _have_it(states.count(TransferState.DONE), len(transfer.to))
    file, state = transfer.files[index], transfer.file_state(index)
    if state is TransferState.ACTIVE or (state is TransferState.PAUSED and file.moved):
        share = file_share(transfer, index)
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


def _of_all(group: Group) -> str:
    """To whom it was given, and how many have it."""
    words = [_("To {names}", names=joined(group.to))]
    if not group.restored:
        words.append(_have_it(group.done, len(group.to)))
    elif ended := len(group.to) - len(group.transfers):
        words.append(
            ngettext(
                "for one of them it had ended before this page was loaded again",
                "for {count} of them it had ended before this page was loaded again",
                ended,
            )
        )
    if group.waits:
        words.append(_waiting_for_files(group))
    return " · ".join(words)


def _have_it(done: int, count: int) -> str:
    return ngettext("{done} of {count} has it", "{done} of {count} have it", count, done=done)


def _is_known(transfer: AnyTransfer) -> bool:
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
        return _waiting_for_files(transfer)
    if not transfer.connected:
        return _("Paused, goes on by itself when {person} is back", person=transfer.person)
    if not transfer.paused_by:
        return _("Waiting for {person} to go on", person=transfer.person)
    return _("Paused by {names}", names=joined(transfer.paused_by))


def _waiting_for_files(transfer: AnyTransfer) -> str:
    if transfer.one:
        return _("Waiting for the file: after a reload, choose it again")
    return _("Waiting for the files: after a reload, choose them again")


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
    files = _files_there(transfer)
    words = (
        _("Received {files} from {person}", files=files, person=person)
        if transfer.incoming
        else _("{person} has {files}", person=person, files=files)
    )
    return f"{words}, {checked}"


def _files_there(transfer: Transfer) -> str:
    done, count = transfer.counts[FileState.DONE], len(transfer.files)
    all_of_them = ngettext("all {count} files", "all {count} files", count)
    return all_of_them if done == count else _of_files(done, count)


def _ended(transfer: Transfer) -> str:
    """Why, and how many of many files are there in spite of it."""
    failed = transfer.state is TransferState.FAILED
    words = transfer.problem or (_("failed") if failed else _("cancelled"))
    if done := transfer.counts[FileState.DONE]:
        files = _of_files(done, len(transfer.files))
        words = " ".join([_("{files} have arrived.", files=files), words])
    return words
