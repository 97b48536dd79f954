"""A session is found again however often its pages are killed, and by its newest key alone."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from peerscript.link.store import SessionStore
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import QuickLoop, until
from tests.properties.crashing import Crash, Disk
from tests.unit.peerscript.pages import Page

KILLS = st.lists(
    st.tuples(
        st.sampled_from(("alice", "bob")),
        st.integers(0, 3),  # changes of its storage that the page lives through
        st.booleans(),  # killed before the next one, or just behind it
        st.sampled_from(("cut", "reload alice", "reload bob")),  # why they meet again
    ),
    min_size=1,
    max_size=8,
)


class Mortal(Disk):
    """Of a page that changes nothing any more once it is killed."""

    dead = False

    def _burn(self, *, before: bool) -> None:
        if self.dead:
            raise Crash
        try:
            super()._burn(before=before)
        except Crash:
            self.dead = True
            raise


class Life:
    """A guest, Bob, and a host, Alice, who know each other."""

    def __init__(self) -> None:
        self.network = MemoryNetwork()
        self.disks = {name: Mortal() for name in ("alice", "bob")}
        self.pages = {name: Page(self.network, name, disk) for name, disk in self.disks.items()}
        self.stolen: set[bytes] = set()

    async def run(self, kills: list[tuple[str, int, bool, str]]) -> None:
        unexpected: list[Any] = []

        def note(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            if not isinstance(context.get("exception"), Crash):
                unexpected.append(context)

        asyncio.get_running_loop().set_exception_handler(note)
        alice, bob = self.pages.values()
        await alice.load()
        await bob.load()
        await bob.links.connect("alice", alice.links.invites.issue().secret)
        await until(self.met)
        for name, fuse, before, why in kills:
            await self.kill(name, fuse, before, why)
        await until(self.met, 300)
        await self.check()
        for page in self.pages.values():
            await page.unload()
        assert unexpected == []

    async def kill(self, name: str, fuse: int, before: bool, why: str) -> None:
        """Have the two meet again, and kill one of them while they do."""
        self.stolen.add(self.key("bob"))
        disk = self.disks[name]
        disk.fuse, disk.before = fuse, before
        if why == "cut":
            self.network.cut()
        else:
            await self.reload(why.removeprefix("reload "))
        await asyncio.sleep(0.01)
        await until(lambda: disk.dead or self.met(), 300)
        disk.fuse = None
        if disk.dead:
            await self.reload(name)

    async def reload(self, name: str) -> None:
        await self.pages[name].unload()
        self.disks[name].dead = False
        await self.pages[name].load()

    def key(self, name: str) -> bytes:
        (kept,) = SessionStore(self.disks[name]).all()
        return bytes.fromhex(kept.key)

    def met(self) -> bool:
        for page in self.pages.values():
            (link,) = page.links.all
            if link.state is LinkState.LOST:
                link.reconnect()
        return all(page.links.all[0].connected for page in self.pages.values())

    async def check(self) -> None:
        """Both have one key, and none that the guest has ever had before is good for anything."""
        (link,) = self.pages["alice"].links.all
        assert link._session.record.keys == (self.key("alice"),) == (self.key("bob"),)
        self.network.cut()
        await asyncio.sleep(0.01)
        await until(self.met)
        assert not self.stolen & set(link._session.record.keys)


@settings(deadline=None)
@given(KILLS)
def test_a_session_outlives_pages_that_are_killed_at_any_step(
    kills: list[tuple[str, int, bool, str]],
) -> None:
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(Life().run(kills))
