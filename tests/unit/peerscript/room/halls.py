"""A room in memory, and pages that come and go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from peerscript import Links, Peer
from peerscript.room import Member, Room
from peerscript.room.events import ROOM_EVENTS
from peerscript.testing import MemoryNetwork


class Guest:
    """A page that has joined a room.

    Attributes:
        host: the Member that is the host.
        got: the values that came.
    """

    def __init__(self, peer: Peer, links: Links, host: Member) -> None:
        self.peer, self.links, self.host = peer, links, host
        self.got: list[Any] = []
        self._stack = AsyncExitStack()
        self._reading: asyncio.Task[None] | None = None

    def read(self) -> None:
        self._reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        async for value in self.host:
            self.got.append(value)

    async def leave(self) -> None:
        """Leave the room, as at the end of its block."""
        await self._stack.aclose()
        await self.unload()

    async def unload(self) -> None:
        """The page is closed or loaded anew: nothing of its Python runs any more."""
        await self.links.close()
        await self.peer.close()
        await self.stop()

    async def stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)


class Hall:
    """A room with its host and its guests.

    Attributes:
        room: the room; made by `open`.
        events: what it told.
    """

    def __init__(self, network: MemoryNetwork) -> None:
        self.network = network
        self.events: list[tuple[Any, ...]] = []
        self.storage: dict[str, str] = {}
        self._stack = AsyncExitStack()

    async def open(self, **options: Any) -> Room:
        self.peer = await self._stack.enter_async_context(Peer("host", browser=self.network))
        self.room = Room(self.peer, **{"name": "Ms. Lee", "storage": self.storage, **options})
        on: Any = self.room.on
        for event in ROOM_EVENTS:
            on(event, self._noting(event))
        return await self._stack.enter_async_context(self.room)

    def _noting(self, event: str) -> Callable[..., None]:
        def note(*arguments: Any) -> None:
            self.events.append((event, *[_short(each) for each in arguments]))

        return note

    def told(self, event: str) -> list[Any]:
        return [arguments for each, *arguments in self.events if each == event]

    async def enter(
        self,
        name: str,
        *,
        storage: MutableMapping[str, str] | None = None,
        secret: str | None = None,
        reads: bool = True,
    ) -> Guest:
        """Open a page, and let it join."""
        peer = await self._stack.enter_async_context(Peer(name, browser=self.network))
        storage = {} if storage is None else storage
        links = Links(peer, name=name.title(), storage=storage)
        await self._stack.enter_async_context(links)
        joining = Room.join(links, "host", secret or self.room.invite.secret)
        stack = AsyncExitStack()
        guest = Guest(peer, links, await stack.enter_async_context(joining))
        guest._stack = stack
        self._stack.push_async_callback(guest.stop)
        if reads:
            guest.read()
        return guest

    @asynccontextmanager
    async def plain(self, name: str, **options: Any) -> AsyncIterator[Any]:
        """A page that connects as PeerJS does."""
        async with (
            Peer(name, browser=self.network) as peer,
            peer.connect("host", **options) as connection,
        ):
            yield connection

    def member(self, peer_id: str) -> Member:
        return next(member for member in self.room._all.values() if member.id == peer_id)

    def silence(self, peer_id: str) -> None:
        """A page's machine is off: nothing comes from it any more, not even an end."""
        self.network.pages.pop(peer_id, None)
        for far in [each for each in self.network.channels if each.peer == peer_id]:
            near = far.other
            near._events = None
            near._open = False
            for wire in near.wires.values():
                wire._events = None
            near.wires.clear()
            near._queue.clear()
            if near in self.network.channels:
                self.network.channels.remove(near)

    async def close(self) -> None:
        await self._stack.aclose()


def _short(argument: Any) -> Any:
    return argument.id if isinstance(argument, Member) else argument


async def some(values: Any, count: int) -> Any:
    """The first of the values that come, so many."""
    async for value in values:
        yield value
        count -= 1
        if not count:
            break


async def all_messages(room: Room) -> list[Any]:
    """What members say, until the room is over."""
    return [value async for _, value in room.messages()]
