"""A room, at a page that joins it."""

from __future__ import annotations

from collections.abc import MutableMapping
from types import TracebackType
from typing import TYPE_CHECKING
from warnings import warn

from peerscript.aio.lifecycle import ExceptionType
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.peer.peer import Peer
from peerscript.protocol.link.invites import InviteSecret
from peerscript.room.member import Member
from peerscript.room.transports import LinkTransport

_LABEL = "room "
_HOW = "write `async with Room.join(…) as host:`"


def links_of(source: Peer | Links, name: str, storage: MutableMapping[str, str] | None) -> Links:
    """The Links of a room's own, over a peer; or those that are given."""
    if isinstance(source, Peer):
        return Links(source, name=name, storage=storage)
    if not isinstance(source, Links):
        raise TypeError(f"a room is over a Peer or Links, not {source!r}")
    if name or storage is not None:
        raise ValueError("the Links that are given have a name and a storage already")
    return source


class Joining:
    """What `Room.join` returns: entered with `async with`, it gives the host."""

    def __init__(
        self,
        source: Peer | Links,
        host_id: str,
        secret: str,
        *,
        name: str = "",
        storage: MutableMapping[str, str] | None = None,
    ) -> None:
        if not isinstance(secret, str):
            hint = "write `invite.secret`" if isinstance(secret, InviteSecret) else "a str"
            raise TypeError(
                f"Room.join takes the secret of the room's invite, not {secret!r:.40}: {hint}"
            )
        self._links = links_of(source, name, storage)
        self._own_links = self._links is not source
        self._host_id = host_id
        self._secret = secret
        self._entered = False
        self._link: Link | None = None
        self._host: Member | None = None

    async def __aenter__(self) -> Member:
        """Join, or go on after a reload of this page.

        Raises:
            InvalidSecret, InvalidId: the secret or the ID is malformed.
            LinkClosed, Disconnected: the Links, or the peer, are closed or have not started.
            RuntimeError: it was entered before; or something else takes the peer's connections.
            ValueError: these Links have one to that page already, by another invite.
            PeerScriptError: why it did not connect.
        """
        if self._entered:
            raise RuntimeError("this has been entered before: call `Room.join` again")
        self._entered = True
        try:
            return await self._join()
        except BaseException:
            await self._leave()
            raise

    async def __aexit__(
        self,
        kind: ExceptionType | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._leave()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            hint = "" if name.startswith("_") else f": this is not the host yet, {_HOW}"
            raise AttributeError(f"Joining has no {name!r}{hint}")

        def __await__(self) -> object:
            raise TypeError(f"Room.join is not awaited: {_HOW}")

    def __del__(self) -> None:
        if not self.__dict__.get("_entered", True):
            warn(f"Room.join(…) was never entered: {_HOW}", RuntimeWarning, stacklevel=2)

    async def _join(self) -> Member:
        if self._own_links:
            self._links.start()
        # A session from before a reload can be resumed under the same ID alone; and that of another
        # invite leads to another room.
        label = f"{_LABEL}{self._links.own_id} {self._secret}"
        await self._end_stale(label)
        self._link = self._links.dial(self._host_id, self._secret, label)
        # A session from before a reload looks for a path for as long as any other.
        self._link = await self._links.connect(self._host_id, self._secret, timeout=None)
        self._host = Member(LinkTransport(self._link), self._links._running)
        return self._host

    async def _end_stale(self, label: str) -> None:
        for link in self._links.all:
            if link.peer_id != self._host_id or not link.is_guest or link.scope == label:
                continue
            if link.connected or not link.scope.startswith(_LABEL):
                raise ValueError(f"there is a Link to {self._host_id} already: use its channels")
            await link.close()

    async def _leave(self) -> None:
        try:
            if self._host is not None:
                await self._host.close()
            if self._link is not None:
                await self._link.close()
        finally:
            if self._own_links:
                await self._links.close()
