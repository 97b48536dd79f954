"""Apps in one process, over the network in memory, and what their pages would show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from app.calls.calls import Calls
from app.calls.measures import Measures
from app.calls.ports import CallsShown, Tile
from app.chat.chat import Chat
from app.chat.ports import ChatEvent, ChatMessage
from app.connection.broker import report_broker
from app.connection.invite_link import InviteLink
from app.files.files import Files
from app.files.group import Group
from app.files.transfer import Transfer, TransferState
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
from peerscript.testing import MemoryNetwork, MemorySource
from peerscript.testing import MemoryStore as KeepingStore
from peerscript.testing.files import MemorySink
from peerscript.transfer import FileInfo
from tests.clock import until
from tests.unit.app.devices import MemoryDevices, MemoryRecognizer, MemoryRecorder
from tests.unit.app.screens import MemoryDeckStore, MemoryScreen, Offers, Panel


class Notices:
    """What was said.

    Attributes:
        problems: everything that was shown.
        standing: what is shown still, and what it is about.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.standing: list[tuple[str, str]] = []
        self.announced: list[str] = []

    def problem(self, text: str, *, about: str = "") -> None:
        self.problems.append(text)
        self.standing = [each for each in self.standing if not about or each[0] != about]
        self.standing.append((about, text))

    def settle(self, about: str) -> None:
        self.standing = [each for each in self.standing if each[0] != about]

    def announce(self, text: str) -> None:
        self.announced.append(text)


