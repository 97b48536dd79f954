"""What a Link does under its facade, word by word: states, paths, page loads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest

from peerscript.errors import ConnectionLost, LinkClosed, LinkMisused, StorageFull
from peerscript.link.channel_inbox import ChannelInbox
from peerscript.link.channel_session import ChannelSession
from peerscript.link.session import LinkSession
from peerscript.link.store import SessionRecord, SessionStore
from peerscript.ports import Fingerprints
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import (
    MAX_SENDABLE,
    Ack,
    Away,
    Beat,
    Bye,
    Named,
    NoChannel,
    Opened,
    Resume,
)
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.protocol.values import pythonpack, sendable
from tests.unit.peerscript.link.recorded import RecordedPath
from tests.unit.peerscript.pages import sealed

RECORD = SessionRecord("alice", guest=True, session="ours", key="00" * 32)


class Connected:
    """The connection of a SessionPath."""

    def __init__(self, fingerprints: Fingerprints | None) -> None:
        self.fingerprints = fingerprints


class SessionPath(RecordedPath):
    """A path that keeps what is said, and how it ends."""

    def __init__(self, fingerprints: Fingerprints | None) -> None:
        super().__init__()
        self.connection = Connected(fingerprints)
        self.silent = self.abandoned = self.closed = False
        self.stripes = self
        self.allowed: tuple[int, bytes, bool] | None = None

    def allow(self, limit: int, certificate: bytes, *, guest: bool) -> None:
        self.allowed = limit, certificate, guest

    def tick(self) -> bool:
        return self.silent

    def abandon(self) -> None:
        self.abandoned = True

    async def close(self) -> None:
        self.closed = True


class Storage(dict[str, str]):
    full = False

    def __setitem__(self, name: str, value: str) -> None:
        if self.full:
            raise OSError("QuotaExceededError")
        super().__setitem__(name, value)


class Side:
    """A session, and who dials for it."""

    def __init__(self, record: SessionRecord = RECORD, state: LinkState | None = None) -> None:
        self.storage = Storage()
        self.restored = self.ended_times = 0
        self.running = True
        self.events: list[str] = []
        self.session = LinkSession(
            record, SessionStore(self.storage), "Bob", self, state or LinkState.RECONNECTING
        )
        self.session.bind(self.events.append)

    def stands(self, state: LinkState) -> bool:
        return self.session.state is state

    def is_verified(self, verification: Verification) -> bool:
        return self.session.record.verification is verification

    def restore(self, session: LinkSession) -> None:
        assert session is self.session
        self.restored += 1

    def ended(self, session: LinkSession) -> None:
        self.ended_times += 1

    def attach(self, fingerprints: Fingerprints | None = None) -> Any:
        path: Any = SessionPath(fingerprints)
        self.session.attach(path, bytes(32))
        return path

    def connect(self, epoch: str = "first", heard: str | None = None) -> Any:
        path = self.attach()
        resume = path.take()[0]
        self.session.on_message(
            path, Resume("Alice", epoch, resume.epoch if heard is None else heard)
        )
        return path

    def open(self, name: str = "talk", mode: Mode = Mode.RELIABLE) -> ChannelSession:
        channel = self.session.open_channel(name, mode)
        channel.bind(ChannelInbox(name, mode, None), lambda *_: None)
        self.session.begin_channel(channel)
        return channel


# A path is proven


async def test_this_side_says_first_where_it_goes_on() -> None:
    side = Side()
    side.open("chat", Mode.KEPT)
    resume, opened = side.attach().take()
    assert (resume.name, resume.heard, opened) == ("Bob", "", Opened(0, "chat", "kept"))
    assert side.stands(LinkState.RECONNECTING)
    path = side.attach(Fingerprints(b"own", b"theirs"))
    side.session.on_message(path, Resume(" Alice ", "first", "whatever", stripes=2))
    assert path.allowed == (2, b"theirs", side.session.guest)
    assert side.stands(LinkState.CONNECTED)
    assert side.session.record.name == "Alice"
    assert side.events == ["change", "change"]  # the name, and the state
    assert side.attach().take()[0] == replace(resume, heard="first")


async def test_the_certificate_is_the_newest_paths() -> None:
    side = Side()
    side.attach(Fingerprints(b"own", b"theirs"))
    assert side.session.certificate == b"theirs"
    side.attach()
    assert side.session.certificate == b""


async def test_a_new_path_takes_the_place_of_the_old_one() -> None:
    side = Side()
    old = side.connect()
    new = side.attach()
    assert old.abandoned
    for word in (Bye(), Away(), Resume("Mallory", "", ""), Ack(7, "talk"), Beat()):
        side.session.on_message(old, word)
    side.session.on_envelope(old, Envelope("talk", 7, b"rubbish"))
    side.session.detach(old, ConnectionLost("late"))
    assert side.stands(LinkState.CONNECTED)
    assert side.restored == 0
    side.session.detach(new, ConnectionLost("broke"))
    assert side.stands(LinkState.RECONNECTING)
    assert isinstance(side.session.error, ConnectionLost)
    assert side.restored == 1


@pytest.mark.parametrize(
    "word",
    [
        Named("Eve"),
        Ack(0, "talk"),
        Opened(0, "talk", "reliable"),
        NoChannel("talk"),
        sealed("talk", 1, ""),
    ],
    ids=repr,
)
async def test_channels_say_nothing_before_it_is_known_whose_they_are(word: Any) -> None:
    """On a second path, too: what the first one knew is another's, perhaps."""
    side = Side()
    side.open()
    side.connect()
    path = side.attach()
    with pytest.raises(LinkMisused, match="before Resume"):
        if isinstance(word, Envelope):
            side.session.on_envelope(path, word)
        else:
            side.session.on_message(path, word)


