"""The implementation of a Link: its state, its path, its channels."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Protocol, assert_never

from peerscript.aio.lifecycle import Lifecycle, follow
from peerscript.errors import ConnectionLost, LinkClosed, LinkMisused, PeerScriptError, StorageFull
from peerscript.link.channel_session import ChannelSession
from peerscript.link.channels import Channels
from peerscript.link.path import Path
from peerscript.link.store import SessionRecord, SessionStore
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import (
    MAX_NAME,
    MAX_SENDABLE,
    Ack,
    Away,
    Beat,
    Bye,
    Named,
    NoChannel,
    Opened,
    Resume,
    SessionMessage,
)
from peerscript.protocol.link.state import LINK_MOVES, LinkState, Verification
from peerscript.protocol.link.striping import STRIPES
from peerscript.protocol.text.display import display_line
from peerscript.protocol.values import sendable

logger = logging.getLogger("peerscript")


class Owner(Protocol):
    """What a session needs of `Sessions`."""

    @property
    def running(self) -> bool:
        """Whether anything can connect, now or later."""

    def restore(self, session: LinkSession) -> None:
        """Look for a path: it broke, or a person wants a retry."""

    def ended(self, session: LinkSession) -> None:
        """The session is over."""


class LinkSession:
    """A session with one other page.

    Attributes:
        record: what is saved of the session.
        phrase: four words for two people to compare; "" where a secret was proved.
        certificate: the SHA-256 of the other page's certificate on the newest path.
        error: why it is lost or closed; None when a person closed it.
        decision: whether the person here accepts the guest.

    Args:
        store: saves the record over a reload.
        own_name: what the person here is called.
    """

    def __init__(
        self,
        record: SessionRecord,
        store: SessionStore,
        own_name: str,
        owner: Owner,
        state: LinkState,
    ) -> None:
        self.record = record
        self.phrase = ""
        self.certificate = b""
        self.error: PeerScriptError | None = None
        self.losses = 0  # how often its path was lost
        self.decision: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._store = store
        self._own_name = own_name
        self._owner = owner
        self._emit: Callable[..., None] = lambda *_: None
        self._life = Lifecycle(f"link to {record.peer_id}", state, LINK_MOVES)
        self._path: Path | None = None
        self._key = ""  # the resume key of the current path's handshake
        self._resumed = False  # whether the other side has sent its Resume on this path
        self._new_name: str | None = None  # theirs, until it is taken
        self._renamed = False  # since the last tick
        self._epoch = secrets.token_hex(8)  # identifies this load of this page
        self._their_epoch = ""
        self._their_sendable = frozenset[str]()
        self._channels = Channels(store.storage, record.journal, self._send_error)

    def __repr__(self) -> str:
        return f"<LinkSession with {self.peer_id!r} {self.state.value}>"

    def bind(self, emit: Callable[..., None]) -> None:
        """Report "change" and "restart" to `emit` from now on."""
        self._emit = emit

    @property
    def peer_id(self) -> str:
        """The ID by which the broker finds the other page."""
        return self.record.peer_id

    @property
    def guest(self) -> bool:
        """Whether this page dials."""
        return self.record.guest

    @property
    def state(self) -> LinkState:
        """The current state."""
        return self._life.state

    @property
    def established(self) -> bool:
        """Whether a first handshake has succeeded."""
        return bool(self.record.key)

    async def states(self) -> AsyncIterator[LinkState]:
        """Iterate over the states; see `Link.states`."""
        async for state in follow(lambda: self.state, self._life, LinkState.CLOSED):
            yield state

    async def wait_connected(self) -> None:
        """Wait until it is connected; see `Link.wait_connected`."""
        while self.state is not LinkState.CONNECTED:
            if self.state in (LinkState.LOST, LinkState.CLOSED):
                raise self.error or LinkClosed(f"the link to {self.peer_id} is over")
            await self._life.change()

    # Channels

    def open_channel(self, name: str, mode: Mode) -> ChannelSession:
        """Open a channel; see `Link.channel`. `begin_channel` starts its exchange of messages."""
        self.require_not_over()
        return self._channels.open(name, mode)

    def require_not_over(self) -> None:
        """Raise LinkClosed, or what has ended the session, once it is over."""
        if self.state is LinkState.CLOSED:
            raise self._closed()

    def begin_channel(self, channel: ChannelSession) -> None:
        """The channel has an inbox now."""
        try:
            self._channels.begin(channel)
        except LinkMisused as error:  # by messages that came before it was opened here
            logger.warning("dropped %s: %s", self.peer_id, error)
            self.end(error)

    def sendable(self) -> frozenset[str]:
        """The dataclasses that the other page has registered."""
        return self._their_sendable

    def _send_error(self, mode: Mode) -> PeerScriptError | None:
        if not self.established or self.state is LinkState.CLOSED:
            return self._closed()
        if self.state is LinkState.LOST and mode is not Mode.KEPT:
            return LinkClosed(f"{self.peer_id} is out of reach")
        return None

    def _closed(self) -> PeerScriptError:
        return self.error or LinkClosed(f"the link to {self.peer_id} is {self.state.value}")

    # Called by the Link

    def decide(self, accepted: bool) -> None:
        """Accept or reject the waiting guest."""
        if not self.decision.done():
            self.decision.set_result(accepted)

    def confirm_phrase(self) -> None:
        """See `Link.confirm_phrase`."""
        connected = self.state is LinkState.CONNECTED
        if self.phrase and connected and not self.record.verification.verified:
            self.save(replace(self.record, verification=Verification.COMPARED))

    def retry(self) -> None:
        """See `Link.reconnect`."""
        if self.state is LinkState.LOST and self._owner.running:
            self.error = None
            self.move(LinkState.RECONNECTING if self.established else LinkState.CONNECTING)
            self._owner.restore(self)

    async def close(self, error: PeerScriptError | None) -> None:
        """See `Link.close`."""
        path, self._path = self._path, None
        self.end(error)
        if path is not None:
            await path.close()

    # Called by its owner, the Host and the Guest

    def move(self, state: LinkState) -> None:
        """Go to a state, and emit "change"."""
        self._life.move(state, lambda: self._emit("change"))
        self._channels.announce()

    def remember_call(self, number: int) -> None:
        """Save which call this page is in, so that it comes back to it after a reload."""
        if self.state is LinkState.CLOSED or number == self.record.call:
            return
        self._save_if_room(replace(self.record, call=number), "a reload will end the call")

    def _save_if_room(self, record: SessionRecord, lost: str) -> None:
        """Save what no session is ended for."""
        try:
            self.save(record)
        except StorageFull as error:
            logger.warning("%s: %s", lost, error)
            self._emit("change")

    def save(self, record: SessionRecord) -> None:
        """Save the record, and emit "change".

        Raises:
            StorageFull: the tab's storage is full.
        """
        self.record = record
        self._store.save(record)
        self._emit("change")

    def grant(self, *scopes: str) -> None:
        """The two pages have proved an invite to each other, on another connection.

        Args:
            scopes: of the invite, if it is this page's.
        """
        self.record = self.record.grant(*scopes)
        if scopes:
            self._emit("granted")
        self._save_if_room(self.record, "a reload forgets another invite")

    def show_phrase(self, phrase: str) -> None:
        """Set the phrase that the two people compare."""
        self.phrase = phrase
        self._emit("change")

    def establish(self, record: SessionRecord) -> None:
        """Save the result of a handshake.

        Raises:
            StorageFull: the tab's storage is full.
            LinkClosed: the session was ended meanwhile.
        """
        if self.state is LinkState.CLOSED:
            raise LinkClosed(f"the link to {self.peer_id} was ended meanwhile")
        self.save(record)

    def attach(self, path: Path, key: bytes) -> None:
        """Continue on a path that was just authenticated; the one before is closed.

        Args:
            key: the resume key of the handshake on this path.
        """
        before, self._path = self._path, path
        self._key = key.hex()
        self.error = None
        self._resumed = False
        seen = path.connection.fingerprints
        self.certificate = seen.remote if seen else b""
        listed = sendable.listed(MAX_SENDABLE)
        path.send_message(Resume(self._own_name, self._epoch, self._their_epoch, listed, STRIPES))
        self._channels.attach(path)
        if before is not None:
            before.abandon()

    def detach(self, path: Path, reason: PeerScriptError | None) -> None:
        """A path has ended; if it is the current one, start looking for another."""
        if path is not self._path:
            return
        self._path = None
        self._channels.attach(None)
        self._lose_path(reason)

    def tick(self) -> None:
        """Called every second: send a heartbeat, and check the other side's."""
        self._renamed = False
        self._take_name()
        if self._path is not None and self._path.tick():
            self._lose_path(ConnectionLost(f"nothing is heard from {self.peer_id}"))

    def rename(self, name: str) -> None:
        """The person here is called so from now on; see `Links.name`."""
        self._own_name = name
        if self._path is not None:
            self._path.send_message(Named(name))

    def freeze(self) -> None:
        """The browser is about to freeze this page: tell the other side."""
        if self._path is not None:
            self._path.send_message(Away())

    def give_up(self, error: PeerScriptError) -> None:
        """Stop looking for a path (LOST); `retry` starts again."""
        self.error = error
        if self.state is LinkState.CONNECTED:
            self.move(LinkState.RECONNECTING)
        if self.state is not LinkState.CLOSED:
            self.move(LinkState.LOST)

    def end(self, error: PeerScriptError | None) -> None:
        """End the session here, and delete what is saved of it."""
        if self.state is LinkState.CLOSED:
            return
        self.error = error
        self.decide(False)
        if self._path is not None:
            self._path.abandon()
            self._path = None
        if self.record.session or self.guest:  # else nothing was saved
            self._store.forget(self.record)
        self.move(LinkState.CLOSED)
        self._channels.close()
        self._owner.ended(self)

    # Messages of the other side (path.PathEvents)

    def on_message(self, path: Path, message: SessionMessage) -> None:
        if path is not self._path:
            return  # a newer path has replaced it, and what is missing is sent again there
        if isinstance(message, Named | Opened | NoChannel | Ack):
            self._require_resumed()
        match message:
            case Bye():
                self.end(LinkClosed(f"{self.peer_id} has ended it"))
            case Away():
                self._lose_path(None)
            case Resume():
                self._on_resume(message)
                path.stripes.allow(message.stripes, self.certificate, guest=self.guest)
            case Named():
                self._new_name = message.name
                self._take_name()
            case Opened():
                self._channels.on_opened(message)
            case NoChannel():
                self._channels.on_missing(message)
            case Ack():
                self._channels.on_ack(message)
            case Beat():
                self._recover()
            case _:
                assert_never(message)

    def on_envelope(self, path: Path, envelope: Envelope) -> None:
        if path is self._path:
            self._require_resumed()
            self._channels.on_envelope(envelope)
            self._recover()

    def _require_resumed(self) -> None:
        """The numbers of a channel message have no meaning before the sender's epoch is known."""
        if not self._resumed:
            raise LinkMisused("a message before Resume")

    def _on_resume(self, resume: Resume) -> None:
        if self._resumed:
            raise LinkMisused("a second Resume")
        self._resumed = True
        restarted = bool(self._their_epoch) and resume.epoch != self._their_epoch
        self._their_epoch = resume.epoch
        self._their_sendable = frozenset(resume.sendable.split("\n")) - {""}
        # A guest sends its Resume after it has saved the new key: the previous one is void.
        previous = "" if self._key == self.record.key else self.record.previous
        self._new_name = None
        self.save(replace(self.record, name=display_line(resume.name, MAX_NAME), previous=previous))
        self._channels.resume(restarted=restarted, same_epoch=resume.heard == self._epoch)
        if restarted:
            self._emit("restart")
        self.move(LinkState.CONNECTED)

    def _take_name(self) -> None:
        """Take their newest name: once a second, since each is saved and shown."""
        if self._new_name is None or self._renamed:
            return
        name, self._new_name = display_line(self._new_name, MAX_NAME), None
        if name != self.record.name:
            self._renamed = True
            self._save_if_room(replace(self.record, name=name), "a reload forgets their name")

    def _recover(self) -> None:
        """Something arrived: a path that had been silent works again."""
        if self._resumed and self.state in (LinkState.RECONNECTING, LinkState.LOST):
            self.error = None
            self.move(LinkState.CONNECTED)

    def _lose_path(self, error: PeerScriptError | None) -> None:
        if self.state is not LinkState.LOST:
            self.losses += self.state is not LinkState.RECONNECTING
            self.error = error
            self.move(LinkState.RECONNECTING)
            self._owner.restore(self)
