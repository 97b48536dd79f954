"""The Links of one page: who comes in, whom it dials, and whose path has to be mended.

    async with Peer() as peer, Links(peer, name="Ada") as links:
        invite = links.invites.issue()
        print(f"https://example.org/#{peer.id}.{invite.secret}")
        async for link in links:
            link.send("hello")

Whoever has come by that link has proved it before `links` gives them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, MutableMapping, Sequence
from types import TracebackType
from typing import Any, ClassVar

from peerscript.aio.events import Emitter
from peerscript.aio.inbox import Inbox
from peerscript.aio.lifecycle import ExceptionType
from peerscript.data.connection import DataConnection
from peerscript.errors import (
    LinkClosed,
    LinkMisused,
    LinkRefused,
    PeerScriptError,
    StorageFull,
)
from peerscript.link.guest import Guest
from peerscript.link.host import MAX_LINKS, Host
from peerscript.link.link import Link
from peerscript.link.path import Path
from peerscript.link.reconnection import Reconnection
from peerscript.link.store import SessionRecord, SessionStore
from peerscript.peer.peer import Peer
from peerscript.peer.session import PeerState
from peerscript.ports import PageEvent
from peerscript.protocol.ids import check_id
from peerscript.protocol.link.heartbeat import INTERVAL
from peerscript.protocol.link.invites import Invites, secret_bytes
from peerscript.protocol.link.messages import MAX_NAME
from peerscript.protocol.link.state import LinkState

logger = logging.getLogger("peerscript")

REFUSED_PAUSE = 15.0  # seconds before a broker that has said no is asked again


class Links(Emitter):
    """All Links of a peer; iterating gives each new one, in whatever state it begins.

    Event: "refused" (a LinkRefused, and the ID of who knocked).

    Args:
        peer: open at the broker, or on its way to it.
        name: what the person here is called; told to those alone who have proved who they are.
        storage: where sessions and texts outlive a reload; the tab's own by default.
        capabilities: words that tell the other page what this one can do.
    """

    EVENTS: ClassVar[tuple[str, ...]] = ("refused",)

    def __init__(
        self,
        peer: Peer,
        *,
        name: str = "",
        storage: MutableMapping[str, str] | None = None,
        capabilities: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._peer = peer
        self._name = name.encode(errors="replace").decode()[:MAX_NAME]
        self._sessions = SessionStore(peer.browser.storage() if storage is None else storage)
        self.invites = Invites(self._sessions.invites(), self._save_invites)
        self._links: list[Link] = []
        self._new: Inbox[Link] = Inbox()
        self._reception = Host(
            self, capabilities, lambda error, peer_id: self._emit("refused", error, peer_id)
        )
        self._guest = Guest(peer, self, capabilities)
        self._healing = Reconnection(peer, self._guest.attempt, self._start)
        self._tasks: set[asyncio.Task[None]] = set()
        self._unwatch = peer.browser.watch(self._on_page_event)

    async def __aenter__(self) -> Links:
        self.begin()
        return self

    async def __aexit__(
        self,
        kind: ExceptionType | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> AsyncIterator[Link]:
        return self._new

    def begin(self) -> None:
        """Find the Links of before a reload again, and take in whoever comes."""
        self._start(self._welcome_all())
        self._start(self._tick())
        self._start(self._stay_online())
        for session in self._sessions.all():
            self._resume(session)

    async def close(self) -> None:
        """Stop. The Links are not ended: whoever has them kept can come back to them."""
        self._unwatch()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._new.close()

    @property
    def own_id(self) -> str:
        """This page's ID at the broker; "" before it has one."""
        return self._peer.id or ""

    @property
    def all(self) -> Sequence[Link]:
        """Every Link that is not over."""
        return tuple(self._links)

    def with_peer(self, peer_id: str) -> Link | None:
        """The first Link under that ID that is not over. There may be others: the ID shows nothing
        of who they are.
        """
        return next((link for link in self._links if link.peer_id == peer_id), None)

    def dial(self, peer_id: str, secret: str | None = None, scope: str = "") -> Link:
        """Begin a Link as the guest of whoever gave the invite; see `Link.wait_connected`.

        Where this page has dialled that ID before, it is that Link. Where the other page turns out
        to be one that has come here already, by its certificate, the new Link ends in favour of
        that one.

        Args:
            peer_id: the inviting page's ID.
            secret: the invite's, in base64url. Without one, people compare a phrase and the host
                must let this page in.
            scope: what the invite leads to, for this page to know after a reload (`Link.scope`).

        Raises:
            InvalidSecret, InvalidId: that is no secret, or no ID.
        """
        check_id(peer_id)
        if secret is not None:
            secret_bytes(secret)
        known = next(
            (each for each in self._links if each.peer_id == peer_id and each.dialled), None
        )
        if known is not None and _is_superseded(known, secret):
            known.end(None)  # a new invite: what the old one gave is over
        elif known is not None:
            known.retry()
            return known
        session = SessionRecord(peer_id, guest=True, secret=secret or "", scope=scope)
        self._sessions.save(session)
        return self._resume(session)

    async def connect(self, peer_id: str, secret: str | None = None) -> Link:
        """Begin a Link, and wait until it is connected.

        Raises:
            InvalidSecret: that is no secret.
            PeerScriptError: it is not connected, and why.
        """
        link = self.dial(peer_id, secret)
        try:
            await link.wait_connected()
        except LinkClosed:
            if (twin := self._guest.visit_of(link)) is None:
                raise
            link = twin
            await link.wait_connected()
        return link

    # Tasks of our own

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": f"in a Link: {error}", "exception": error}
            )

    async def _stay_online(self) -> None:
        """Without the broker nobody can come, or come back."""
        async for state in self._peer.states():
            if state is PeerState.OPEN:
                self._healing.hurry()
            while state is self._peer.state is PeerState.DISCONNECTED:
                try:
                    await self._peer.reconnect(timeout=None)
                except PeerScriptError as error:
                    logger.warning("the broker: %s", error)
                    await asyncio.sleep(REFUSED_PAUSE)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            for link in tuple(self._links):
                link.tick()

    def _on_page_event(self, event: PageEvent) -> None:
        if event is PageEvent.AWAKE:
            self._healing.hurry()
            for link in tuple(self._links):
                if link.session.key or not isinstance(link.trouble, LinkRefused):
                    link.retry()
        else:
            for link in self._links:
                link.freeze()

    def _save_invites(self) -> None:
        self._sessions.save_invites(list(self.invites))

    async def _welcome_all(self) -> None:
        async for connection in self._peer.connections():
            self._start(self._reception.welcome(connection))

    def add(self, session: SessionRecord, state: LinkState) -> Link:
        """Take in a new Link. Where there are very many, the one that is lost longest is ended."""
        if len(self._links) >= MAX_LINKS:
            lost = (link for link in self._links if link.state is LinkState.LOST)
            if oldest := next(lost, None):
                oldest.end(LinkClosed("too many others have come since"))
        link = Link(session, self._sessions, self._name, self, state)
        self._links.append(link)
        self._new.put(link)
        return link

    def _resume(self, session: SessionRecord) -> Link:
        state = LinkState.RECONNECTING if session.key else LinkState.CONNECTING
        link = self.add(session, state)
        self.mend(link)
        return link

    # What Links ask for (link.Owner)

    def mend(self, link: Link) -> None:
        self._healing.mend(link)

    def ended(self, link: Link) -> None:
        self._healing.stop(link)
        self._links.remove(link)

    def go_on(self, link: Link, connection: DataConnection, key: bytes) -> None:
        """Go on over a connection whose other side has proved who it is; see `Link.attach`."""
        if link.state is LinkState.CLOSED:
            self._start(connection.close(flush=False))
            return
        path = Path(connection, link.hear)
        link.attach(path, key)
        self._start(self._run(link, path))

    async def _run(self, link: Link, path: Path) -> None:
        try:
            reason = await path.run()
        except (LinkMisused, StorageFull) as error:
            logger.warning("dropped %s: %s", link.peer_id, error)
            link.end(error)
        else:
            link.detach(path, reason)


def _is_superseded(link: Link, secret: str | None) -> bool:
    """Whether to begin anew with this secret, rather than try again what is lost."""
    never_met = link.state is LinkState.LOST and not link.session.key
    return isinstance(link.trouble, LinkRefused) or (
        never_met and (secret or "") != link.session.secret
    )