# Names


async def test_a_name_that_changes_is_taken_once_a_second() -> None:
    side = Side()
    path = side.connect()
    side.events.clear()
    for number in range(100):
        side.session.on_message(path, Named(f"\u202eAda {number}"))
    assert side.session.record.name == "Ada 0"
    side.session.tick()
    assert side.session.record.name == "Ada 99"
    assert side.events == ["change", "change"]
    side.session.tick()
    side.session.on_message(path, Named("Ada 99"))
    assert side.events == ["change", "change"]  # it is the same


async def test_an_own_name_is_told_at_once_or_with_the_next_path() -> None:
    side = Side()
    side.session.rename("Robert")
    path = side.attach()
    assert path.take()[0].name == "Robert"
    side.session.rename("Rob")
    assert path.take() == [Named("Rob")]


async def test_the_name_of_a_newer_path_is_the_newest() -> None:
    side = Side()
    path = side.connect()
    for name in ("Ada", "Eva"):
        side.session.on_message(path, Named(name))
    side.connect()
    side.session.tick()
    assert side.session.record.name == "Alice"


async def test_a_name_that_cannot_be_saved_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    side = Side()
    path = side.connect()
    side.storage.full = True
    side.events.clear()
    side.session.on_message(path, Named("Ada"))
    assert (side.session.record.name, side.events) == ("Ada", ["change"])
    assert "forgets their name" in caplog.text


async def test_nobody_says_twice_where_they_go_on() -> None:
    side = Side()
    path = side.connect()
    with pytest.raises(LinkMisused, match="second Resume"):
        side.session.on_message(path, Resume("Alice", "first", ""))


@dataclass
class Move:
    x: int = 0


async def test_the_dataclasses_that_both_have(monkeypatch: pytest.MonkeyPatch) -> None:
    side = Side()
    path = side.attach()
    side.session.on_message(path, Resume("Alice", "first", "", "Move\nTurn"))
    assert side.session.sendable() == {"Move", "Turn"}
    side.connect()
    assert side.session.sendable() == frozenset()
    many = sorted(f"name{number:04}" for number in range(1000))
    monkeypatch.setattr(sendable, "names", lambda: many)
    said = side.attach().take()[0].sendable
    assert MAX_SENDABLE - 10 < len(said) <= MAX_SENDABLE
    assert said.split("\n") == many[: said.count("\n") + 1]


