"""One connection under a Link: frames in and out on two data channels, and how it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript import DataConnection, Peer
from peerscript.data.wire import CHECK_EVERY, HIGH_WATER, SideChannel
from peerscript.errors import ConnectionLost, InboxFull, LinkMisused
from peerscript.link.pace import AT_ONCE
from peerscript.link.path import BULK_ID, FRAMES_PER_SECOND, Path
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import SESSION, Ack, Beat, Bye, SessionMessage
from peerscript.testing import MemoryNetwork
from tests.clock import soon, until

LARGE = Envelope("files", 1, bytes(60_000))


@pytest.fixture
async def ends(alice: Peer, bob: Peer) -> tuple[DataConnection, DataConnection]:
    near = await alice.connect("bob", serialization="raw")
    return near, await anext(bob.connections())


Ends = tuple[DataConnection, DataConnection]


class PathEvents:
    """Keeps what it hears, and when."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.times: list[float] = []

    def on_message(self, path: Path, message: SessionMessage | Envelope) -> None:
        self.heard.append(message)
        self.times.append(asyncio.get_running_loop().time())

    on_envelope = on_message


def new_path(connection: DataConnection, events: PathEvents) -> Path:
    """A path that makes no stripes."""
    return Path(connection, events, lambda: pytest.fail("not asked for"))


def path_on(connection: DataConnection) -> tuple[Path, list[Any]]:
    events = PathEvents()
    return new_path(connection, events), events.heard


def run_both(ends: Ends) -> tuple[Path, Path, list[Any], list[asyncio.Task[Any]]]:
    (path, _), (other, heard) = map(path_on, ends)
    return path, other, heard, [asyncio.create_task(each.run()) for each in (path, other)]


def whole(heard: list[Any]) -> int:
    """How many messages have arrived to their end."""
    return sum(not (isinstance(each, Envelope) and each.more) for each in heard)


async def test_messages_and_envelopes_in_order(ends: Ends) -> None:
    path, _, heard, running = run_both(ends)
    first = Envelope("chat", 1, b"one")
    path.send_message(Ack(1, "chat"))
    path.send_frame(first.encode())
    path.send_frame(lambda: Envelope("laser", 2, b"deferred").encode())
    path.send_frame(lambda: None)
    path.send_message(Beat())
    await until(lambda: len(heard) == 4)
    assert heard == [Ack(1, "chat"), first, Envelope("laser", 2, b"deferred"), Beat()]
    await path.close()
    assert await asyncio.gather(*running) == [None, None]
    assert heard[-1] == Bye()
    path.send_message(Beat())  # into the void


async def test_what_is_deferred_is_made_when_its_turn_comes(
    ends: Ends, network: MemoryNetwork
) -> None:
    path, _, heard, running = run_both(ends)
    newest = 0

    def frame() -> bytes:
        return Envelope("laser", newest, b"").encode()

    network.hold()
    await asyncio.sleep(1)
    for _ in range(40):
        path.send_frame(LARGE.encode())
    path.send_frame(frame)
    await asyncio.sleep(1)
    newest = 7
    network.release()
    await until(lambda: len(heard) == 41)
    assert heard[-1].number == 7
    await path.close()
    await asyncio.gather(*running)


async def test_nothing_waits_behind_what_is_large(ends: Ends, network: MemoryNetwork) -> None:
    path, _, heard, running = run_both(ends)
    path.send_message(Beat())
    await soon(lambda: heard)
    network.hold()
    for _ in range(100):
        path.send_bulk(LARGE.channel, LARGE.number, bytes(LARGE.payload))
    await asyncio.sleep(1)
    path.send_frame(Envelope("chat", 1, b"at once").encode())
    network.release()
    await soon(lambda: any(each.channel == "chat" for each in heard[1:]))
    assert len(heard) < 10
    await until(lambda: whole(heard) == 102)
    await path.close()
    await asyncio.gather(*running)