class View:
    """Every panel at once: it keeps what it was told to show.

    Attributes:
        people: the rows, and whether each is the chosen one.
        stands: every state that a row has shown, with the name beside it.
        opened: whose conversation is shown: the contact's key, and the name.
        events: what has happened between the messages.
        writing: who is writing.
        forgotten, removed: the messages and transfers that were taken away.
        steps: the states that each transfer's card has shown.
        waits: whether the transfers from before a reload have yet to be shown.
        open_to: to whom files can be offered, or why not.
        shares: the progress that was shown outside of the page's cards.
        told: what it was notified of.
        downloads: what was saved, by name.
        folder: the one that the person chooses; None if they choose none.
        denied: whether the browser lets nobody choose a folder.
        asked: how often it was asked for the permission to notify.
        seen: whether the page is in view; `come_into_view` when it is again.
        unread: how much is, as is shown outside of the page.
        told_of: what a sound and notifications stand for, by contacts' keys.
        everyone: the names of all, whether they are addressed, and how much of theirs is unread.
        hint: what is said where a text is written, and whether none can be sent.
        calls: what is shown of calls.
        tiles: every tile that was shown.
        measures: of each contact's media.
    """

    def __init__(self) -> None:
        self.people: dict[Contact, bool] = {}
        self.stands: list[tuple[str, LinkState]] = []
        self.opened = ("", "")
        self.messages: dict[tuple[str, str], ChatMessage] = {}
        self.events: dict[tuple[str, str], ChatEvent] = {}
        self.writing = ""
        self.forgotten: list[ChatMessage] = []
        self.transfers: dict[str, Any] = {}  # each a Transfer, or a Group of them
        self.removed: list[Any] = []
        self.steps: dict[str, list[TransferState]] = {}
        self.waits = True
        self.open_to = ("", "")
        self.shares: list[float | None] = []
        self.told: list[str] = []
        self.asked = 0
        self.seen = True
        self.come_into_view: Callable[[], None] = lambda: None
        self.unread = 0
        self.told_of: dict[str, str] = {}
        self.hint = ("", False)
        self.everyone = ("", False, 0)
        self.downloads: dict[str, Any] = {}
        self.folder: Directory | None = Directory()
        self.denied = False
        self.calls = CallsShown()
        self.tiles: list[Tile] = []
        self.measures: dict[str, Measures] = {}

    def show(self, item: Any, /, *, chosen: bool = False) -> None:
        if isinstance(item, Contact):
            self.people[item] = chosen
            self.stands.append((item.name, item.state))
        elif isinstance(item, ChatMessage):
            self.messages[item.contact, item.key] = item
        elif isinstance(item, ChatEvent):
            self.events[item.contact, item.key] = item
        elif isinstance(item, Transfer | Group):
            self.transfers[item.key] = item
            self.steps.setdefault(item.key, []).append(item.state)
        else:
            self.calls = item
            self.tiles += item.tiles

    def show_everyone(self, names: str, *, chosen: bool, unread: int) -> None:
        self.everyone = (names, chosen, unread)

    def remove(self, item: Any) -> None:
        if isinstance(item, Contact):
            del self.people[item]
        else:
            self.removed.append(self.transfers.pop(item.key))

    def restored(self) -> None:
        self.waits = False

    def open_for(self, name: str, why_not: str) -> None:
        self.open_to = (name, why_not)

    def show_progress(self, share: float | None) -> None:
        self.shares.append(share)

    def ask(self) -> None:
        self.asked += 1

    def on_seen(self, seen: Callable[[], None]) -> None:
        self.come_into_view = seen

    def show_unread(self, count: int) -> None:
        self.unread = count

    def tell(self, key: str, text: str) -> None:
        self.told_of[key] = text

    def settle(self, key: str) -> None:
        self.told_of.pop(key, None)

    def notify(self, text: str) -> None:
        self.told.append(text)

    def download(self, file: Any, name: str) -> None:
        self.downloads[name] = file

    async def zip_file(self, files: Any, name: str) -> dict[str, Any]:
        found = dict(files)
        if None in found.values():
            raise OSError("it is gone")
        return found

    async def source_of_handle(self, handle: Any, folder: str) -> Any:
        if handle.folder != folder:
            raise OSError(f"{handle.name} is gone")
        return handle

    async def choose_folder(self) -> Directory | None:
        if self.denied:
            raise OSError("choosing a folder: the browser does not allow it")
        return self.folder

    async def may_write(self, directory: Directory, *, ask: bool = False) -> bool:
        if directory.access == "gone":
            raise OSError("Pictures: it is not there any more")
        if ask:
            directory.access = directory.answer
        return directory.access == "granted"

    def folder_store(self, directory: Directory) -> MemoryFolder:
        assert directory.access == "granted"
        return directory.into

    async def save_to_folder(self, directory: dict[str, Any], files: Any) -> list[str]:
        directory.update(await self.zip_file(files, ""))
        return list(directory)

    def open(self, contact: str, name: str, hint: str = "", *, off: bool = False) -> None:
        self.opened, self.hint = (contact, name), (hint, off)

    def drop(self, contact: str, key: str) -> None:
        del self.messages[contact, key]

    def show_writing(self, words: str) -> None:
        self.writing = words

    def forget(self, contact: str) -> None:
        for place in [each for each in self.events if each[0] == contact]:
            del self.events[place]
        for place in [each for each in self.messages if each[0] == contact]:
            self.forgotten.append(self.messages.pop(place))

    def measured(self, key: str, name: str, measures: Measures) -> None:
        self.measures[key] = measures


class MemoryJournal:
    """Records, and their handles, over a reload."""

    def __init__(self) -> None:
        self.records: dict[str, tuple[str, tuple[Any, ...]]] = {}

    async def load(self) -> list[tuple[str, Any]]:
        return list(self.records.values())

    async def put(self, id: str, text: str, handles: Any) -> None:
        self.records[id] = (text, tuple(handles))

    async def forget(self, id: str) -> None:
        self.records.pop(id, None)


class MemoryStore(KeepingStore):
    """Can be made to fail, or to wait.

    Attributes:
        written: bytes, in all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.written = 0
        self.full = False
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def whole(self) -> dict[str, bytes]:
        return self.files

    async def check_room(self, size: int) -> None:
        if self.full:
            raise OSError("no room")

    async def open(self, key: str, index: int, file: FileInfo) -> MemorySink:
        sink = await super().open(key, index, file)
        sink.__class__ = SlowSink
        return sink


class SlowSink(MemorySink):
    async def write(self, data: bytes) -> None:
        assert isinstance(self._store, MemoryStore)
        await self._store.gate.wait()
        self._store.written += len(data)
        await super().write(data)


class MemoryFolder(MemoryStore):
    """Files that arrive in a folder that the person has chosen."""

    name = "Pictures"


class Directory(dict[str, Any]):
    """A folder, with what was saved in it, by path.

    Attributes:
        into: what arrives in it.
        access: whether the page may write there: "granted", "prompt", "denied" or "gone".
        answer: the person's, if the browser asks them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.into = MemoryFolder()
        self.access = self.answer = "granted"


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


