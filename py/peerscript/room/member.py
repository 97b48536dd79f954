"""One other page in a room: at the host each guest, at a guest the host."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, ClassVar

from peerscript.aio.events import Emitter
from peerscript.aio.inbox import EndOfInbox, Inbox
from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import ConnectionClosed, LinkClosed, PeerScriptError
from peerscript.link.link import Link
from peerscript.room.events import MEMBER_EVENTS, MEMBER_HINTS, MemberEvent, MemberOn
from peerscript.room.transports import Transport

logger = logging.getLogger("peerscript")

AHEAD = 4  # values of a member that are taken from its transport before they are read

Values = Inbox[tuple["Member", Any]]


class Member(Emitter[MemberOn, MemberEvent]):
    """Somebody in a room. Iterating gives the values that they send, and ends when they leave.

    Events: "change" (of the name, or whether they are connected), "reload" (their page was
    reloaded: it is the same member, whose page has forgotten what it was sent), "leave".

    Attributes:
        reason: why they have left; None while they are here, and when they were closed on purpose.
    """

    _EVENTS = MEMBER_EVENTS
    _PEERJS_NAMES: ClassVar[Mapping[str, str]] = {
        **Emitter._PEERJS_NAMES,
        "broadcast": "send",
        "peer": "id",
    }

    def __init__(
        self,
        transport: Transport,
        owner: TaskOwner,
        notify: Callable[[Member, str], None] = lambda *_: None,
    ) -> None:
        super().__init__(owner)
        self.reason: PeerScriptError | None = None
        self._transport = transport
        self._notify = notify
        self._gone = False
        self._values: Values = Inbox("this member")
        self._reading: Values | None = None  # where the values go, once somebody reads
        self._pump: asyncio.Task[None] | None = None
        self._unread = 0  # values that were taken from the transport and not read
        self._taken = Announcer()
        self._left = Announcer()
        transport.watch(self._on_change, self._on_reload)

    def __repr__(self) -> str:
        how = "left" if self._gone else "connected" if self.connected else "reconnecting"
        return f"<Member {self.name or self.id!r} {how}>"

    @property
    def id(self) -> str:
        """The ID by which the broker finds their page."""
        return self._transport.id

    @property
    def name(self) -> str:
        """What they call themselves; "" if they do not say."""
        return self._transport.name

    @property
    def verified(self) -> bool:
        """Whether their page has proved the invite, and nobody is in between. Never, for a plain
        PeerJS page.
        """
        return self._transport.verified

    @property
    def plain(self) -> bool:
        """Whether it is a connection without a Link, such as that of a PeerJS page."""
        return self._transport.link is None

    @property
    def link(self) -> Link | None:
        """The Link with them, for channels of your own; None if they are `plain`."""
        return self._transport.link

    @property
    def connected(self) -> bool:
        """Whether they are here now: False while their path is broken, and when they have left."""
        return not self._gone and self._transport.connected

    async def send(self, value: Any) -> None:
        """Send them a value; waits while 2 MiB are unread at their page.

        Raises:
            ConnectionClosed: they have left.
            MessageError: the value cannot be sent; see `Channel.send`.
            NoSuchChannel: their page has not joined the room.
        """
        if self._gone:
            raise self._over()
        await self._transport.send(value)

    async def receive(self) -> Any:
        """Return their next value. Cancelling is safe: nothing is lost.

        Raises:
            ConnectionClosed: they have left, and everything was read.
            RuntimeError: `Room.messages` or another task reads them already.
        """
        try:
            return await self._next()
        except EndOfInbox:
            raise self._over() from None

    async def __aiter__(self) -> AsyncIterator[Any]:
        while True:
            try:
                yield await self._next()
            except EndOfInbox:
                return

    async def wait_left(self) -> PeerScriptError | None:
        """Return once they have left, and why; None when they were closed on purpose."""
        while not self._gone:
            await self._left.change()
        return self.reason

    async def close(self) -> None:
        """End it with them, after what was sent to them has left. A second call does nothing."""
        if not self._gone:
            self._leave(None)
            await self._transport.close(None)

    def _over(self) -> PeerScriptError:
        return self.reason or LinkClosed(f"{self.name or self.id} has left the room")

    def _past(self, event: str) -> tuple[object, ...] | None:
        return () if event == "leave" and self._gone else None

    def _require_event(self, event: str) -> None:
        if event in MEMBER_HINTS:
            raise ValueError(f"a member has no event {event!r}: {MEMBER_HINTS[event]}")
        super()._require_event(event)

    # Reading

    async def _next(self) -> Any:
        self._read_into(self._values)
        _, value = await self._values.get()
        self._on_taken()
        return value

    def _read_into(self, inbox: Values) -> None:
        """Start reading, which the Room does for all members or the app for each."""
        if self._reading is None:
            self._reading = inbox
            self._pump = self._running.start(self._take_all(inbox))
        elif self._reading is not inbox:
            raise RuntimeError("read each member, or Room.messages: not both")

    async def _take_all(self, inbox: Values) -> None:
        """Take a few values ahead of the reader; the rest waits in the transport, and holds up the
        other page alone.
        """
        try:
            while not (self._gone and self._transport.resumable):
                while self._unread >= AHEAD and not self._gone:
                    await self._taken.change()
                value = await self._transport.receive()
                self._unread += 1
                inbox.put((self, value))
        except ConnectionClosed as error:
            logger.debug("%r: %s", self, error)
        finally:
            self._values.close()

    def _on_taken(self) -> None:
        self._unread -= 1
        self._taken.announce()

    # Leaving, and what the transport reports

    def _on_change(self) -> None:
        if self._transport.gone:
            self._leave(self._transport.reason)
        else:
            self._tell("change")

    def _on_reload(self) -> None:
        self._tell("reload")

    def _drop(self, error: PeerScriptError) -> None:
        self._leave(error)
        self._running.start(self._transport.close(error))

    def _leave(self, reason: PeerScriptError | None) -> None:
        if self._gone:
            return
        self._gone, self.reason = True, reason
        self._transport.unwatch()
        if self._pump is not None and self._transport.resumable:
            self._pump.cancel()
        self._taken.announce()
        self._left.announce()
        self._tell("leave")

    def _tell(self, event: str) -> None:
        self._notify(self, event)
        self._emit(event)
