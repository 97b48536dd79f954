"""What no honest page says ends that Link, and no other."""

from __future__ import annotations

import pytest

from peerscript import Peer
from peerscript.errors import LinkMisused
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import Ack, Away, Beat, Bye, NoChannel, Opened, Resume
from peerscript.protocol.link.state import LinkState
from tests.clock import until
from tests.unit.peerscript.pages import Page, Stranger, knock, sealed


def part(number: int, size: int, channel: str = "chat") -> Envelope:
    return Envelope(channel, number, bytes(size), more=True)


@pytest.mark.parametrize(
    "words",
    [
        ["rubbish"],
        ['{"kind": 7}'],
        ['{"kind": "ack", "number": -1, "channel": "chat"}'],
        ['{"kind": "ack", "number": 1e400, "channel": "chat"}'],
        ['{"kind": "ack", "number": 1}'],
        ['{"kind": "ack", "number": 1, "channel": "\\ud800"}'],
        ["[" * 4000],
        [b""],
        [b"short"],
        [sealed("chat", 1, "one").encode()[:10]],
        [sealed("chat", 2**63, "a number that is too large").encode()],
        [Resume("Mallory", "epoch", "")],
        [sealed("chat", 2, "a number that jumps")],
        [sealed("talk", 2, "a number that jumps")],
        [sealed("chat", 1, "one"), sealed("chat", 3, "a number that jumps")],
        [Ack(1, "chat")],
        [Ack(1, "laser")],
        [Opened(1, "chat", "kept")],
        [Opened(0, "chat", "kept"), Opened(0, "chat", "kept")],
        [Opened(0, str(number), "kept") for number in range(65)],
        [Envelope("chat", 1, b"no value")],
        [Envelope("laser", 1, b"")],
        [part(1, 0)],
        [part(1, 10_000), sealed("chat", 2, "within another")],
        [part(1, 10_000)] * 110,
        [part(1, 10_000, "laser")] * 7,
    ],
    ids=lambda words: repr(words)[:40],
)
async def test_misuse_ends_that_link_alone(
    host: Page, guest: Page, intruder: Stranger, words: list[object]
) -> None:
    link = host.link("mallory")
    honest = host.link("bob")
    await intruder.say(*words)
    await until(lambda: link.state is LinkState.CLOSED, 5)
    assert isinstance(link.error, LinkMisused)
    await until(lambda: not intruder.connection.open, 5)
    await guest.chat("alice").send("still here?")
    await host.chat("bob").send("sure")
    await until(lambda: guest.heard["alice"] == ["sure"])
    assert host.heard["bob"] == ["still here?"]
    assert honest.connected


@pytest.mark.usefixtures("tenth")
async def test_a_flood_ends_that_link_alone(host: Page, guest: Page, intruder: Stranger) -> None:
    link = host.link("mallory")
    for number in range(1, 1000):
        if not intruder.connection.open:
            break
        await intruder.say(sealed("laser", number, None))
    await until(lambda: link.state is LinkState.CLOSED, 5)
    assert isinstance(link.error, LinkMisused)
    await guest.chat("alice").send("still here?")
    await until(lambda: host.heard["bob"] == ["still here?"])


async def test_kinds_of_a_later_version_are_ignored(host: Page, intruder: Stranger) -> None:
    await intruder.say('{"kind": "dance", "how": "wild"}', Beat(), sealed("chat", 1, "hello"))
    await until(lambda: host.heard["mallory"] == ["hello"])


async def test_the_handshakes_messages_mean_nothing_after_it(
    host: Page, intruder: Stranger
) -> None:
    await intruder.say(
        '{"kind": "hello", "version": 2, "mode": "phrase", "nonce": ""}',
        '{"kind": "proof", "proof": ""}',
        '{"kind": "admitted", "resume": ""}',
        sealed("chat", 1, "hello"),
    )
    await until(lambda: host.heard["mallory"] == ["hello"])
    assert host.link("mallory").connected


async def test_a_message_that_comes_twice_is_taken_once(host: Page, intruder: Stranger) -> None:
    for name in ("talk", "chat"):
        await intruder.say(Opened(0, name, "reliable" if name == "talk" else "kept"))
        for number in (1, 1, 2, 1, 2):
            await intruder.say(sealed(name, number, number))
    await until(lambda: host.heard["mallory"] and host.got["mallory", "talk"])
    assert host.heard["mallory"] == host.got["mallory", "talk"] == [1, 2]
    assert await intruder.hear(Ack) in (Ack(2, "talk"), Ack(2, "chat"))


async def test_channels_that_are_not_there_are_answered_once(
    host: Page, intruder: Stranger
) -> None:
    await intruder.say(*(sealed("nobody's".replace("'", ""), 1, "hello") for _ in range(3)), Beat())
    assert (await intruder.hear(NoChannel)).channel == "nobodys"
    await intruder.say(sealed("chat", 1, "and still here"))
    await until(lambda: host.heard["mallory"])
    host.link("mallory").channel("nobodys")
    assert (await intruder.hear(Opened)).channel == "nobodys"


@pytest.mark.parametrize(
    ("word", "state"), [(Away(), LinkState.RECONNECTING), (Bye(), LinkState.CLOSED)]
)
async def test_bye_and_away_from_somebody_who_has_said_nothing_yet(
    host: Page, mallory: Peer, word: object, state: LinkState
) -> None:
    stranger = await knock(mallory, "alice")
    await stranger.prove(host.links.invites.issue().secret)
    link = host.link("mallory")
    await stranger.say(word)
    await until(lambda: link.state is state, 2)


@pytest.mark.parametrize(
    "word",
    [
        sealed("chat", 1, ""),
        sealed("nobody has it", 1, ""),
        Ack(0, "chat"),
        Opened(0, "chat", "kept"),
        NoChannel("chat"),
    ],
    ids=repr,
)
async def test_nobody_speaks_before_saying_where_they_go_on(
    host: Page, mallory: Peer, word: object
) -> None:
    stranger = await knock(mallory, "alice")
    await stranger.prove(host.links.invites.issue().secret)
    link = host.link("mallory")
    await stranger.say(word)
    await until(lambda: link.state is LinkState.CLOSED, 2)
    assert isinstance(link.error, LinkMisused)
    assert not host.heard["mallory"]
