"""The app in pages without a browser, over the network in memory."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from app.calls.calls import Calls
from app.chat.chat import Chat
from app.connection.broker import report_broker
from app.connection.invite_link import InviteLink
from app.files.files import Files
from app.files.transfer import TransferState
from app.people.contact import Contact
from app.people.roster import Roster
from app.slides.presentation import PresentationStore
from app.slides.presenting import Presenting
from app.slides.recent import RecentDecks
from app.slides.slides import Slides
from app.slides.watching import Watching
from app.tasks import Tasks
from peerscript import Peer
from peerscript.link.links import Links
from peerscript.mesh import CallMesh
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.values import pythonpack
from peerscript.slides import DeckSource
from peerscript.testing import MemoryNetwork
from tests.unit.app.devices import MemoryDevices, MemoryRecognizer, MemoryRecorder
from tests.unit.app.notices import Notices
from tests.unit.app.screens import MemoryDeckStore, MemoryScreen, Offers, Panel
from tests.unit.app.storage import Directory, MemoryJournal, MemoryStore
from tests.unit.app.views import View


class App:
    """One page without its browser: what main.py puts together.

    Args:
        storage: the tab's; a page that is loaded again finds there what it kept.
        decks: those that it presented, kept in the same way.

    Attributes:
        files_beside: what stands on the server beside the page.
    """

    def __init__(
        self,
        network: MemoryNetwork,
        peer_id: str,
        name: str,
        storage: dict[str, str],
        decks: dict[str, DeckSource] | None = None,
        journal: MemoryJournal | None = None,
        store: MemoryStore | None = None,
    ) -> None:
        self.journal = MemoryJournal() if journal is None else journal
        self.network, self.peer_id, self.name, self.storage = network, peer_id, name, storage
        self.decks = {} if decks is None else decks
        self.files_beside: dict[str, bytes] = {}
        self.view, self.notices = View(), Notices()
        self.store = MemoryStore() if store is None else store
        self.devices, self.recorder = MemoryDevices(network), MemoryRecorder()
        self.recognizer = MemoryRecognizer()
        self.peer = Peer(peer_id, browser=network)
        self.links = Links(self.peer, name=name, storage=storage)
        self.tasks = Tasks(self.notices)
        self.people = Roster(self.links, self.tasks, self.view, self.notices, self.view)
        self.mesh = CallMesh(self.links)
        self.invite_link = InviteLink(self.links)
        self.chat = Chat(self.people, self.view, self.notices, self.tasks, self.storage)
        self.files = Files(
            self.people,
            self.view,
            self.notices,
            self.store,
            self.tasks,
            self.view,
            self.view,
            self.journal,
        )
        self.calls = Calls(
            self.people,
            self.mesh,
            self.view,
            self.notices,
            self.devices,
            self.recorder,
            self.recognizer,
            self.tasks,
            self.storage,
            self.chat.note,
        )
        self._furnish_slides()
        self.people.bind(self.chat, self.files, self.calls, self.slides)
        self._loaded = asyncio.Event()
        self._page: asyncio.Task[None] | None = None

    def _furnish_slides(self) -> None:
        self.screen, self.presenter_panel, self.remote_panel = MemoryScreen(), Panel(), Panel()
        self.recent = RecentDecks(MemoryDeckStore({}))
        self.presenting = Presenting(
            self.links,
            self.people,
            self.screen,
            self.presenter_panel,
            self.notices,
            address=lambda: "https://example.org/",
            presentations=PresentationStore(self.storage),
            store=MemoryDeckStore(self.decks),
            recent=self.recent,
        )
        self.offers = Offers()
        self.watching = Watching(
            self.screen, self.remote_panel, self.offers, self.notices, self.tasks
        )
        self.slides = Slides(
            self.presenting, self.watching, self.recent, self._fetch, self.notices, self.tasks
        )

    async def _fetch(self, url: str) -> bytes:
        if url not in self.files_beside:
            raise OSError("404")
        return self.files_beside[url]

    async def load(self) -> None:
        """Open the page."""
        self._page = asyncio.create_task(self._run())
        await self._loaded.wait()

    async def unload(self) -> None:
        """Close the page: without a word, as a browser does."""
        if self._page is not None:
            self._page.cancel()
            with suppress(asyncio.CancelledError):
                await self._page

    async def _run(self) -> None:
        async with self.peer, self.links, self.mesh, self.tasks:
            self.tasks.start(self.files.restore())
            self.tasks.start(self.calls.recording.restore())
            self.tasks.start(self.calls.captions.look())
            self.tasks.start(self.calls.meet())
            self.tasks.start(self.people.accept_links())
            self.tasks.start(report_broker(self.peer, self.notices, lambda: None))
            self.tasks.start(self.presenting.restore())
            self._loaded.set()
            await asyncio.Event().wait()

    # What tests ask for

    def find(self, peer_id: str) -> Contact | None:
        """The first contact with that ID."""
        return next(iter(self.people.under(peer_id)), None)

    def contact(self, peer_id: str) -> Contact:
        """The only contact with that ID."""
        (contact,) = self.people.under(peer_id)
        return contact

    def assign(self, peer_id: str, action: str) -> None:
        """Press a button at somebody's name in the list of who takes part."""
        self.slides.assign(self.contact(peer_id).key, action)

    async def act(self, peer_id: str, action: str) -> None:
        """Press a button in the row of the only contact with that ID."""
        await self.people.act(self.contact(peer_id).key, action)

    @property
    def rows(self) -> list[tuple[str, LinkState]]:
        return [(contact.name, contact.state) for contact in self.view.people]

    @property
    def directory(self) -> Directory:
        """The folder that the person chooses."""
        assert self.view.folder is not None
        return self.view.folder

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        return [(each.name, each.text, each.state) for each in self.view.messages.values()]

    @property
    def transfer(self) -> Any:
        """What the only card shows."""
        (transfer,) = self.view.transfers.values()
        return transfer

    @property
    def steps(self) -> list[TransferState]:
        """The states of the only transfer, each once in a row."""
        seen = self.view.steps[self.transfer.key]
        return [state for n, state in enumerate(seen) if n == 0 or state is not seen[n - 1]]


async def send_raw(contact: Contact, channel: str, value: object) -> None:
    """Send a value that no honest page sends on a channel of typed messages."""
    opened, _ = contact.link._channels[channel]
    await opened._session.send(pythonpack.pack(value))
