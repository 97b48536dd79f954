"""Wires the page together: panels, people, and the peer that others reach."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.calls.calls import Calls
from app.chat.chat import UNSENT, Chat
from app.chat.shared import NAMES, SHARED, shared_message
from app.connection.broker import log_on, report_broker
from app.connection.invite_link import InviteLink
from app.connection.settings import peer_options
from app.faults import explain, stray
from app.files.files import Files
from app.language import _
from app.people.roster import Roster
from app.slides.presentation import PresentationStore
from app.slides.presenting import Presenting
from app.slides.recent import RecentDecks
from app.slides.slides import Slides
from app.slides.watching import Watching
from app.status import page_status
from app.tasks import Tasks
from app.versions import Versions
from peerscript import Peer, transfer
from peerscript.browser import this_browser
from peerscript.errors import PeerScriptError
from peerscript.link.links import Links
from peerscript.mesh import CallMesh
from peerscript.peer.identity import page_identity
from ui.bridge import page
from ui.bridge.attention import Attention
from ui.bridge.deckstore import DeckStore
from ui.bridge.language import speak
from ui.bridge.owndevices import PageDevices
from ui.bridge.recognition import PageRecognizer
from ui.bridge.recorder import PageRecorder
from ui.bridge.transferjournal import TransferJournal
from ui.bridge.versions import PageVersions
from ui.calls.panel import CallPanel
from ui.chat.panel import ChatPanel
from ui.connection.ownname import OwnName
from ui.connection.scan import ScanPanel
from ui.connection.settings import SettingsPanel, own_settings
from ui.connection.start import StartPanel
from ui.connection.status import StatusPanel
from ui.connection.version import VersionPanel
from ui.files.panel import FilesPanel
from ui.files.previews import Previews
from ui.navigation import clear_when_opened
from ui.people.panel import PeoplePanel
from ui.slides.chooser import Chooser
from ui.slides.offers import Offers
from ui.slides.password import PasswordDialog
from ui.slides.presenter import SlidesPanel
from ui.slides.remote import RemotePanel
from ui.slides.speaker import SpeakerView
from ui.slides.stage import Stage


async def main(spoken: Callable[[], None] = lambda: None) -> None:
    """Run the page for as long as it is open.

    Args:
        spoken: called when texts are in the page's language.
    """
    await speak()
    spoken()
    status = StatusPanel()
    page.catch_stray_errors(lambda text: status.problem(stray(text)))
    settings = SettingsPanel()
    clear_when_opened()
    status.show("connecting", _("Reaching the broker"))
    own = own_settings()
    shared = shared_message(page.take_query(NAMES))
    try:
        me = await page_identity()
        options = peer_options(page.settings(), own)
        peer = await log_on(
            lambda: Peer(me.id, token=me.token, **options),
            status.not_reached,
            this_browser().watch,
        )
    except (PeerScriptError, ValueError, TypeError) as error:
        status.failed(explain(error))
        return
    async with (
        Links(peer, name=own.get("name", "")) as links,
        CallMesh(links) as mesh,
        Tasks(status) as tasks,
    ):
        journal = TransferJournal(me.id, adopts=me.new)
        OwnName(links, settings, status.announce)
        await build_page(peer, links, mesh, status, tasks, journal, shared)


async def build_page(
    peer: Peer,
    links: Links,
    mesh: CallMesh,
    status: StatusPanel,
    tasks: Tasks,
    journal: TransferJournal,
    shared: str,
) -> None:
    """Create the panels and connect them to an open peer."""

    def tell_state() -> None:
        status.show(*page_status(peer, people, online=page.is_online()))
        start.show()

    def act(key: str, action: str) -> None:
        tasks.start(people.act(key, action))

    attention = Attention()
    people = Roster(links, tasks, PeoplePanel(act, tell_state), status, attention)
    ScanPanel(people.connect)
    start = StartPanel(status, InviteLink(links), people.connect, tasks.starter)
    previews = Previews()
    chats = ChatPanel(previews)
    transfers = FilesPanel(chats, previews)
    call = CallPanel()
    chat = Chat(people, chats, status, tasks, this_browser().storage())
    store = await transfer.open_store()
    files = Files(people, transfers, status, store, tasks, attention, transfer, journal)
    calls = Calls(
        people,
        mesh,
        call,
        status,
        PageDevices(),
        PageRecorder(store),
        PageRecognizer(),
        tasks,
        this_browser().storage(),
        chat.note,
    )
    slides = build_slides(links, people, status, tasks)
    people.bind(chat, files, calls, slides)
    chats.bind(chat.send, chat.write)
    if shared:
        chats.draft(shared)
        status.problem(_(SHARED), about=UNSENT)
    transfers.bind(files, tasks.start)
    call.bind(calls, tasks.starter)
    tasks.start(files.restore())
    tasks.start(calls.recording.restore())
    tasks.start(calls.captions.look())
    tasks.start(calls.meet())
    tasks.start(people.accept_links())
    tasks.start(report_broker(peer, status, tell_state))
    tell_state()
    status.ready()
    start.follow_fragment()
    keep_version(tasks, lambda: calls.doing or files.doing or slides.doing)


def keep_version(tasks: Tasks, doing: Callable[[], str]) -> None:
    """Keep this version of the page for a start without a network, and offer newer ones."""
    panel = VersionPanel()
    versions = Versions(PageVersions(), panel, doing, tasks)
    panel.bind(versions.take)
    tasks.start(versions.follow())


def build_slides(links: Links, people: Roster, status: StatusPanel, tasks: Tasks) -> Slides:
    """Create the slides' panels, and continue the presentation from before a reload."""
    password = PasswordDialog()
    stage, remote, offers = Stage(password), RemotePanel(), Offers()
    presenter = SlidesPanel(SpeakerView(status, password))
    recent = RecentDecks(DeckStore("recent-decks"))
    presenting = Presenting(
        links,
        people,
        stage,
        presenter,
        status,
        address=page.address,
        presentations=PresentationStore(this_browser().storage()),
        store=DeckStore("kept-deck"),
        recent=recent,
    )
    watching = Watching(stage, remote, offers, status, tasks)
    slides = Slides(presenting, watching, recent, page.fetch, status, tasks)
    presenter.bind(slides, tasks.starter)
    Chooser(slides, recent, tasks.starter)
    remote.bind(watching)
    offers.bind(watching)
    tasks.start(presenting.restore())
    return slides


if __name__ == "__main__":  # PyScript runs this file; the built page calls main() (decision 20)
    from ui.bridge import unbuilt

    unbuilt.choose_language(str(own_settings().get("language", "")))
    # PyScript's event loop runs already; this task lives as long as the page.
    PAGE = asyncio.ensure_future(main(unbuilt.translate))  # noqa: RUF006 - this name keeps it
