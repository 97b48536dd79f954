"""Wires the page together: panels, people, and the peer that others reach."""

from __future__ import annotations

import asyncio
from functools import partial

from app.broker import keep_online, log_on
from app.calls import Calls
from app.chat import Chat
from app.faults import explain
from app.files import Files
from app.invite import Invite
from app.people import People
from app.settings import peer_options
from app.tasks import Tasks
from peerscript import Peer, media
from peerscript.errors import PeerScriptError
from ui.bridge import page
from ui.bridge.files import open_store
from ui.call import CallPanel
from ui.chat import ChatPanel
from ui.files import FilesPanel
from ui.people import PeoplePanel
from ui.settings import SettingsPanel, own_settings
from ui.start import StartPanel
from ui.status import StatusPanel
from ui.tabs import clear_when_opened


async def main() -> None:
    """Run the page for as long as it is open."""
    status = StatusPanel()
    page.catch_stray_errors(lambda text: status.problem(f"Something unexpected went wrong: {text}"))
    SettingsPanel()
    clear_when_opened()
    status.show("connecting", "Reaching the broker")
    own = own_settings()
    try:
        peer = await log_on(lambda: Peer(**peer_options(page.settings(), own)), status.failed)
    except (PeerScriptError, ValueError, TypeError) as error:
        status.failed(explain(error))
        return
    async with Tasks(status) as tasks:
        await furnish(peer, own.get("name", ""), status, tasks)


async def furnish(peer: Peer, name: str, status: StatusPanel, tasks: Tasks) -> None:
    """Bring the panels to life around an open peer."""

    def tell_state() -> None:
        status.show(*state_of(peer, people))

    def close(peer_id: str) -> None:
        tasks.start(people.close(peer_id))

    def connect(invite: Invite) -> None:
        tasks.start(people.connect(peer, invite.peer_id))

    people = People(name, tasks, PeoplePanel(close, tell_state), status)
    start = StartPanel(status, connect, tasks.starter)
    chats, transfers, call = ChatPanel(), FilesPanel(), CallPanel()
    chat = Chat(people, chats, status)
    files = Files(people, transfers, status, await open_store(), tasks)
    calls = Calls(people, call, status, media, tasks)
    people.tell(chat, files, calls)
    chats.listen(chat.send, tasks.start)
    transfers.listen(files, tasks.start)
    call.listen(calls, tasks.starter(partial(calls.start, peer)), tasks.starter)
    tasks.start(people.welcome(peer))
    tasks.start(calls.listen(peer))
    tasks.start(keep_online(peer, status, tell_state))
    start.show(peer.id or "")
    tell_state()
    status.ready()
    start.follow_fragment()


def state_of(peer: Peer, people: People) -> tuple[str, str]:
    """The state of the page and the words for it."""
    names = ", ".join(contact.name for contact in people.connected)
    if names:
        return "connected", f"Connected to {names}"
    if people.contacts:
        return "connecting", f"Connecting to {next(iter(people.contacts.values())).name}"
    if peer.open:
        return "ready", "Ready"
    return "offline", "Offline: looking for the broker"


# PyScript's event loop runs already; this task lives as long as the page.
PAGE = asyncio.ensure_future(main())  # noqa: RUF006 - this name keeps it
