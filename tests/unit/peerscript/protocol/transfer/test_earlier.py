"""What a person has decided holds for an offer that is made again."""

from __future__ import annotations

from peerscript.protocol.transfer.earlier import MAX_REMEMBERED, Earlier
from peerscript.protocol.transfer.manifest import FileInfo, Manifest
from peerscript.protocol.transfer.messages import Cancel
from peerscript.protocol.transfer.receiving import ReceivingOffer
from peerscript.protocol.transfer.transfer import FileState


def offer(key: int = 0, files: int = 6) -> ReceivingOffer:
    infos = tuple(FileInfo(f"{n}", 10) for n in range(files))
    return ReceivingOffer(7, Manifest("", infos, f"{key:032x}"), lambda _: None)


def decided(key: int = 0) -> ReceivingOffer:
    found = offer(key)
    found.decline([0])
    found.cancel([1], "Enough.")
    found.cancel([2], "Torn.", failed=True)
    found.on_change(Cancel(7, True, False, 3, 4, "Theirs."))
    found.accept([4, 5])
    found.pause([4], on=True)
    found.lose("gone")
    return found


def states(found: ReceivingOffer) -> list[FileState]:
    return [file.state for file in found.files]


def test_what_was_decided_here_alone() -> None:
    memory = Earlier()
    memory.note(decided())
    again = offer()
    memory.apply(again)
    assert states(again) == [FileState.DECLINED, FileState.CANCELLED, *[FileState.OFFERED] * 4]
    assert again.files[1].problem == "Enough."
    assert again.paused_here == [4]
    assert len(again.outgoing) == 3


def test_of_another_offer_nothing_is_known() -> None:
    memory = Earlier()
    memory.note(decided())
    again = offer(1)
    memory.apply(again)
    assert states(again) == [FileState.OFFERED] * 6


def test_a_shorter_list_under_the_same_key() -> None:
    memory = Earlier()
    memory.note(decided())
    again = offer(files=1)
    memory.apply(again)
    assert states(again) == [FileState.DECLINED]


def test_the_newest_count() -> None:
    memory = Earlier()
    memory.note(decided())
    settled = offer()
    settled.accept(range(6))
    settled.lose("gone")
    memory.note(settled)
    again = offer()
    memory.apply(again)
    assert states(again) == [FileState.OFFERED] * 6
    assert memory._size == 0


def test_it_does_not_grow_without_end() -> None:
    memory = Earlier()
    for key in range(MAX_REMEMBERED // 3 + 10):
        memory.note(decided(key))
    assert memory._size <= MAX_REMEMBERED
    assert next(iter(memory._decided)) != f"{0:032x}"