# Their page is loaded anew


async def test_a_new_page_load_is_a_restart_and_the_first_is_none() -> None:
    side = Side()
    channel = side.open()
    side.connect("first")
    await channel.send(pythonpack.pack("for the first"))
    side.connect("first")
    assert "restart" not in side.events
    assert channel.entries == []
    path = side.connect("second")
    assert side.events.count("restart") == 1
    side.session.on_message(path, Opened(0, "talk", "reliable"))
    assert path.take() == []


async def test_numbers_count_where_both_know_this_page_load() -> None:
    side = Side()
    channel = side.open()
    await channel.send(pythonpack.pack("one"))
    path = side.connect(heard="another page load of mine")
    side.session.on_message(path, Opened(1, "talk", "reliable"))
    assert path.take() == [sealed("talk", 1, "one")]
    path = side.connect()
    side.session.on_message(path, Opened(1, "talk", "reliable"))
    assert path.take() == []
    path = side.connect()
    with pytest.raises(LinkMisused):
        side.session.on_message(path, Opened(2, "talk", "reliable"))


async def test_a_channel_that_opens_late_and_cannot_be_ends_the_session() -> None:
    side = Side()
    path = side.connect()
    side.session.on_message(path, Opened(7, "talk", "reliable"))
    side.open()
    assert side.stands(LinkState.CLOSED)
    assert isinstance(side.session.error, LinkMisused)
    assert path.abandoned


# Silence


async def test_silence_is_missed_and_any_word_but_away_heals_it() -> None:
    for healing in (Beat(), sealed("talk", 1, "")):
        side = Side()
        side.open()
        path = side.connect()
        side.session.tick()
        assert side.stands(LinkState.CONNECTED)
        path.silent = True
        side.session.tick()
        assert side.stands(LinkState.RECONNECTING)
        assert isinstance(side.session.error, ConnectionLost)
        side.session.give_up(side.session.error)
        assert side.stands(LinkState.LOST)
        side.session.tick()  # and is not looked for again by itself
        assert side.restored == 1
        if isinstance(healing, Envelope):
            side.session.on_envelope(path, healing)
        else:
            side.session.on_message(path, healing)
        assert side.stands(LinkState.CONNECTED)
        assert side.session.error is None


async def test_a_path_that_has_not_begun_does_not_heal() -> None:
    side = Side()
    path = side.attach()
    side.session.on_message(path, Beat())
    assert side.stands(LinkState.RECONNECTING)
    side.session.tick()
    path.silent = True
    side.session.tick()
    assert side.restored == 1


async def test_away_and_freeze() -> None:
    side = Side()
    side.session.freeze()
    side.session.tick()
    path = side.connect()
    side.session.freeze()
    assert path.take() == [Away()]
    side.session.on_message(path, Away())
    assert side.stands(LinkState.RECONNECTING)
    assert side.session.error is None
    side.session.retry()  # nothing was given up
    assert side.restored == 1


async def test_a_person_tries_again_what_was_given_up() -> None:
    for record, following in (
        (RECORD, LinkState.RECONNECTING),
        (replace(RECORD, key=""), LinkState.CONNECTING),
    ):
        side = Side(record, following)
        side.session.give_up(ConnectionLost("gone"))
        side.session.retry()
        assert side.session.state is following
        assert side.session.error is None
        assert side.restored == 1


# The end


