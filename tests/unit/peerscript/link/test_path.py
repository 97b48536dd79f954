"""One connection under a Link: frames to words, and how it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import DataConnection, Peer
from peerscript.errors import ConnectionLost, InboxFull, LinkMisused
from peerscript.link.path import FRAMES_PER_SECOND, OWN_FRAMES_AT_ONCE, Path
from peerscript.protocol.link.messages import WORDS, Ack, Beat, Bye
from peerscript.testing import MemoryNetwork
from tests.clock import until


@pytest.fixture
async def ends(alice: Peer, bob: Peer) -> tuple[DataConnection, DataConnection]:
    near = await alice.connect("bob", serialization="raw")
    return near, await anext(bob.connections())


Ends = tuple[DataConnection, DataConnection]


async def test_words_and_bytes_in_order(ends: Ends) -> None:
    near, far = ends
    heard: list[Any] = []
    path, other = Path(near, lambda *_: None), Path(far, lambda path, word: heard.append(word))
    running = [asyncio.create_task(each.run()) for each in (path, other)]
    path.say(Ack(1, 2))
    path.say_bytes(b"12345678 bytes")
    path.say(Beat())
    await until(lambda: len(heard) == 3)
    assert heard == [Ack(1, 2), b"12345678 bytes", Beat()]
    await path.leave()
    assert await asyncio.gather(*running) == [None, None]
    assert heard[-1] == Bye()
    path.say(Beat())  # into the void


async def test_a_broken_path_says_why(ends: Ends, network: MemoryNetwork) -> None:
    running = asyncio.create_task(Path(ends[0], lambda *_: None).run())
    await asyncio.sleep(0)
    network.cut()
    assert isinstance(await running, ConnectionLost)


async def test_who_sends_more_than_can_be_read_is_dropped(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.link.path.FRAMES_AT_ONCE", 10)
    near, far = ends
    for _ in range(12):
        await near.send(WORDS.encode(Beat()))
    await until(lambda: far.unread == 12)
    heard: list[Any] = []
    with pytest.raises(LinkMisused, match="more than"):
        await Path(far, lambda _, word: heard.append(word)).run()
    assert heard == []
    assert not far.open


async def test_who_fills_the_inbox_is_dropped(ends: Ends) -> None:
    _, far = ends
    far.on_close(InboxFull("full"))
    with pytest.raises(LinkMisused, match="faster"):
        await Path(far, lambda *_: None).run()


@pytest.mark.parametrize("frame", ["", "null", "[]", '{"kind": "ack"}', "\0", '{"kind": "ack"'])
async def test_rubbish_ends_it(ends: Ends, frame: str) -> None:
    near, far = ends
    await near.send(frame)
    with pytest.raises(LinkMisused, match="rubbish"):
        await Path(far, lambda *_: None).run()
    assert not far.open


async def test_words_of_a_later_version_are_not_heard(ends: Ends) -> None:
    near, far = ends
    heard: list[Any] = []
    running = asyncio.create_task(Path(far, lambda path, word: heard.append(word)).run())
    await near.send('{"kind": "dance"}')
    await near.send(WORDS.encode(Beat()))
    await until(lambda: heard)
    assert heard == [Beat()]
    await near.close()
    assert await running is None


async def test_a_flood_ends_it_and_what_a_path_sends_itself_is_none(ends: Ends) -> None:
    near, far = ends
    now = asyncio.get_running_loop().time
    times: list[float] = []
    path = Path(near, lambda *_: None)
    sending = asyncio.create_task(path.run())
    receiving = asyncio.create_task(Path(far, lambda *_: times.append(now())).run())
    for _ in range(OWN_FRAMES_AT_ONCE + 3 * FRAMES_PER_SECOND):
        path.say(Beat())
    await until(lambda: len(times) == OWN_FRAMES_AT_ONCE + 3 * FRAMES_PER_SECOND)
    assert times[OWN_FRAMES_AT_ONCE - 1] == times[0]
    assert times[-1] - times[0] == pytest.approx(3, abs=0.1)
    frame = WORDS.encode(Beat())
    for _ in range(9000):
        if near.open:
            await near.send(frame)
    with pytest.raises(LinkMisused, match="1000/s"):
        await receiving
    await sending


async def test_silence(ends: Ends) -> None:
    near, _ = ends
    path = Path(near, lambda *_: None)
    silent = []
    for _ in range(5):
        await asyncio.sleep(1)
        silent.append(path.tick())
    assert silent[0] is False
    assert silent[-1] is True


async def test_leaving_somebody_who_takes_nothing(ends: Ends, network: MemoryNetwork) -> None:
    path = Path(ends[0], lambda *_: None)
    running = asyncio.create_task(path.run())
    network.hold()
    await asyncio.sleep(0)
    await path.leave()
    await running
    assert not ends[0].open
    network.release()


async def test_abandoning_says_nothing(ends: Ends) -> None:
    heard: list[Any] = []
    path = Path(ends[0], lambda *_: None)
    running = asyncio.create_task(path.run())
    await asyncio.sleep(0)
    other = asyncio.create_task(Path(ends[1], lambda path, word: heard.append(word)).run())
    path.abandon()
    assert await running is await other is None
    assert heard == []
