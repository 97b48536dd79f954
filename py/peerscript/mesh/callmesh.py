"""Introduces the pages that this one is in calls with to each other, and is introduced by them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from functools import partial
from types import TracebackType

from peerscript.aio.inbox import Inbox
from peerscript.aio.lifecycle import ExceptionType
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import LinkClosed, LinkRefused, PeerScriptError
from peerscript.link.channel import Channel
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.protocol.calls.mesh import (
    CHANNEL,
    MAX_OTHERS,
    MESH,
    SCOPE,
    VALID,
    Expect,
    Meeting,
    Mesh,
    MeshMessage,
    Page,
)
from peerscript.protocol.calls.session import CallEnd, CallSession, LinkCallState
from peerscript.protocol.link.invites import InvalidSecret
from peerscript.protocol.link.state import LinkState

logger = logging.getLogger("peerscript")

USES = 3  # of an invite: a dial that breaks off may be tried again
CONNECT_TIMEOUT = 30.0  # seconds for a Link with a page that this one was introduced to
TICK = 1.0  # seconds

_THERE = (LinkState.CONNECTED, LinkState.RECONNECTING)


def introducer_of(dial: Link | LinkRefused) -> str | None:
    """The name of the person by whose page two pages were introduced in a call, "" if they had
    none; None if the two met in another way.

    Args:
        dial: their Link, or the refusal of one.
    """
    return dial.scope.removeprefix(SCOPE) if dial.scope.startswith(SCOPE) else None


class CallMesh:
    """The call of several that this page is in; an async context manager.

    All calls that this page is in, over whichever of the Links, are one: those who take part are
    introduced to each other, and each pair has a Link and a call of its own. So it goes on
    whoever leaves. There are six pages in it at most.

    Args:
        links: those over which this page calls and is called.
    """

    def __init__(self, links: Links) -> None:
        self._links = links
        self._tasks = TaskOwner("a call of several", links._running)
        self._channels: dict[str, tuple[Link, Channel[MeshMessage]]] = {}
        self._introduced: Inbox[Link] = Inbox("the introduced pages of a call")
        self._mesh = Mesh(lambda: links.own_id, self._issue, links.invites.revoke)

    async def __aenter__(self) -> CallMesh:
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
        """Begin; `async with` does it."""
        self._links.on("link", self._on_link)
        for link in self._links.all:
            self._on_link(link)
        self._tasks.start(self._tick())

    async def close(self) -> None:
        """Introduce nobody any more. The calls go on."""
        self._links.off("link", self._on_link)
        await self._tasks.close()
        self._introduced.close()

    @property
    def members(self) -> tuple[Link, ...]:
        """The Links over which this page is in a call."""
        return tuple(self._channels[key][0] for key in self._mesh.members)

    @property
    def full(self) -> bool:
        """Whether nobody else may be called, or taken in."""
        return len(self._mesh.members) >= MAX_OTHERS

    def expects(self, link: Link) -> bool:
        """Whether a call that rings on this Link is by a page that was introduced: take it, without
        asking the person.
        """
        return self._mesh.expects(_page(link))

    async def introduced(self) -> AsyncIterator[Link]:
        """Iterate over the Links of pages in the same call that are to be called by this one, now;
        or whose call, which rings here, is to be taken.
        """
        async for link in self._introduced:
            if self._mesh.members and link.key not in self._mesh.members:
                yield link

    # The Links

    def _on_link(self, link: Link) -> None:
        channel = link.channel(CHANNEL, kept=False, vocabulary=MESH)
        self._channels[link.key] = link, channel
        link.on("call", partial(self._on_call, link))
        channel.on("restart", partial(self._on_restart, link))
        self._tasks.start(self._read(link, channel))

    async def _read(self, link: Link, channel: Channel[MeshMessage]) -> None:
        async for message in channel:
            self._mesh.on_message(link.key, message, self._now)
            self._carry_out()
            self._look_for(message)
        if link.key in self._mesh.members:
            self._mesh.leave(link.key, unwanted=False)
            self._carry_out()
        del self._channels[link.key]

    def _look_for(self, message: MeshMessage) -> None:
        """Who is expected from now on may ring here already."""
        for link, _ in self._channels.values() if isinstance(message, Expect) else ():
            session = _call(link)
            if session and session.state is LinkCallState.RINGING and self.expects(link):
                self._introduced.put(link)

    def _on_call(self, link: Link) -> None:
        session = _call(link)
        if session is None or link.key not in self._channels:
            return
        known = link.key in self._mesh.members
        if session.joined and not known:
            self._mesh.join(link.key, _page(link), self._now)
        elif known and session.ended:
            self._mesh.leave(link.key, unwanted=_is_unwanted(session))
        self._carry_out()

    def _on_restart(self, link: Link) -> None:
        self._mesh.restart(link.key, _page(link))
        self._carry_out()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._mesh.tick(self._now)
            self._carry_out()

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _issue(self, key: str) -> str:
        """An invite, which is revoked once the page that is expected is here."""
        scope, expires = _scope(self._channels[key][0]), time.time() + VALID
        return self._links.invites.issue(expires=expires, uses=USES, scope=scope).secret

    # What the mesh decides

    def _carry_out(self) -> None:
        mesh = self._mesh
        while mesh.outgoing:
            self._say(*mesh.outgoing.pop(0))
        while mesh.meetings:
            self._tasks.start(self._meet(mesh.meetings.pop(0)))
        while mesh.surplus:
            link, _ = self._channels[mesh.surplus.pop(0)]
            link._calls().leave(CallEnd.FULL)

    def _say(self, key: str, message: MeshMessage) -> None:
        link, channel = self._channels[key]
        try:
            channel.send_nowait(message)
        except PeerScriptError as error:  # the Link's state says it
            logger.info("%s is told nothing of the others: %s", link.peer_id, error)

    async def _meet(self, meeting: Meeting) -> None:
        try:
            link = await self._connect(meeting)
        except (PeerScriptError, InvalidSecret, TimeoutError) as error:
            logger.info("not met, as introduced: %s: %s", meeting.page.peer_id, error)
        else:
            self._introduced.put(link)
        self._mesh.dialled(meeting.page, self._now)

    async def _connect(self, meeting: Meeting) -> Link:
        """A Link with the page that this one was introduced to: there may be one already."""
        page = meeting.page
        for link in self._links.all:
            if _page(link) == page and link.state in _THERE:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    await link.wait_connected()
                return link
        introducer, _ = self._channels[meeting.introducer]
        dialled = self._links.dial(page.peer_id, meeting.secret, _scope(introducer))
        try:
            link = await self._links.connect(page.peer_id, meeting.secret, timeout=CONNECT_TIMEOUT)
        except PeerScriptError:
            if not dialled.established:
                await dialled.close(LinkClosed("nobody was met, as introduced"))
            raise
        if _page(link) != page:
            raise LinkClosed("it is another page, or was reloaded")
        return link


def _page(link: Link) -> Page:
    return Page(link.peer_id, link.certificate.hex())


def _scope(introducer: Link) -> str:
    return f"{SCOPE}{introducer.name}"


def _call(link: Link) -> CallSession | None:
    return link._link_calls.session if link._link_calls else None


def _is_unwanted(session: CallSession) -> bool:
    """Whether the person here has ended the call."""
    return session.reason is CallEnd.HUNG_UP and not session.told
