"""A hostile peer against a whole page, for as long as you like.

python -m tests.fuzz.control_channel --minutes 20

Each round opens a page, an honest one that talks to it, and a hostile one that attacks at every
stage: before the hello, in the middle of each mode's handshake, at the door, and once its Link is
proven, on both data channels; as the guest, and as the host that the page dials. The round fails
when anything goes unhandled, when anything hangs, and when the honest Link is disturbed. It runs on
a clock of its own (tests/unit/peerscript/pages.py), so that nothing is waited for. A failure names
its seed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "py"))

from peerscript import DataConnection, Peer
from peerscript.errors import PeerScriptError
from peerscript.link.channel import Channel
from peerscript.link.handshake import parties
from peerscript.link.host import LABEL
from peerscript.link.link import Link
from peerscript.link.path import BULK_ID
from peerscript.protocol.link.handshake import (
    GuestHandshake,
    Handshake,
    HandshakeFailed,
    HostHandshake,
)
from peerscript.protocol.link.invites import secret_bytes
from peerscript.protocol.link.messages import HANDSHAKE, SESSION, Admitted, Opened, Resume
from peerscript.protocol.link.state import LinkState
from peerscript.remote import Functions
from peerscript.testing import MemoryNetwork
from tests.clock import QuickLoop, until
from tests.fuzz.frames import CHANNELS, TYPED, Forge, Frame, on_the_wire
from tests.unit.peerscript.pages import Page

ATTACKS = 6  # in a round
WATCHDOG = 60.0  # seconds of the real clock for one round
PATIENCE = 30.0  # seconds of the round's clock for anything to happen
WRONG = "AAAAAAAAAAAAAAAAAAAAAA"
ACTIONS = ("accept", "reject", "confirm_phrase", "reconnect", "close")


class Target(Page):
    """The page under attack: it has a channel of typed messages, too, and serves functions."""

    CHANNELS = Page.CHANNELS | {"typed": {"kept": False, "vocabulary": TYPED}}

    async def load(self) -> None:
        self.functions = Functions()
        self.functions.serve(wait)
        self.functions.serve(count)
        await super().load()

    def open_all(self, link: Link) -> dict[str, Channel[Any]]:
        if link.state is not LinkState.CLOSED:
            link.serve_all(self.functions)
        return super().open_all(link)

    async def act(self, peer_id: str, action: str) -> None:
        """What a person, or a program, does with whoever has this ID."""
        for link in self.links.all:
            if link.peer_id == peer_id:
                result = getattr(link, action)()
                if result is not None:
                    await result

    async def send(self, peer_id: str, value: Any) -> None:
        """Something over each of its channels, as far as they take it; nobody waits for it."""
        for link in self.links.all:
            if link.peer_id == peer_id:
                for channel in self.open_all(link).values():
                    self._start(_send(channel, value))
                for _ in range(3):
                    self._start(_call(link))


async def wait(seconds: int) -> int:
    await asyncio.sleep(min(seconds, 10))
    return seconds


async def count(to: int) -> AsyncIterator[int]:
    for number in range(min(to, 1000)):
        yield number


async def _call(link: Link) -> None:
    with contextlib.suppress(PeerScriptError):
        await link.remote.with_options(timeout=5).wait(1)
    with contextlib.suppress(PeerScriptError):
        async for _ in link.remote.with_options(timeout=5).count(20):
            pass


async def _send(channel: Channel[Any], value: Any) -> None:
    with contextlib.suppress(PeerScriptError):
        await channel.send(value)


class RoundFailed(Exception):
    """The page did not hold."""


class Hang(KeyboardInterrupt):
    """The watchdog barked; the event loop stops for nothing less."""


@contextlib.contextmanager
def watchdog(seconds: float) -> Iterator[None]:
    """Raise Hang where the program is after so many seconds of its own work; those that a busy
    machine gives to others do not count.
    """

    def bark(number: int, frame: FrameType | None) -> None:
        raise Hang(f"more than {seconds} s")

    before = signal.signal(signal.SIGPROF, bark)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class Hostile:
    """Mallory. Every connection that it has is one to the page under attack."""

    def __init__(self, peer: Peer, page: Target, chance: Random) -> None:
        self.peer, self.page, self.chance = peer, page, chance
        self.forge = Forge(chance)
        self.session: tuple[str, bytes] = ("", b"")

    async def say(self, connection: DataConnection, *frames: Frame) -> None:
        """Without looking at what a browser would let through."""
        for frame in frames:
            if connection.open:
                connection._channel.send(frame)
            if self.chance.random() < 0.5:
                await asyncio.sleep(0)

    async def attack(self, connection: DataConnection) -> None:
        """Frames, or a flood of one."""
        count = self.chance.choice((1, 1, 2, 5, 20))
        frames = [self.forge.attack() for _ in range(count)]
        if self.chance.random() < 0.02:
            frames = [frame for frame in frames if len(frame) < 1000] * 9000
        self.chance.shuffle(frames)
        await self.say(connection, *frames[:9000])

    def handshake(self, connection: DataConnection, guest: bool) -> Handshake:
        """One that goes well, or could."""
        own, other = parties(connection, self.peer.id)
        secret = self.page.links.invites.issue().secret
        key = secret_bytes(self.chance.choice((*[secret] * 5, WRONG)))
        if not guest:
            return HostHandshake(own, other, lambda mode, session: (key,))
        mode = self.chance.randrange(4)
        if mode == 0:
            return GuestHandshake(own, other, None)
        if mode == 1:
            session, resume = self.session
            return GuestHandshake(own, other, resume or key, session=session or "unknown")
        return GuestHandshake(own, other, key)

    async def shake(self, connection: DataConnection, handshake: Handshake, at: int) -> bool:
        """Go through it, but for one frame; return whether it went through."""
        answer = handshake.begin() if isinstance(handshake, GuestHandshake) else None
        for step in range(4):
            if step == at and (answer is None or self.chance.random() < 0.3):
                await self.attack(connection)
            elif step == at and answer is not None:
                await self.say(connection, on_the_wire(self.forge.mutated(answer)))
                answer = self.chance.choice((answer, None, None, None))
            if answer is not None:
                self.forge.said.append(answer)
                await self.say(connection, answer)
            if handshake.outcome is not None:
                self.session = (handshake.outcome.session, handshake.outcome.resume)
                return True
            async with asyncio.timeout(PATIENCE):
                answer = handshake.receive(await connection.receive())
        return False

    async def talk(self, connection: DataConnection) -> None:
        """The Link is proven, or its guest is at the door: be honest for a moment, or not."""
        self.forge.numbers.clear()
        if self.chance.random() < 0.8:
            epoch = self.chance.choice(("epoch", "another"))
            heard = self.chance.choice(("", *self.epochs()))
            await self.say(connection, SESSION.encode(Resume("Mallory", epoch, heard)))
            names = self.chance.sample(list(CHANNELS), self.chance.randrange(len(CHANNELS)))
            for name in names:
                received = self.chance.choice((*[0] * 9, 7))
                opened = Opened(received, name, CHANNELS[name].value)
                await self.say(connection, SESSION.encode(opened))
        for _ in range(self.chance.randrange(1, 5)):
            if self.chance.random() < 0.2:
                await self.say_bulk(connection)
            await self.attack(connection)
            await asyncio.sleep(self.chance.choice((0, 0, 0.05, 2)))

    def epochs(self) -> list[str]:
        """What the page has told of its page load."""
        links = self.page.links.all
        return [link._session._epoch for link in links if link.peer_id == "mallory"]

    async def say_bulk(self, connection: DataConnection) -> None:
        """Something on the data channel for what is large; and perhaps that is closed at once."""
        if not connection.open:
            return
        bulk = connection._open_side_channel(BULK_ID, "bulk", inbox_limit=1000)
        for _ in range(self.chance.choice((0, 1, 5))):
            await bulk.send(self.forge.attack())
        if self.chance.random() < 0.3:
            bulk.close()

    async def as_guest(self) -> str:
        """Dial the page; return how it ended."""
        connection = await self.peer.connect("alice", label=LABEL, serialization="raw")
        at = self.chance.choice((0, 1, 1, 2, 3, *[9] * 5))
        if self.chance.random() < 0.2:
            await self.attack(connection)
        if not await self.shake(connection, self.handshake(connection, guest=True), at):
            return "no handshake"
        if self.chance.random() < 0.5:
            await self.page.act("mallory", self.chance.choice(ACTIONS))
        await self.talk(connection)
        return "talked"

    async def as_host(self) -> str:
        """Be dialled by the page."""
        secret = self.chance.choice((WRONG, None))
        self.page.links.dial("mallory", secret)
        async with asyncio.timeout(PATIENCE):
            connection = await anext(self.peer.connections())
        at = self.chance.choice((0, 1, 2, 9, 9, 9))
        own, other = parties(connection, "mallory")
        key = secret_bytes(secret or WRONG)
        handshake = HostHandshake(own, other, lambda mode, session: (key,))
        if not await self.shake(connection, handshake, at):
            return "no handshake as host"
        if secret is None and self.chance.random() < 0.8:
            await self.say(connection, HANDSHAKE.encode(Admitted("A" * 43)))
        await self.talk(connection)
        return "talked as host"

    async def strike(self) -> str:
        """One attack from beginning to end."""
        try:
            how = await (self.as_host() if self.chance.random() < 0.25 else self.as_guest())
        except (PeerScriptError, HandshakeFailed, TimeoutError) as error:
            how = f"stopped by {type(error).__name__}"
        if self.chance.random() < 0.5:
            for connections in tuple(self.peer.all_connections.values()):
                for connection in tuple(connections):
                    await connection.close()
        return how


class Round:
    """A page under attack, and the honest one beside it."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.network = MemoryNetwork()
        self.alice = Target(self.network, "alice", {})
        self.bob = Target(self.network, "bob", {})
        self.unhandled: list[str] = []
        self.said = 0

    async def run(self) -> Counter[str]:
        """Return what the attacks came to.

        Raises:
            RoundFailed: the page did not hold, and how.
        """
        asyncio.get_running_loop().set_exception_handler(self._on_unhandled)
        ends = Counter[str]()
        async with self._pages():
            async with Peer("mallory", browser=self.network) as peer:
                hostile = Hostile(peer, self.alice, self.chance)
                for _ in range(ATTACKS):
                    ends[await hostile.strike()] += 1
                    await self._act_as_a_person_does()
                    await self._exchange()
            await self._exchange()
        if self.unhandled:
            raise RoundFailed("\n".join(self.unhandled))
        return ends

    @contextlib.asynccontextmanager
    async def _pages(self) -> AsyncIterator[None]:
        await self.alice.load()
        await self.bob.load()
        secret = self.alice.links.invites.issue().secret
        link = await self.bob.links.connect("alice", secret)
        self.honest = (link, await self._other_end())
        for each in self.honest:
            each.on("change", self._look)
        yield
        for each in self.honest:
            each.off("change", self._look)
        for page in (self.alice, self.bob):
            await page.unload()

    async def _other_end(self) -> Any:
        await until(lambda: self.alice.has_link("bob") and self.alice.link("bob").connected)
        return self.alice.link("bob")

    def _look(self) -> None:
        for link in self.honest:
            if link.state is not LinkState.CONNECTED:
                self.unhandled.append(f"the honest Link was disturbed: {link} {link.error!r}")

    def _on_unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        trace = "".join(traceback.format_exception(error)) if error else ""
        self.unhandled.append(f"{context['message']}\n{trace}")

    async def _act_as_a_person_does(self) -> None:
        if self.chance.random() < 0.3:
            await self.alice.act("mallory", self.chance.choice(ACTIONS))
        if self.chance.random() < 0.3:
            await self.alice.send("mallory", "to whom it may concern")

    async def _exchange(self) -> None:
        """The honest two talk as ever, over every channel."""
        self.said += 1
        text = f"text {self.said}"
        for page, other in ((self.alice, "bob"), (self.bob, "alice")):
            for name in Page.CHANNELS:
                await page.channel(other, name).send(text)
        for page, other in ((self.alice, "bob"), (self.bob, "alice")):
            await until(partial(self._has, page, other, text), PATIENCE)
        for link in self.honest:
            if await link.remote.wait(0) != 0:
                raise RoundFailed("the honest two cannot call each other")

    def _has(self, page: Target, other: str, text: str) -> bool:
        if self.unhandled:
            raise RoundFailed("\n".join(self.unhandled))
        others = [name for name in Page.CHANNELS if name != "chat"]
        return text in page.heard[other] and all(text in page.got[other, name] for name in others)