async def test_bulk_has_a_flow_control_of_its_own(ends: Ends, network: MemoryNetwork) -> None:
    path, _, heard, running = run_both(ends)
    await asyncio.sleep(1)
    network.hold()
    for _ in range(100):
        path.send_bulk(LARGE.channel, LARGE.number, bytes(LARGE.payload))
    await asyncio.sleep(1)
    channel: Any = ends[0]._channel
    assert channel.wires[BULK_ID].buffered_amount < HIGH_WATER + 2 * CHECK_EVERY
    network.release()
    path.send_message(Beat())
    await until(lambda: whole(heard) == 101)
    await path.close()
    await asyncio.gather(*running)


async def test_bulk_is_not_heard_before_anything_else(ends: Ends) -> None:
    """It may overtake what tells whose it is: the two data channels know nothing of each other."""
    near, far = ends
    path, heard = path_on(far)
    running = asyncio.create_task(path.run())
    bulk = near._open_side_channel(BULK_ID, "bulk", inbox_limit=1000)
    await bulk.send(LARGE.encode())
    await asyncio.sleep(1)
    assert heard == []
    await near.send(SESSION.encode(Beat()))
    await until(lambda: len(heard) == 2)
    assert heard == [Beat(), LARGE]
    await near.close()
    await running


@pytest.mark.parametrize("side", [0, 1])
async def test_whoever_closes_the_bulk_channel_alone_ends_the_path(ends: Ends, side: int) -> None:
    bulks: list[SideChannel] = []
    for each in ends:
        open_side_channel = each._open_side_channel

        def opened(*args: Any, real: Any = open_side_channel, **options: Any) -> SideChannel:
            bulks.append(real(*args, **options))
            return bulks[-1]

        each._open_side_channel = opened  # type: ignore[method-assign]
    path, other, heard, running = run_both(ends)
    path.send_message(Beat())
    other.send_message(Beat())
    await soon(lambda: heard)
    bulks[side].close()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*running) == [None, None]
    assert not ends[0].open
    assert not ends[1].open


