"""Pages that call each other, and take every call."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable

from peerscript import Peer
from peerscript.aio.tasks import TaskOwner
from peerscript.calls import Call, LinkCallState
from peerscript.errors import CallEnded, LinkClosed
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.mesh import CallMesh
from peerscript.testing import MemoryNetwork


class Caller:
    """A page that can be loaded again. It takes every call, besides when it is full, and calls
    whoever is introduced to it.

    Attributes:
        asked: from whom calls came that a person would have been asked about.
        takes: whether the person takes these.
    """

    def __init__(self, network: MemoryNetwork, peer_id: str) -> None:
        self.network, self.id = network, peer_id
        self.storage: dict[str, str] = {}
        self.asked: list[str] = []
        self.takes = True
        self.open = False

    async def load(self) -> None:
        self.peer = Peer(self.id, browser=self.network)
        self.links = Links(self.peer, name=self.id.title(), storage=self.storage)
        self.mesh = CallMesh(self.links)
        self._tasks = TaskOwner(self.id)
        self.calls: dict[Link, Call] = {}
        await self.peer.start()
        self.links.on("link", self._on_link)
        self.links.start()
        self.mesh.start()
        self._tasks.start(self._meet())
        self.invite = (
            next((each for each in self.links.invites if not each.scope), None)
            or self.links.invites.issue()
        )
        self.open = True

    async def unload(self) -> None:
        self.open = False
        await self._tasks.close()
        await self.mesh.close()
        await self.links.close()
        await self.peer.close()

    async def reload(self) -> None:
        await self.unload()
        await self.load()

    @property
    def others(self) -> set[str]:
        """The IDs of those that it is in a call with."""
        return {link.peer_id for link in self.mesh.members}

    def link(self, peer_id: str) -> Link:
        return next(link for link in self.links.all if link.peer_id == peer_id)

    async def call(self, other: Caller) -> Call:
        """Call another page, by its invite."""
        link = await self.links.connect(other.id, other.invite.secret)
        return await self.ring(link)

    async def ring(self, link: Link) -> Call:
        call = link.call()
        await call.start()
        self.calls[link] = call
        return call

    def hang_up(self, *others: Caller) -> None:
        """Leave the call; or end it with these alone."""
        ids = {other.id for other in others}
        for link in self.mesh.members:
            if not ids or link.peer_id in ids:
                self.calls[link].hang_up()

    def _on_link(self, link: Link) -> None:
        self._tasks.start(self._take(link, link.calls()))

    async def _take(self, link: Link, calls: AsyncIterator[Call]) -> None:
        async for call in calls:
            if call.state is LinkCallState.RINGING and self.mesh.full:
                call.decline(full=True)
                continue
            if call.state is LinkCallState.RINGING and not self.mesh.expects(link):
                self.asked.append(link.peer_id)
                if not self.takes:
                    continue
            self.calls[link] = call
            await self._accept(call)

    async def _accept(self, call: Call) -> None:
        with contextlib.suppress(CallEnded):  # whoever called has given up by now
            await call.accept()

    async def _meet(self) -> None:
        async for link in self.mesh.introduced():
            if not self.mesh.full:
                # Lost or over by now: whoever still sees the two apart introduces them again.
                with contextlib.suppress(LinkClosed):
                    await self.ring(link)


def in_call(*callers: Caller) -> bool:
    """Whether exactly these are in a call, each with each other one."""
    ids = {caller.id for caller in callers}
    return all(
        caller.others == ids - {caller.id}
        and all(caller.calls[link].connected for link in caller.mesh.members)
        for caller in callers
    )


def agree(callers: Iterable[Caller]) -> bool:
    """Whether everybody who is in a call is in it with the same pages as each of these."""
    talking = {caller.id: caller for caller in callers if caller.open and caller.others}
    return all(
        other in talking and talking[other].others | {other} == caller.others | {caller.id}
        for caller in talking.values()
        for other in caller.others
    )