def run_round(seed: int) -> Counter[str]:
    """Run one round.

    Raises:
        RoundFailed: with the seed that brings it about again.
    """
    try:
        with watchdog(WATCHDOG), asyncio.Runner(loop_factory=QuickLoop) as runner:
            return runner.run(Round(seed).run())
    except (Exception, Hang) as error:
        raise RoundFailed(f"--seed {seed}: {type(error).__name__}: {error}") from error


def main() -> int:
    """Run rounds until the time is over; the exit code says whether all held."""
    parser = argparse.ArgumentParser(prog="tests.fuzz.control_channel")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long; 1")
    parser.add_argument("--seed", type=int, help="of the first round; each later one has the next")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # every attack is logged
    seed = random.randrange(10**9) if options.seed is None else options.seed
    first, ends = seed, Counter[str]()
    until_then = time.monotonic() + 60 * options.minutes
    while seed == first or time.monotonic() < until_then:
        try:
            ends += run_round(seed)
        except RoundFailed as failure:
            traceback.print_exception(failure)
            print(f"FAILED: {failure}".splitlines()[0])
            return 1
        seed += 1
    print(f"{seed - first} rounds from --seed {first}, {ends.total()} attacks, all held:")
    for how, count in ends.most_common():
        print(f"{count:8} {how}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
