"""The Links of one page.

    async with Peer() as peer, Links(peer, name="Ada") as links:
        invite = links.invites.issue()
        print(f"https://example.org/#{peer.id}.{invite.secret}")
        async for link in links:
            await link.channel("chat").send("hello")

Whoever has come by that link has proved it before `links` gives them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping, Sequence
from types import TracebackType
from typing import ClassVar

from peerscript.aio.events import Emitter
from peerscript.aio.inbox import Inbox
from peerscript.aio.lifecycle import ExceptionType
from peerscript.errors import LinkClosed, LinkRefused
from peerscript.link.link import Link
from peerscript.link.session import LinkSession
from peerscript.link.sessions import Sessions
from peerscript.peer.peer import Peer
from peerscript.protocol.link.invites import Invites


class Links(Emitter):
    """All Links of a peer; iterating gives each new one, in whatever state it begins.

    Event: "refused" (a LinkRefused, and the ID of who knocked).

    Args:
        peer: open at the broker, or on its way to it.
        name: what the person here is called; told to those alone who have proved who they are.
        storage: where Links and what they keep outlive a reload; the tab's own by default.
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
        self._links: dict[LinkSession, Link] = {}
        self._new: Inbox[Link] = Inbox()
        self._sessions = Sessions(
            peer,
            name,
            peer.browser.storage() if storage is None else storage,
            capabilities,
            self._added,
            self._refused,
        )

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
        return self._new

    def start(self) -> None:
        """Find the Links of before a reload again, and take in whoever comes."""
        self._sessions.begin()

    async def close(self) -> None:
        """Stop. The Links are not ended: whoever has them kept can come back to them."""
        await self._sessions.close()
        self._new.close()

    @property
    def invites(self) -> Invites:
        """The invites that this page has given out."""
        return self._sessions.invites

    @property
    def own_id(self) -> str:
        """This page's ID at the broker; "" before it has one."""
        return self._sessions.own_id

    @property
    def all(self) -> Sequence[Link]:
        """Every Link that is not over."""
        return tuple(self._links[session] for session in self._sessions.all)

    def dial(self, peer_id: str, secret: str | None = None, scope: str = "") -> Link:
        """Begin a Link as the guest of whoever gave the invite; see `Link.wait_connected`.

        Where this page has dialled that ID before, it is that Link. Where the other page turns out
        to be one that has come here already, by its certificate, the new Link ends in favour of
        that one.

        Args:
            peer_id: the inviting page's ID.
            secret: the invite's, in base64url. Without one, people compare a phrase and the host
                must let this page in.
            scope: what the invite allows, for this page to know after a reload (`Link.scope`).

        Raises:
            InvalidSecret, InvalidId: that is no secret, or no ID.
        """
        return self._links[self._sessions.dial(peer_id, secret, scope)]

    async def connect(self, peer_id: str, secret: str | None = None) -> Link:
        """Begin a Link, and wait until it is connected.

        Raises:
            InvalidSecret: that is no secret.
            PeerScriptError: it is not connected, and why.
        """
        session = self._sessions.dial(peer_id, secret, "")
        link = self._links[session]
        try:
            await link.wait_connected()
        except LinkClosed:
            if (visit := self._sessions.visit_of(session)) is None:
                raise
            link = self._links[visit]
            await link.wait_connected()
        return link

    def _added(self, session: LinkSession) -> None:
        for gone in self._links.keys() - set(self._sessions.all) - {session}:
            del self._links[gone]
        self._links[session] = link = Link(session, self._sessions.tasks)
        self._new.put(link)

    def _refused(self, error: LinkRefused, peer_id: str) -> None:
        self._emit("refused", error, peer_id)
