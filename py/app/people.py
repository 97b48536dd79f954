"""Everybody who is connected to this page."""

from __future__ import annotations

import asyncio

from app.contact import LABEL, Contact, ContactState, Listener
from app.faults import explain
from app.messages import Hello, Message
from app.ports import Notices, PeopleView
from app.tasks import Tasks
from peerscript import DataConnection, Peer
from peerscript.errors import PeerScriptError


class People:
    """The contacts of a peer, one for each ID."""

    def __init__(self, own_name: str, tasks: Tasks, view: PeopleView, notices: Notices) -> None:
        self._own_name = own_name
        self._tasks = tasks
        self._view = view
        self._notices = notices
        self._listeners: tuple[Listener, ...] = ()
        self.contacts: dict[str, Contact] = {}

    def tell(self, *listeners: Listener) -> None:
        """Set who is told what contacts say."""
        self._listeners = (*listeners, self)

    @property
    def connected(self) -> list[Contact]:
        """Whoever can be written to now."""
        return [each for each in self.contacts.values() if each.state is ContactState.CONNECTED]

    async def welcome(self, peer: Peer) -> None:
        """Take everybody who connects, until the peer is closed."""
        async for connection in peer.connections():
            contact = Contact(connection.peer, self._own_name)
            if connection.label != LABEL or connection.serialization != "raw":
                await connection.close()  # some other program's; nothing here can talk to it
            elif self._prefers(peer, contact):
                self._tasks.start(self._converse(contact, connection))
            else:
                self._tasks.start(connection.close())

    async def connect(self, peer: Peer, peer_id: str) -> bool:
        """Connect to somebody; return whether they are connected now. Problems are told."""
        known = self.contacts.get(peer_id)
        if known is not None and known.state is not ContactState.CLOSED:
            self._notices.announce(f"{known.name} is {known.state.value} already.")
            return known.state is ContactState.CONNECTED
        contact = Contact(peer_id, self._own_name, dialled=True)
        self._enter(contact)
        try:
            connection = await peer.connect(peer_id, label=LABEL, serialization="raw")
        except PeerScriptError as error:
            self._leave(contact)
            if not contact.dismissed:
                self._notices.problem(explain(error))
            return False
        except asyncio.CancelledError:
            self._leave(contact)
            raise
        self._tasks.start(self._converse(contact, connection))
        return True

    def _prefers(self, peer: Peer, new: Contact) -> bool:
        """Decide between a connection that comes in and the one there is, as the other side does.

        Where both dialled at once, the connection of the lower ID stays. Otherwise the newer one:
        they have come again.
        """
        older = self.contacts.get(new.peer_id)
        both_dialled = older is not None and older.dialled
        return not both_dialled or new.peer_id < (peer.id or "")

    async def _converse(self, contact: Contact, connection: DataConnection) -> None:
        if contact.dismissed:
            await connection.close()  # not wanted any more since it was dialled
            return
        older = self.contacts.get(contact.peer_id)
        if older is not None and older is not contact:
            self._leave(older)
            older.dismissed = True
            self._tasks.start(older.close())
        self._enter(contact)
        words = "Something unexpected went wrong."
        try:
            await contact.meet(connection)
            self._enter(contact)
            self._notices.announce(f"{contact.name} is connected.")
            reason = await contact.listen(self._listeners)
            words = explain(reason) if reason else f"{contact.name} has left."
            if reason and not contact.dismissed:
                self._notices.problem(f"{contact.name}: {words}")
        finally:
            for listener in self._listeners:
                listener.on_gone(contact, words)
            if self.contacts.get(contact.peer_id) is contact:
                self._notices.announce(f"{contact.name} is no longer connected.")
                self._leave(contact)
            await contact.close()

    def _enter(self, contact: Contact) -> None:
        self.contacts[contact.peer_id] = contact
        self._view.show(contact)

    def _leave(self, contact: Contact) -> None:
        if self.contacts.get(contact.peer_id) is contact:
            del self.contacts[contact.peer_id]
            self._view.remove(contact)

    async def close(self, peer_id: str) -> None:
        """Disconnect from somebody."""
        if contact := self.contacts.get(peer_id):
            if contact.state is ContactState.CONNECTING:
                self._leave(contact)
            await contact.close()

    # What contacts say (contact.Listener)

    async def on_message(self, contact: Contact, message: Message) -> None:
        if isinstance(message, Hello):
            self._view.show(contact)

    async def on_piece(self, contact: Contact, number: int, offset: int, data: bytes) -> None:
        """Files are not for the list of people."""

    def on_gone(self, contact: Contact, reason: str) -> None:
        """The list knows already."""
