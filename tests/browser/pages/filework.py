"""The Python of the pages of tests/browser/files, which does what an app would: it takes all that
is offered into its store, and offers again under the same key what was interrupted.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import js

from peerscript import IncomingOffer, Link, Links, OutgoingOffer, Peer
from peerscript.bridge.files import placing
from peerscript.bridge.values import plain_object
from peerscript.errors import ConnectTimeout, TransferError
from peerscript.ports.files import Store
from peerscript.transfer import FileState, file_sources, folder_store, open_store

PATIENCE = 60.0  # seconds
placing.COPIED_AT_ONCE = 300_000  # bytes; files of tests, too, are copied in parts


async def chosen(*, create: bool = False) -> Any:
    """The folder; None if none was chosen. Nobody can press the browser's dialog: it is another
    real one. A killed browser knows it still, unlike what was just put into localStorage.
    """
    root = await js.navigator.storage.getDirectory()
    if not create and "mine" not in [str(each) async for each in root.keys()]:  # noqa: SIM118
        return None
    return await root.getDirectoryHandle("mine", plain_object({"create": True}))


class Side:
    """A page with a Link to another one.

    Attributes:
        link: the newest.
        offer: the newest, of either page.
        outcomes: how each offer has ended: "done", or the error.
    """

    link: Link
    _store: Store
    offer: IncomingOffer | OutgoingOffer | None = None

    def __init__(self, id: str, options: dict[str, Any]) -> None:
        self._peer = Peer(id, token=f"{id}'s token", **options)
        self._links = Links(self._peer)
        self._changed = asyncio.Event()
        self._working: set[asyncio.Future[None]] = set()
        self.outcomes: list[str] = []

    async def start(self) -> None:
        js.arrived = js.Array.new()
        self._store = await open_store()
        if folder := await chosen():
            self._store = folder_store(folder)
        await self._peer.start()
        self._links.start()
        self._start(self._links.handle_links(self._take_all))

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    # The Link

    def secret(self) -> str:
        """Of an invite to this page."""
        for invite in self._links.invites:
            return invite.secret
        return self._links.invites.issue().secret

    async def connect(self, peer_id: str, secret: str) -> None:
        """Have a Link: the one from before a reload, or a new one."""
        found = [link for link in self._links.all if link.peer_id == peer_id]
        self.link = found[0] if found else self._links.dial(peer_id, secret)
        async with asyncio.timeout(PATIENCE):
            while not self.link.connected:
                try:
                    await self.link.wait_connected()
                except ConnectTimeout:  # on a busy machine; a person is asked to try again
                    self.link.reconnect()

    async def part(self) -> None:
        """Close the Link."""
        await self.link.close()

    async def wait_for(self, *states: str) -> None:
        """Wait until the Link is in one of these states."""
        async with asyncio.timeout(PATIENCE):
            async for state in self.link.states():
                if state.value in states:
                    return

    # Files

    async def give(self, field: str, key: str = "") -> str:
        """Offer what was chosen in a field; the offer's key."""
        sources = file_sources(js.document.getElementById(field).files)
        offer = await self.link.send_files(sources, name=field, key=key)
        self._start(self._follow(offer, offer.finished()))
        return offer.key

    async def _take_all(self, link: Link) -> None:
        self.link = link
        async for offer in link.offers():
            self._start(self._follow(offer, self._take(offer)))

    async def _take(self, offer: IncomingOffer) -> None:
        try:
            await offer.accept(into=self._store)
            await offer.finished()
        except OSError:
            offer.decline()
            raise
        finally:
            js.arrived.splice(0)  # for the test to read
            for index in sorted(offer.received):
                js.arrived.push(offer.received[index].file)

    async def _follow(self, offer: IncomingOffer | OutgoingOffer, finishing: Any) -> None:
        self.offer = offer
        offer.on("change", lambda _: self._changed.set())
        try:
            await finishing
            self.outcomes.append("done")
        except (TransferError, OSError) as error:
            self.outcomes.append(f"{type(error).__name__}: {error}")
        self._changed.set()

    # For the tests

    async def reached(self, size: int) -> int:
        """Wait until so many bytes of the newest offer have moved, or it has ended well."""
        await self._until(lambda: self._moved >= size or "done" in self.outcomes)
        return self._moved

    async def outcome(self) -> str:
        """Wait until an offer has ended; how the first has."""
        await self._until(lambda: bool(self.outcomes))
        return self.outcomes[0]

    async def done(self) -> str:
        """Wait until an offer has ended well; how the others have ended, as JSON."""
        await self._until(lambda: "done" in self.outcomes)
        return json.dumps([each for each in self.outcomes if each != "done"])

    def described(self) -> str:
        """The files of the newest offer, as JSON: path, state, checksum and problem of each."""
        files = self.offer.files if self.offer else ()
        return json.dumps(
            [[each.info.path, each.state.value, each.sha256, each.problem] for each in files]
        )

    async def arrive(self, *, in_folder: bool) -> None:
        """Have what comes next arrive in an empty folder that was chosen, or in the page's own
        store. A reload changes nothing of that.
        """
        await self.forget()
        self._store = await open_store()
        if await chosen():
            root = await js.navigator.storage.getDirectory()
            await root.removeEntry("mine", plain_object({"recursive": True}))
        if in_folder:
            self._store = folder_store(await chosen(create=True))

    async def saved(self, key: str) -> None:
        """Have what the store has of an offer at hand for the test to read."""
        js.arrived.splice(0)
        for index in sorted(await self._store.kept(key)):
            js.arrived.push(await self._store.saved(key, index))

    async def whole(self, key: str) -> int:
        """How many files of an offer look whole, in the store and in the offer."""
        kept = await self._store.kept(key)
        whole = [index for index, file in kept.items() if file.sha256]
        if isinstance(self.offer, IncomingOffer):
            done = [file for file in self.offer.files if file.state is FileState.DONE]
            assert len(done) == len(self.offer.received) == len(whole)
        return len(whole)

    async def forget(self) -> None:
        """Forget the offers that are over, and what they have brought."""
        if isinstance(self.offer, IncomingOffer):
            await self._store.forget(self.offer.key)
        self.offer = None
        self.outcomes.clear()
        js.arrived.splice(0)

    @property
    def _moved(self) -> int:
        return sum(file.moved for file in self.offer.files) if self.offer else 0

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()