async def test_a_bulk_channel_that_is_flooded_ends_the_path(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.link.path.BULK_UNREAD", 1000)
    near, far = ends
    running = asyncio.create_task(new_path(far, PathEvents()).run())
    bulk = near._open_side_channel(BULK_ID, "bulk", inbox_limit=1000)
    for _ in range(3):
        await bulk.send(LARGE.encode())
    await near.send(SESSION.encode(Beat()))
    async with asyncio.timeout(5):
        await running
    assert not far.open


@pytest.mark.parametrize("talked", [False, True])
async def test_a_broken_path_says_why(ends: Ends, network: MemoryNetwork, talked: bool) -> None:
    """Whichever of the two data channels is heard to end first."""
    path, heard = path_on(ends[0])
    running = asyncio.create_task(path.run())
    if talked:
        await ends[1].send(SESSION.encode(Beat()))
        await soon(lambda: heard)
    await asyncio.sleep(0)
    network.cut()
    assert isinstance(await running, ConnectionLost)


async def test_who_sends_more_than_can_be_read_is_dropped(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.link.path.FRAMES_AT_ONCE", 10)
    near, far = ends
    for _ in range(12):
        await near.send(SESSION.encode(Beat()))
    await until(lambda: far.unread == 12)
    events = PathEvents()
    with pytest.raises(LinkMisused, match="more than"):
        await new_path(far, events).run()
    assert events.heard == []
    assert not far.open


async def test_who_fills_the_inbox_is_dropped(ends: Ends) -> None:
    _, far = ends
    far._on_close(InboxFull("full"))
    with pytest.raises(LinkMisused, match="faster"):
        await new_path(far, PathEvents()).run()


@pytest.mark.parametrize(
    "frame",
    ["", "null", "[]", '{"kind": "ack"}', "\0", '{"kind": "ack"', b"", b"short", bytes(100)],
)
async def test_rubbish_ends_it(ends: Ends, frame: str | bytes) -> None:
    near, far = ends
    await near.send(frame)
    with pytest.raises(LinkMisused, match="rubbish"):
        await new_path(far, PathEvents()).run()
    assert not far.open


async def test_rubbish_on_the_bulk_channel_ends_it(ends: Ends) -> None:
    near, far = ends
    running = asyncio.create_task(new_path(far, PathEvents()).run())
    await asyncio.sleep(0)
    bulk = near._open_side_channel(BULK_ID, "bulk", inbox_limit=1000)
    await bulk.send(b"rubbish")
    await near.send(SESSION.encode(Beat()))
    with pytest.raises(LinkMisused, match="rubbish"):
        await running
    assert not far.open


async def test_messages_of_a_later_version_are_not_heard(ends: Ends) -> None:
    near, far = ends
    path, heard = path_on(far)
    running = asyncio.create_task(path.run())
    await near.send('{"kind": "dance"}')
    await near.send(SESSION.encode(Beat()))
    await until(lambda: heard)
    assert heard == [Beat()]
    await near.close()
    assert await running is None


async def test_a_flood_ends_it_and_what_a_path_sends_itself_is_none(ends: Ends) -> None:
    near, far = ends
    events = PathEvents()
    times = events.times
    path = new_path(near, PathEvents())
    sending = asyncio.create_task(path.run())
    receiving = asyncio.create_task(new_path(far, events).run())
    for _ in range(AT_ONCE + 3 * FRAMES_PER_SECOND):
        path.send_message(Beat())
    await until(lambda: len(times) == AT_ONCE + 3 * FRAMES_PER_SECOND)
    assert times[AT_ONCE - 1] == times[0]
    assert times[-1] - times[0] == pytest.approx(3, abs=0.1)
    frame = SESSION.encode(Beat())
    for _ in range(9000):
        if near.open:
            await near.send(frame)
    with pytest.raises(LinkMisused, match="1000/s"):
        await receiving
    await sending


async def test_a_frame_that_the_browser_refuses_ends_it(ends: Ends) -> None:
    path = new_path(ends[0], PathEvents())
    path.send_frame(bytes(ends[0].max_message_size + 1))
    async with asyncio.timeout(5):
        await path.run()
    assert not ends[0].open


async def test_silence(ends: Ends) -> None:
    near, _ = ends
    path = new_path(near, PathEvents())
    silent = []
    for _ in range(5):
        await asyncio.sleep(1)
        silent.append(path.tick())
    assert silent[0] is False
    assert silent[-1] is True


async def test_leaving_somebody_who_takes_nothing(ends: Ends, network: MemoryNetwork) -> None:
    path = new_path(ends[0], PathEvents())
    running = asyncio.create_task(path.run())
    network.hold()
    await asyncio.sleep(0)
    await path.close()
    await running
    assert not ends[0].open
    network.release()


async def test_leaving_while_much_waits_to_be_sent(ends: Ends, network: MemoryNetwork) -> None:
    """The browser takes no more, and so the last word has no chance."""
    path = new_path(ends[0], PathEvents())
    running = asyncio.create_task(path.run())
    network.hold()
    for _ in range(100):
        path.send_frame(LARGE.encode())
        path.send_bulk(LARGE.channel, LARGE.number, bytes(LARGE.payload))
    await asyncio.sleep(0)
    await path.close()
    async with asyncio.timeout(5):
        await running
    assert not ends[0].open
    network.release()


async def test_abandoning_says_nothing(ends: Ends) -> None:
    path, _, heard, running = run_both(ends)
    await asyncio.sleep(0)
    path.abandon()
    assert await asyncio.gather(*running) == [None, None]
    assert heard == []


async def test_a_connection_that_closed_before_the_path_began(ends: Ends) -> None:
    path = new_path(ends[0], PathEvents())
    path.send_message(Beat())
    await ends[0].close()
    assert await path.run() is None
    path.send_frame(b"into the void")
    await path.close()
    abandoned = new_path(ends[1], PathEvents())
    abandoned.abandon()
    assert await abandoned.run() is None
