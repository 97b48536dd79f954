"""The sessions of one page: accepts incoming ones, dials, and restores paths."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Callable, MutableMapping, Sequence

from peerscript.aio.tasks import TaskOwner
from peerscript.data.connection import DataConnection
from peerscript.errors import (
    ConnectionClosed,
    LinkClosed,
    LinkMisused,
    LinkRefused,
    PeerScriptError,
    StorageFull,
)
from peerscript.link.guest import Guest
from peerscript.link.host import MAX_LINKS, Host
from peerscript.link.path import Path
from peerscript.link.reconnection import Reconnection
from peerscript.link.session import LinkSession
from peerscript.link.store import SessionRecord, SessionStore
from peerscript.peer.peer import Peer
from peerscript.peer.session import PeerState
from peerscript.ports import PageEvent
from peerscript.ports.datapath import DataPath
from peerscript.protocol.ids import check_id
from peerscript.protocol.link.heartbeat import INTERVAL
from peerscript.protocol.link.invites import InviteTable, secret_bytes
from peerscript.protocol.link.messages import MAX_NAME
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.text.display import display_line

logger = logging.getLogger("peerscript")

_OVER = "these Links are closed for good: make new ones, `Links(peer)`"
_BEGUN = "these Links have started already: start() or `async with`, once"

REFUSED_PAUSE = 15.0  # seconds before logging on again to a broker that has refused


class Sessions:
    """All sessions of a peer.

    Args:
        peer: open at the broker, or opening.
        name: what the person here is called; sent only after a handshake.
        storage: where sessions and kept messages are saved over a reload.
        capabilities: names of features, sent to the other page in the handshake.
        on_added: called with each new session.
        on_refused: called with the error and the ID of every page that was refused.
        on_other: called with each connection that is no Link's; returns whether somebody takes it.
    """

    def __init__(
        self,
        peer: Peer,
        name: str,
        storage: MutableMapping[str, str],
        capabilities: Sequence[str],
        on_added: Callable[[LinkSession], None],
        on_refused: Callable[[LinkRefused, str], None],
        on_other: Callable[[DataConnection], bool],
    ) -> None:
        self._peer = peer
        self.name = display_line(name, MAX_NAME)
        self._store = SessionStore(storage)
        self.invites = InviteTable(self._store.invites(), self._save_invites)
        self._all: list[LinkSession] = []
        self._on_added = on_added
        self.tasks = TaskOwner("Links", peer._running)
        self._guest = Guest(peer, self, capabilities)
        self._host = Host(self, capabilities, on_refused, on_other)
        self._reconnection = Reconnection(peer, self._guest.attempt, self.tasks)
        self._unwatch: Callable[[], None] | None = None  # None before it has begun
        self._closed = False

    def begin(self) -> None:
        """Resume the sessions from before a reload, and accept incoming ones.

        Raises:
            Disconnected: the peer has not started, or is closed.
            RuntimeError: these have begun before; or something else takes the peer's connections.
        """
        if self._closed or self._unwatch is not None:
            raise RuntimeError(_OVER if self._closed else _BEGUN)
        self._peer._require_started()
        arriving = self._peer._incoming.claim_connections()
        self._unwatch = self._peer._browser.watch(self._on_page_event)
        self.tasks.start(self._accept_all(arriving))
        self.tasks.start(self._tick())
        self.tasks.start(self._stay_online())
        for record in self._store.all():
            self._resume(record)

    async def close(self) -> None:
        """Stop. The sessions are not ended: they can be resumed from what is saved."""
        if self._unwatch is not None and not self._closed:
            self._unwatch()
            self._peer._incoming.release_connections()
        self._closed = True
        try:
            await self.tasks.close()
        finally:
            self._give_up_all(LinkClosed("this page's Links were closed"))

    def require_running(self) -> None:
        """Raise the error of whoever uses these before they begin, or after they are closed.

        Raises:
            LinkClosed: they are closed.
            Disconnected: the peer is.
            RuntimeError: they have not begun.
        """
        if self._closed:
            raise LinkClosed(_OVER)
        self.require_begun()
        self._peer._require_started()

    def require_begun(self) -> None:
        """Raise RuntimeError before `begin`."""
        if self._unwatch is None:
            raise RuntimeError("these Links have not started: enter them with `async with`")

    @property
    def own_id(self) -> str:
        """This page's ID at the broker; "" before it has one."""
        return self._peer._id

    @property
    def all(self) -> Sequence[LinkSession]:
        """Every session that is not over."""
        return tuple(self._all)

    def rename(self, name: str) -> None:
        """Tell everybody a new name; see `Links.name`."""
        self.name = display_line(name, MAX_NAME)
        for link in self._all:
            link.rename(self.name)

    def dial(self, peer_id: str, secret: str | None, scope: str) -> LinkSession:
        """Begin a session as a guest; see `Links.dial`."""
        self.require_running()
        check_id(peer_id)
        if secret is not None:
            secret_bytes(secret)
        mine = (each for each in self._all if each.peer_id == peer_id and each.guest)
        known = next(mine, None)
        if known is not None and _is_superseded(known, secret):
            gone = known.state is LinkState.LOST  # nobody waits for it
            known.end(None if gone else LinkClosed("it is dialled again, with another invite"))
        elif known is not None:
            known.retry()
            return known
        record = SessionRecord(peer_id, guest=True, secret=secret or "", scope=scope)
        self._store.save(record)
        return self._resume(record)

    async def redeem(self, session: LinkSession, secret: str) -> None:
        """Prove another invite; see `Links.redeem`."""
        self.require_running()
        key = secret_bytes(secret)
        await session.wait_connected()
        await self._guest.redeem(session, key)

    def incoming_from_same_page(self, session: LinkSession) -> LinkSession | None:
        """The incoming session of the page that this one has dialled; see `Guest`."""
        return self._guest.incoming_from_same_page(session)

    # Background tasks

    async def _stay_online(self) -> None:
        """Log on to the broker again whenever its socket is lost, so that guests can dial."""
        try:
            async for state in self._peer.states():
                if state is PeerState.OPEN:
                    self._reconnection.retry_now()
                while state is self._peer.state is PeerState.DISCONNECTED:
                    await self._log_on_again()
        finally:
            if self._peer.destroyed:
                self._give_up_all(ConnectionClosed("this page's own peer was closed"))

    async def _log_on_again(self) -> None:
        try:
            await self._peer.reconnect(timeout=None)
        except PeerScriptError as error:
            if not self._peer.destroyed:
                logger.warning("the broker: %s", error)
                await asyncio.sleep(REFUSED_PAUSE)

    def _give_up_all(self, error: ConnectionClosed) -> None:
        """Nothing connects any more: whoever waits for a Link is told."""
        for link in tuple(self._all):
            if link.state is LinkState.ASKING:
                link.end(LinkClosed(str(error)))
            else:
                link.give_up(error)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            for link in tuple(self._all):
                link.tick()

    def _on_page_event(self, event: PageEvent) -> None:
        if event is PageEvent.AWAKE:
            self._reconnection.retry_now()
            for link in tuple(self._all):
                if link.record.key or not isinstance(link.error, LinkRefused):
                    link.retry()
        else:
            for link in self._all:
                link.freeze()

    def _save_invites(self) -> None:
        self._store.save_invites(list(self.invites))

    async def _accept_all(self, arriving: AsyncIterable[DataConnection]) -> None:
        async for connection in arriving:
            self.tasks.start(self._host.accept(connection))

    def add(self, session: SessionRecord, state: LinkState) -> LinkSession:
        """Add a session. At MAX_LINKS, the oldest lost one is ended."""
        if len(self._all) >= MAX_LINKS:
            lost = (link for link in self._all if link.state is LinkState.LOST)
            if oldest := next(lost, None):
                oldest.end(LinkClosed("too many others have come since"))
        link = LinkSession(session, self._store, self.name, self, state)
        self._all.append(link)
        self._on_added(link)
        return link

    def _resume(self, session: SessionRecord) -> LinkSession:
        state = LinkState.RECONNECTING if session.key else LinkState.CONNECTING
        link = self.add(session, state)
        self.restore(link)
        return link

    # Called by sessions (session.Owner)

    def restore(self, link: LinkSession) -> None:
        self._reconnection.restore(link)

    @property
    def running(self) -> bool:
        return not self._closed and not self._peer.destroyed

    def ended(self, link: LinkSession) -> None:
        self._reconnection.stop(link)
        self._all.remove(link)

    def use_connection(self, link: LinkSession, connection: DataConnection, key: bytes) -> None:
        """Continue the session on an authenticated connection; see `LinkSession.attach`."""
        if link.state is LinkState.CLOSED:
            self.tasks.start(connection.close(flush=False))
            return
        path = Path(connection, link, lambda: self._new_data_path(link.peer_id))
        link.attach(path, key)
        self.tasks.start(self._run(link, path))

    def _new_data_path(self, peer_id: str) -> DataPath:
        return self._peer._browser.data_path(self._peer.options, peer_id)

    async def _run(self, link: LinkSession, path: Path) -> None:
        try:
            reason = await path.run()
        except (LinkMisused, StorageFull) as error:
            logger.warning("dropped %s: %s", link.peer_id, error)
            link.end(error)
        else:
            link.detach(path, reason)


def _is_superseded(link: LinkSession, secret: str | None) -> bool:
    """Whether to start a new session with this secret, rather than retry this one."""
    if isinstance(link.error, LinkRefused):
        return True
    given = secret is not None or link.state is LinkState.LOST  # else it goes on with its own
    return not link.record.key and given and (secret or "") != link.record.secret
