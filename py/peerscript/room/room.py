"""A room, at the page that hosts it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, ClassVar

from peerscript.aio.each import handle_each
from peerscript.aio.events import Emitter
from peerscript.aio.handlers import check_handler
from peerscript.aio.inbox import EndOfInbox, Inbox
from peerscript.aio.lifecycle import Announcer, ExceptionType
from peerscript.aio.tasks import GRACE, TaskOwner
from peerscript.data.connection import DataConnection
from peerscript.errors import LinkClosed, LinkRefused
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.peer.peer import Peer
from peerscript.peerjs_names import keyword_options
from peerscript.protocol.link.invites import InviteSecret
from peerscript.protocol.link.state import LinkState
from peerscript.room.broadcast import Broadcast, post, to_broadcast
from peerscript.room.events import ROOM_EVENTS, ROOM_HINTS, RoomEvent, RoomOn
from peerscript.room.joining import Joining, links_of
from peerscript.room.member import Member, Values
from peerscript.room.transports import LinkTransport, PlainTransport, Transport

_OVER = "this room is over: make a new one, `Room(…)`"
_STARTED = "this room has started already: start() or `async with`, once"

MAX_MEMBERS = 30  # here at once, unless the app says otherwise
CLOSE_TIMEOUT = 7.0  # seconds for the last messages to reach everybody; each transport takes less


class Room(Emitter[RoomOn[Member], RoomEvent]):
    """Everybody who came by one invite; an async context manager. Iterating gives each member that
    is here or comes, once, and ends with the room.

    Members do not connect to each other: each has the host alone, which passes on what it wants.

    Events: "join", "leave" and "reload" (each with the Member; see `Member`), "change" (of
    `members`, or of one of them), "refused" (an error, and the ID of a page that did not get in).

    Attributes:
        invite: lets others in; `invite.secret` goes into the link. It is the same after a reload.

    Args:
        source: the peer; or the Links of a page that has other Links besides.
        name: what the person here is called. Links that are given have their own.
        scope: of the invite; on the same Links, another room needs another one.
        limit: how many members may be here at once.
        plain: whether pages that prove nothing are let in too: whoever connects to this page's ID
            with PeerJS. Their `Member.verified` is False.
        storage: where a peer's Links are saved over a reload; the tab's by default.
    """

    _EVENTS = ROOM_EVENTS
    _PEERJS_NAMES: ClassVar[Mapping[str, str]] = {
        **Emitter._PEERJS_NAMES,
        "send": "broadcast",
        "receive": "messages",
    }

    @keyword_options
    def __init__(
        self,
        source: Peer | Links,
        *,
        name: str = "",
        scope: str = "room",
        limit: int = MAX_MEMBERS,
        plain: bool = False,
        storage: MutableMapping[str, str] | None = None,
    ) -> None:
        if type(limit) is not int or limit < 1:
            raise ValueError(f"limit is how many may be here, an int from 1 on, not {limit!r}")
        self._links = links_of(source, name, storage)
        super().__init__(source._running)
        self._own_links = self._links is not source
        self._scope = scope
        self._limit = limit
        self._plain = plain
        self._numbers = itertools.count(1)
        self._all: dict[int, Member] = {}  # who has not left, in order of joining
        self._watched: set[Link] = set()  # the Links of this room that are not over
        self._refused: set[Link] = set()
        self._values: Values = Inbox("this room")
        self._reading = False  # whether `messages` reads all members
        self._changes = Announcer()
        self._started = False
        self._closed = False
        self.invite = self._find_invite() or self._links.invites.issue(scope=scope)

    def __repr__(self) -> str:
        return f"<Room of {len(self.members)}>"

    @staticmethod
    @keyword_options
    def join(
        source: Peer | Links,
        host_id: str,
        secret: str,
        *,
        name: str = "",
        storage: MutableMapping[str, str] | None = None,
    ) -> Joining:
        """Join the room of another page; enter what is returned with `async with`.

        Args:
            source: the peer; or the Links of a page that has other Links besides.
            host_id: the ID of the page that hosts the room.
            secret: of the room's invite.
            name: what the person here is called. Links that are given have their own.
            storage: where a peer's Links are saved over a reload; the tab's by default.

        Returns:
            `async with` gives the host, a Member, and leaves the room at the end.
        """
        return Joining(source, host_id, secret, name=name, storage=storage)

    async def __aenter__(self) -> Room:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: ExceptionType | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def start(self) -> None:
        """Let others in; `async with` does it.

        Raises:
            Disconnected, LinkClosed: the peer has not started; or it, or the Links, are closed.
            RuntimeError: this room has started before, or the Links have not; or something else
                takes the peer's connections, such as Links; or these Links have a room of the
                same scope already.
        """
        if self._closed or self._started:
            raise RuntimeError(_OVER if self._closed else _STARTED)
        self._require_own_scope()
        if self._own_links:
            self._links.start()
            self._running.start(self._forget_new_links())
        else:
            self._links._sessions.require_running()
        self._started = True
        self._links.on("link", self._on_link)
        self._links.on("refused", self._on_refused)
        if self._plain:
            self._links.on("connection", self._on_connection)
        for link in self._links.all:
            self._on_link(link)

    async def close(self) -> None:
        """End the room: the invite, and all members' Links, after what was sent to them has left.
        A second call does nothing.
        """
        if self._closed:
            return
        self._closed = True
        self._links.off("link", self._on_link)
        self._links.off("refused", self._on_refused)
        self._links.off("connection", self._on_connection)
        self._links.invites.revoke(self.invite.secret)
        ending = TaskOwner("the end of a room")
        members = tuple(self._all.values())
        for member in members:
            ending.start(member.close())
        without_member = self._watched - {member.link for member in members}
        for link in self._watched:
            link.off("change", self._look)
        for link in without_member:  # given up, they could come back
            ending.start(link.close())
        self._changes.announce()
        try:
            await ending.close(CLOSE_TIMEOUT)
        finally:
            if self._own_links:
                await self._links.close()
            self._values.close()
            await self._running.close(GRACE)

    # Members

    @property
    def members(self) -> tuple[Member, ...]:
        """Those who are here now, in the order of their joining. One whose path is broken is not
        among them until it is back.
        """
        return tuple(member for member in self._all.values() if member.connected)

    async def __aiter__(self) -> AsyncIterator[Member]:
        last = 0
        while True:
            following = next((number for number in self._all if number > last), None)
            if following is not None:
                last = following
                yield self._all[following]
            elif self._closed:
                return
            else:
                await self._changes.change()

    async def handle_members(self, handler: Callable[[Member], Awaitable[object]]) -> None:
        """Run an `async` function for each member that is here or comes, until the room ends.

            async def talk(member):
                async for value in member:
                    await member.send(value)

            await room.handle_members(talk)

        Each runs in a task of its own and ends alone: when the member has left (ConnectionClosed),
        quietly; with any other error, that is reported to the event loop. The member stays in the
        room. Once the room is closed, those that still run have a second to end. Cancelling cancels
        them all.
        """
        check_handler("handle_members", handler, ["member"])
        await handle_each(self, handler, self._running)

    # Values

    def broadcast(self, value: Any, *, besides: Member | None = None) -> Broadcast:
        """Send a value to all members, without waiting for anybody.

        Somebody whose path is broken gets it when they are back. Somebody who has 4 MiB unread is
        too slow, and leaves the room (`Member.reason` is an OutboxFull); nobody else is held up.

        Args:
            besides: the member who does not get it, such as the one that it came from.

        Returns:
            Who will not get it. When much is to be sent, `await` it: that waits while somebody who
            is here has 2 MiB unread, for five seconds at most.

        Raises:
            SerializationError: the value cannot be sent; docs/values.md has those that can. A
                File or Blob cannot be read without waiting; `Member.send` waits.
            MessageTooBig: it takes more than 8 MiB.
        """
        if besides is not None and not isinstance(besides, Member):
            raise TypeError(f"besides is a Member, not {besides!r}")
        value = to_broadcast(value)
        others = [member for member in self._all.values() if member is not besides]
        missed = tuple(member for member in others if not post(member, value))
        return Broadcast(others, missed)

    def messages(self) -> AsyncIterator[tuple[Member, Any]]:
        """Iterate over what the members send, each value with its member, until the room ends.

        The members take turns. Who sends faster than is read waits; who does not wait, and has
        16 MiB unread, is dropped.

        Raises:
            RuntimeError: a member is read by itself; or another task reads all, when the first
            value is awaited.
        """
        if not self._reading:
            for member in self._all.values():
                member._read_into(self._values)
            self._reading = True
        return self._read()

    async def _read(self) -> AsyncIterator[tuple[Member, Any]]:
        while True:
            try:
                member, value = await self._values.get()
            except EndOfInbox:
                return
            member._on_taken()
            yield member, value

    # Who comes and leaves

    def _require_own_scope(self) -> None:
        """Two rooms would let the same guests in, and share out what they send."""
        for handler, _ in self._links._handlers.get("link", ()):
            other = getattr(handler, "__self__", None)
            if isinstance(other, Room) and other._scope == self._scope:
                hint = "give this one another, `Room(links, scope=…)`"
                raise RuntimeError(f"these Links have a room of scope {self._scope!r}: {hint}")

    def _require_event(self, event: str) -> None:
        if event in ROOM_HINTS:
            raise ValueError(f"a room has no event {event!r}: {ROOM_HINTS[event]}")
        super()._require_event(event)

    def _find_invite(self) -> InviteSecret | None:
        """The invite from before a reload."""
        invites = (each for each in self._links.invites if each.scope == self._scope)
        return next((each for each in invites if not each.revoked), None)

    def _on_link(self, link: Link) -> None:
        if link.scope == self._scope and not link.is_guest:
            self._watched.add(link)
            link.on("change", self._look)
            # Not now: who starts the room has had no time to add handlers.
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        """A Link has changed: let those in that are connected."""
        if self._closed:
            return
        here = {member.link for member in self._all.values()} | self._refused
        for link in tuple(self._watched):
            if link.state is LinkState.CLOSED:
                self._watched.discard(link)
                self._refused.discard(link)
                link.off("change", self._look)
            elif not link.connected or link in here:
                continue
            elif self._is_full(link.peer_id):
                self._refused.add(link)
                self._running.start(link.close(LinkClosed("the room is full")))
            else:
                self._admit(LinkTransport(link))

    def _on_connection(self, connection: DataConnection) -> None:
        if self._is_full(connection.peer):
            self._running.start(connection.close(flush=False))
        else:
            self._admit(PlainTransport(connection, self._running))

    def _is_full(self, peer_id: str) -> bool:
        full = len(self.members) >= self._limit
        if full:
            self._emit("refused", LinkClosed("the room is full"), peer_id)
        return full

    def _admit(self, transport: Transport) -> None:
        number = next(self._numbers)

        def notify(member: Member, event: str) -> None:
            if event == "leave":
                del self._all[number]
            self._on_member(member, event)

        member = self._all[number] = Member(transport, self._running, notify)
        if self._reading:
            member._read_into(self._values)
        self._on_member(member, "join")

    def _on_member(self, member: Member, event: str) -> None:
        self._changes.announce()
        if event != "change":
            self._emit(event, member)
        self._emit("change")

    def _on_refused(self, error: LinkRefused, peer_id: str) -> None:
        self._emit("refused", error, peer_id)

    async def _forget_new_links(self) -> None:
        """Nobody else iterates over Links of the room's own; they would be kept for ever."""
        async for _ in self._links:
            pass
