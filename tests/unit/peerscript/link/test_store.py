"""What a page finds again after a reload."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerscript.errors import StorageFull
from peerscript.link.store import SessionRecord, SessionStore
from peerscript.protocol.link.invites import InviteSecret
from peerscript.protocol.link.state import Verification
from tests.properties.crashing import Crash, Disk

BOB = SessionRecord("bob", True, "5e55", "ab12", "s3cret", Verification.COMPARED, "Bøb 😀")


class FullStorage(dict[str, str]):
    def __setitem__(self, name: str, value: str) -> None:
        raise OSError("QuotaExceededError")


def test_a_session_comes_back_whole() -> None:
    storage: dict[str, str] = {"somebody else's": "thing"}
    SessionStore(storage).save(BOB)
    bobby = SessionRecord("bobby", False)
    SessionStore(storage).save(bobby)
    assert SessionStore(storage).all() == [BOB, bobby]


def test_sessions_come_back_in_the_order_in_which_they_were_begun() -> None:
    storage: dict[str, str] = {}
    for met, peer_id in ((3.0, "a"), (1.0, "b"), (2.0, "c")):
        SessionStore(storage).save(SessionRecord(peer_id, guest=False, met=met))
    assert [each.peer_id for each in SessionStore(storage).all()] == ["b", "c", "a"]


def test_a_session_is_forgotten_with_its_messages_and_nothing_else_is() -> None:
    storage = {"theirs": "1", "peerscript/messages/bobby/5e55/1": "1"}
    sessions = SessionStore(storage)
    kept = dict(storage)
    sessions.save(BOB)
    storage[f"{BOB.journal}0001"] = "a message"
    sessions.forget(BOB)
    sessions.forget(BOB)
    assert storage == kept


def test_sessions_under_one_id_are_kept_apart() -> None:
    sessions = SessionStore({})
    other = SessionRecord("bob", False, "0the", "cd34")
    for session in (BOB, other):
        sessions.save(session)
    assert sessions.all() == [BOB, other]
    sessions.forget(BOB)
    assert sessions.all() == [other]


def test_a_dial_becomes_a_session_whenever_the_page_is_killed() -> None:
    dial = SessionRecord("bob", True, secret="s3cret")
    met = replace(dial, session="5e55", key="ab12")
    disk = Disk()
    sessions = SessionStore(disk)
    for before, kept in ((True, dial), (False, met)):
        disk.records.clear()
        sessions.save(dial)
        disk.fuse, disk.before = 0, before
        with pytest.raises(Crash):
            sessions.save(met)
        assert sessions.all() == [kept]
        sessions.forget(kept)
        assert sessions.all() == []


def test_a_session_that_found_no_room_is_forgotten_with_its_dial() -> None:
    dial = SessionRecord("bob", True, secret="s3cret")
    disk = Disk()
    sessions = SessionStore(disk)
    sessions.save(dial)
    disk.room = 0
    met = replace(dial, session="5e55", key="ab12")
    with pytest.raises(StorageFull):
        sessions.save(met)
    sessions.forget(met)
    assert sessions.all() == []


def test_what_an_earlier_version_kept_is_no_session() -> None:
    sessions = SessionStore({})
    sessions.save(BOB)
    sessions.storage["peerscript/session/bob"] = sessions.storage.pop(
        f"peerscript/session/{BOB.id}"
    )
    assert sessions.all() == []


def test_invites_come_back() -> None:
    storage: dict[str, str] = {}
    invites = [InviteSecret("a", 12.5, 3), InviteSecret("b", revoked=True)]
    assert SessionStore(storage).invites() == ()
    SessionStore(storage).save_invites(invites)
    assert SessionStore(storage).invites() == tuple(invites)
    assert SessionStore(storage).all() == []


def test_a_full_storage_is_told() -> None:
    with pytest.raises(StorageFull):
        SessionStore(FullStorage()).save(BOB)
    with pytest.raises(StorageFull):
        SessionStore(FullStorage()).save_invites([])