async def test_the_end_forgets_it() -> None:
    side = Side()
    side.session.save(RECORD)
    channel = side.open("chat", Mode.KEPT)
    await channel.send(b"")
    assert side.storage
    path = side.connect()
    await side.session.close(None)
    assert path.closed
    assert not side.storage
    assert side.stands(LinkState.CLOSED)
    assert side.ended_times == 1
    await side.session.close(None)
    side.session.end(LinkClosed("again"))
    side.session.give_up(LinkClosed("late"))
    side.session.detach(path, None)
    assert side.session.error is not None
    assert side.ended_times == 1
    with pytest.raises(LinkClosed):
        side.session.establish(RECORD)
    with pytest.raises(LinkClosed):
        side.open("late")
    assert not side.storage


async def test_a_bye_ends_it() -> None:
    side = Side()
    path = side.connect()
    side.session.on_message(path, Bye())
    assert side.stands(LinkState.CLOSED)
    assert isinstance(side.session.error, LinkClosed)
    side.session.on_message(path, Beat())
    side.session.on_envelope(path, sealed("talk", 1, ""))
    assert side.stands(LinkState.CLOSED)


async def test_whoever_hears_of_the_end_finds_it_over() -> None:
    side = Side()
    channel = side.open()
    reading = asyncio.create_task(channel._inbox.get())  # type: ignore[union-attr]
    seen: list[LinkState] = []
    reading.add_done_callback(lambda _: seen.append(side.session.state))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(side.session.end, None)
    await asyncio.gather(reading, return_exceptions=True)
    await asyncio.sleep(0)
    assert seen == [LinkState.CLOSED]


async def test_a_stranger_who_was_turned_away_leaves_nothing() -> None:
    side = Side(SessionRecord("mallory", guest=False), LinkState.ASKING)
    side.storage["peerscript/other"] = "stays"
    side.session.decide(False)
    side.session.decide(True)  # too late
    assert side.session.decision.result() is False
    side.session.end(None)
    assert list(side.storage) == ["peerscript/other"]


async def test_what_cannot_be_kept() -> None:
    side = Side()
    path = side.attach()
    side.storage.full = True
    with pytest.raises(StorageFull):
        side.session.on_message(path, Resume("Alice", "first", ""))


async def test_a_call_goes_on_where_it_cannot_be_kept(caplog: pytest.LogCaptureFixture) -> None:
    side = Side()
    side.session.remember_call(7)
    side.storage.full = True
    side.session.remember_call(8)
    assert side.session.record.call == 8
    assert "a reload will end the call" in caplog.text
    side.session.end(None)
    side.session.remember_call(9)
    assert side.session.record.call == 8


async def test_states_and_waiting() -> None:
    side = Side()
    states: list[LinkState] = []

    async def follow() -> None:
        states.extend([state async for state in side.session.states()])

    following = asyncio.create_task(follow())
    waiting = asyncio.create_task(side.session.wait_connected())
    await asyncio.sleep(0)
    side.connect()
    await waiting
    await side.session.wait_connected()
    for again in (False, True):
        await asyncio.sleep(0)
        side.session.on_message(side.session._path, Away())  # type: ignore[arg-type]
        side.session.give_up(ConnectionLost("gone"))
        with pytest.raises(ConnectionLost):
            await side.session.wait_connected()
        if not again:
            side.connect()
    await side.session.close(None)
    with pytest.raises(LinkClosed):
        await side.session.wait_connected()
    await following
    assert states[0] is LinkState.RECONNECTING
    assert states[-1] is LinkState.CLOSED
    assert "alice" in repr(side.session)
    assert "closed" in repr(side.session)


async def test_a_phrase_is_confirmed_while_somebody_is_there() -> None:
    side = Side(replace(RECORD, verification=Verification.ADMITTED))
    side.session.confirm_phrase()
    side.connect()
    side.session.confirm_phrase()  # there is none
    assert side.is_verified(Verification.ADMITTED)
    side.session.show_phrase("four words to compare")
    side.session.confirm_phrase()
    assert side.is_verified(Verification.COMPARED)
    side.session.confirm_phrase()
    assert side.session.established
