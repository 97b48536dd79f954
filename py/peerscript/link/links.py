"""The Links of one page.

    async with Peer() as peer, Links(peer, name="Ada") as links:
        invite = links.invites.issue()
        print(f"https://example.org/#{peer.id}.{invite.secret}")
        await links.handle_links(greet)  # each guest in a task of its own

    async def greet(link):
        await link.channel("chat").send("hello")

A guest has proved the invite's secret before its Link is handled.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from types import TracebackType

from peerscript.aio.each import handle_each
from peerscript.aio.events import Emitter
from peerscript.aio.handlers import check_handler
from peerscript.aio.inbox import Inbox
from peerscript.aio.lifecycle import ExceptionType
from peerscript.aio.timeouts import check_timeout
from peerscript.data.connection import DataConnection
from peerscript.errors import ConnectTimeout, LinkClosed, LinkRefused
from peerscript.link.events import LINKS_EVENTS, LinksEvent, LinksOn
from peerscript.link.invites import Invites
from peerscript.link.link import Link
from peerscript.link.session import LinkSession
from peerscript.link.sessions import Sessions
from peerscript.peer.peer import Peer
from peerscript.peerjs_names import keyword_options
from peerscript.ports.mediapath import MediaPath
from peerscript.protocol.link.state import LinkState

CONNECT_TIMEOUT = 60.0  # seconds


class Links(Emitter[LinksOn[Link], LinksEvent]):
    """All Links of a peer; iterating gives each new one, in whatever state it starts.

    Events: "link" (each new Link, which iterating gives as well), "refused" (a LinkRefused, and the
    ID of the page that dialled, unless it has a Link here already), "connection" (a DataConnection
    that is no Link's, such as a plain PeerJS page's: without a handler it is closed).

    Args:
        peer: open at the broker, or opening.
        name: what the person here is called; sent only after a handshake.
        storage: where Links and kept messages are saved over a reload; the tab's by default.
        capabilities: names of features, sent to the other page in the handshake.
    """

    _EVENTS = LINKS_EVENTS

    @keyword_options
    def __init__(
        self,
        peer: Peer,
        *,
        name: str = "",
        storage: MutableMapping[str, str] | None = None,
        capabilities: Sequence[str] = (),
    ) -> None:
        if not isinstance(peer, Peer):
            raise TypeError(f"Links takes a Peer, not {peer!r}")
        _check_name(name)
        super().__init__(peer._running)
        self._peer = peer
        self._links: dict[LinkSession, Link] = {}
        self._new: Inbox[Link] = Inbox("Links")
        self._sessions = Sessions(
            peer,
            name,
            peer._browser.storage() if storage is None else storage,
            capabilities,
            self._on_added,
            self._on_refused,
            self._on_other,
        )
        self._invites = Invites(self._sessions.invites)

    async def __aenter__(self) -> Links:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: ExceptionType | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> AsyncIterator[Link]:
        self._sessions.require_begun()
        return aiter(self._new)

    def start(self) -> None:
        """Resume the Links from before a reload, and accept incoming ones; `async with` does it.

        Raises:
            Disconnected: the peer has not started, or is closed.
            RuntimeError: these Links have started before; or something else takes the peer's
                connections, such as other Links.
        """
        self._sessions.begin()

    async def close(self) -> None:
        """Stop. The sessions are not ended (each Link is LOST): they can be resumed from what is
        saved.
        """
        await self._sessions.close()
        self._new.close()

    @property
    def invites(self) -> Invites:
        """The invites that this page has issued."""
        return self._invites

    @property
    def name(self) -> str:
        """What the person here is called. Setting it tells everybody who is connected at once, and
        others when they are. It is cleaned, and cut at 60 characters.
        """
        return self._sessions.name

    @name.setter
    def name(self, name: str) -> None:
        _check_name(name)
        self._sessions.rename(name)

    @property
    def own_id(self) -> str:
        """This page's ID at the broker; "" before it has one."""
        return self._sessions.own_id

    @property
    def all(self) -> Sequence[Link]:
        """Every Link that is not over."""
        return tuple(self._links[session] for session in self._sessions.all)

    def dial(self, peer_id: str, secret: str | None = None, scope: str = "") -> Link:
        """Start a Link as the guest of the page that issued the invite; see `Link.wait_connected`.

        If this page has a Link that it dialled to that ID, that one is returned; `redeem` proves
        another invite over it. If the other page turns out to have a Link to this one already (by
        its certificate), the new Link ends in favour of that one, to which the invite then counts.

        Args:
            peer_id: the inviting page's ID.
            secret: the invite's, in base64url. Without one, the people compare a phrase and the
                host's must accept this page.
            scope: what the invite allows, to be kept as `Link.scope`.

        Raises:
            InvalidSecret, InvalidId: the secret or the ID is malformed.
            LinkClosed, Disconnected: these Links, or the peer, are closed.
            RuntimeError: these Links have not started.
        """
        return self._links[self._sessions.dial(peer_id, secret, scope)]

    @keyword_options
    async def connect(
        self, peer_id: str, secret: str | None = None, *, timeout: float | None = CONNECT_TIMEOUT
    ) -> Link:
        """Start a Link, and wait until it is connected. Cancelling leaves nothing behind: a Link
        that this call has started, and that was never established, is ended.

        Args:
            peer_id, secret: see `dial`.
            timeout: seconds until ConnectTimeout; then it is as if it were cancelled. Without a
                secret somebody at the host must accept this page in that time. None waits for as
                long as the Link looks for a path (three minutes at most), and ten minutes for
                somebody to accept.

        Raises:
            PeerScriptError: why it did not connect.
            InvalidSecret, TypeError, RuntimeError: wrong arguments; see `dial`.
        """
        check_timeout(timeout, may_be_none=True)
        before = self._sessions.all
        session = self._sessions.dial(peer_id, secret, "")
        words = ""
        try:
            async with asyncio.timeout(timeout):
                try:
                    return await self._connected(session)
                except asyncio.CancelledError:
                    asked = session.state is LinkState.WAITING
                    words = f"accept this page at {peer_id}" if asked else f"answer at {peer_id}"
                    if session not in before and not session.established:
                        session.end(LinkClosed("the call that dialled was cancelled"))
                    raise
        except TimeoutError as error:
            if isinstance(error, ConnectTimeout):
                raise
            raise ConnectTimeout(f"nobody did {words} within {timeout:g} s") from None

    async def _connected(self, session: LinkSession) -> Link:
        """Wait until it is connected, or the Link that the same page has dialled meanwhile is."""
        link = self._links[session]
        try:
            await link.wait_connected()
        except LinkClosed:
            if (incoming := self._sessions.incoming_from_same_page(session)) is None:
                raise
            link = self._links[incoming]
            await link.wait_connected()
        return link

    async def redeem(self, link: Link, secret: str) -> None:
        """Prove another invite of the page that a Link is with: what it allows is added to the Link
        (`Link.granted` there), and a Link without a proof is verified by it. Waits until the Link
        is connected, and dials once. Cancelling leaves the Link as it is.

        Args:
            secret: the invite's, in base64url.

        Raises:
            LinkRefused: the invite is not valid, or not of that page.
            PeerScriptError: why it could not be proved: the Link is lost or over, say.
            InvalidSecret, TypeError, RuntimeError: wrong arguments; see `dial`.
        """
        if not isinstance(link, Link):
            raise TypeError(f"redeem takes a Link, not {link!r}")
        await self._sessions.redeem(link._session, secret)

    async def handle_links(self, handler: Callable[[Link], Awaitable[object]]) -> None:
        """Run an `async` function for each new Link, until these Links are closed.

        Each runs in a task of its own and ends alone: when the Link is over (LinkClosed), quietly;
        with any other error, that is reported to the event loop. The Link is not ended by it.
        Once these Links are closed, those that still run have a second to end, and are then
        cancelled. Cancelling cancels them all.

        Raises:
            LinkClosed, Disconnected: these Links, or the peer, are closed already.
            RuntimeError: these Links have not started.
            TypeError: the handler cannot be called with a Link.
        """
        check_handler("handle_links", handler, ["link"])
        self._sessions.require_running()
        await handle_each(self, handler, self._running)

    def _on_added(self, session: LinkSession) -> None:
        for gone in self._links.keys() - set(self._sessions.all) - {session}:
            del self._links[gone]
        self._links[session] = link = Link(
            session, self._sessions.tasks, self._peer._browser, self._new_media_path
        )
        self._emit("link", link)
        self._new.put(link)

    def _new_media_path(self) -> MediaPath:
        return self._peer._browser.media_path(self._peer.options)

    def _on_refused(self, error: LinkRefused, peer_id: str) -> None:
        self._emit("refused", error, peer_id)

    def _on_other(self, connection: DataConnection) -> bool:
        self._emit("connection", connection)
        return bool(self._handlers.get("connection"))


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(f"name is what the person here is called, a text, not {name!r}")