Open = Callable[..., Awaitable[App]]


async def send_raw(contact: Contact, channel: str, value: object) -> None:
    """Send a value that no honest page sends on a channel of typed messages."""
    opened, _ = contact.link._channels[channel]
    await opened._session.send(pythonpack.pack(value))


@pytest.fixture
def network() -> MemoryNetwork:
    return MemoryNetwork()


@pytest.fixture
async def open_app(network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Open the page of somebody by their ID. No error of its tasks and handlers is passed over."""
    monkeypatch.setattr("peerscript.aio.backoff.FIRST", 0.001)  # nobody waits for the next attempt
    monkeypatch.setattr("peerscript.aio.backoff.LONGEST", 0.002)
    monkeypatch.setattr("app.files.following.PAUSE", 0.0)  # so that a card shows every state
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    opened: list[App] = []

    async def open_page(
        peer_id: str,
        name: str | None = None,
        storage: dict[str, str] | None = None,
        decks: dict[str, DeckSource] | None = None,
        journal: MemoryJournal | None = None,
        store: MemoryStore | None = None,
    ) -> App:
        name = peer_id.title() if name is None else name
        kept = {} if storage is None else storage
        app = App(network, peer_id, name, kept, decks, journal, store)
        opened.append(app)
        await app.load()
        return app

    yield open_page
    for app in reversed(opened):
        await app.unload()
    assert reported == []


@pytest.fixture
def reload(open_app: Open) -> Open:
    """Load a page again: the same tab, so the same identity and storage."""

    async def load_again(app: App, name: str | None = None) -> App:
        await app.unload()
        name = name or app.name
        return await open_app(app.peer_id, name, app.storage, app.decks, app.journal, app.store)

    return load_again


@pytest.fixture
def join(open_app: Open) -> Callable[..., Awaitable[App]]:
    """Open the page of somebody by a host's invite, and wait until they are in."""

    async def come_in(peer_id: str, host: App) -> App:
        app = await open_app(peer_id)
        app.people.connect(host.invite_link.invite())
        await until(lambda: app.people.connected and host.find(peer_id))
        await until(lambda: host.contact(peer_id).link.connected)
        return app

    return come_in


@pytest.fixture
async def apps(open_app: Open, join: Callable[..., Awaitable[App]]) -> tuple[App, App]:
    """Alice and Bob, who came by her invite."""
    alice = await open_app("alice")
    return alice, await join("bob", alice)


@pytest.fixture
async def carol(apps: tuple[App, App], join: Callable[..., Awaitable[App]]) -> App:
    """A third person, who is connected to Alice alone."""
    return await join("carol", apps[0])


@pytest.fixture
async def dave(open_app: Open) -> App:
    """Somebody whom nobody knows."""
    return await open_app("dave")


@pytest.fixture
def part(network: MemoryNetwork) -> Callable[..., Awaitable[None]]:
    """Break every path. None stands again before `network.release()`."""

    async def break_paths(*apps: App) -> None:
        network.hold()
        network.cut()
        everybody = [contact for app in apps for contact in app.people.all]
        await until(lambda: all(each.state is LinkState.RECONNECTING for each in everybody))

    return break_paths


@pytest.fixture
def give_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is out of reach is so for good."""
    monkeypatch.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
    monkeypatch.setattr("peerscript.link.reconnection.GIVE_UP_AFTER", -1.0)


@pytest.fixture
def wait() -> Callable[..., Any]:
    return until


@pytest.fixture
def source() -> type[MemorySource]:
    return MemorySource
