"""What a Link does under its facade: its states, its path, its channels."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Protocol, assert_never

from peerscript.aio.lifecycle import Lifecycle
from peerscript.errors import ConnectionLost, LinkClosed, LinkMisused, PeerScriptError
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
    NoChannel,
    Opened,
    Resume,
    SessionMessage,
)
from peerscript.protocol.link.state import LINK_MOVES, LinkState, Verification
from peerscript.protocol.text.display import display_line
from peerscript.protocol.values import sendable

logger = logging.getLogger("peerscript")


class Owner(Protocol):
    """Who dials for a session: `Links`."""

    def restore(self, session: LinkSession) -> None:
        """Its path broke, or a person wants it tried again."""

    def ended(self, session: LinkSession) -> None:
        """It is over."""


class LinkSession:
    """A session with one other page.

    Attributes:
        record: what is known of the other page.
        phrase: four words for two people to compare; "" where a secret was proved.
        certificate: the SHA-256 of the other page's certificate, as it was seen last.
        trouble: why it is lost or closed; None when a person ended it.
        decision: whether the person here accepts or rejects, once they do.

    Args:
        store: keeps the record over a reload.
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
        self.trouble: PeerScriptError | None = None
        self.decision: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._store = store
        self._own_name = own_name
        self._owner = owner
        self._emit: Callable[..., None] = lambda *_: None
        self._life = Lifecycle(f"link to {record.peer_id}", state, LINK_MOVES)
        self._path: Path | None = None
        self._key = ""  # that its handshake has left
        self._resumed = False  # whether the other side has said where it goes on, on this path
        self._epoch = secrets.token_hex(8)  # this page load
        self._their_epoch = ""
        self._their_sendable = frozenset[str]()
        self._channels = Channels(store.storage, record.journal, self._refused)

    def __repr__(self) -> str:
        return f"<LinkSession with {self.peer_id!r} {self.state.value}>"

    def tell(self, emit: Callable[..., None]) -> None:
        """Tell of "change" and "restart" from now on."""
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
        """How it stands with the other page."""
        return self._life.state

    @property
    def established(self) -> bool:
        """Whether a first handshake is through."""
        return bool(self.record.key)

    async def states(self) -> AsyncIterator[LinkState]:
        """Give the state now and each later one; see `Link.states`."""
        seen = None
        while seen is not LinkState.CLOSED:
            if self.state is seen:
                await self._life.change()
                continue
            seen = self.state
            yield seen

    async def wait_connected(self) -> None:
        """Wait until it is connected; see `Link.wait_connected`."""
        while self.state is not LinkState.CONNECTED:
            if self.state in (LinkState.LOST, LinkState.CLOSED):
                raise self.trouble or LinkClosed(f"the link to {self.peer_id} is over")
            await self._life.change()

    # Channels

    def open_channel(self, name: str, mode: Mode) -> ChannelSession:
        """Open a channel; see `Link.channel`. `begin_channel` lets its messages flow."""
        if self.state is LinkState.CLOSED:
            raise self._closed()
        return self._channels.open(name, mode)

    def begin_channel(self, channel: ChannelSession) -> None:
        """Somebody listens to the channel."""
        try:
            self._channels.begin(channel)
        except LinkMisused as error:  # by what they said before it was opened here
            logger.warning("dropped %s: %s", self.peer_id, error)
            self.end(error)

    def sendable(self) -> frozenset[str]:
        """The dataclasses that the other page has registered."""
        return self._their_sendable

    def _refused(self, mode: Mode) -> PeerScriptError | None:
        if not self.established or self.state is LinkState.CLOSED:
            return self._closed()
        if self.state is LinkState.LOST and mode is not Mode.KEPT:
            return LinkClosed(f"{self.peer_id} is out of reach")
        return None

    def _closed(self) -> PeerScriptError:
        return self.trouble or LinkClosed(f"the link to {self.peer_id} is {self.state.value}")

    # What a person, or the page, does with it

    def decide(self, accepted: bool) -> None:
        """Let in whoever asks, or turn them away."""
        if not self.decision.done():
            self.decision.set_result(accepted)

    def confirm_phrase(self) -> None:
        """A person has compared the phrase: it is the same on both pages."""
        connected = self.state is LinkState.CONNECTED
        if self.phrase and connected and not self.record.verification.verified:
            self.keep(replace(self.record, verification=Verification.COMPARED))

    def retry(self) -> None:
        """Try again what was given up (LOST)."""
        if self.state is LinkState.LOST:
            self.trouble = None
            following = LinkState.RECONNECTING if self.record.key else LinkState.CONNECTING
            self.move(following)
            self._owner.restore(self)

    async def close(self, trouble: PeerScriptError | None) -> None:
        """End it for both sides, and forget it."""
        path, self._path = self._path, None
        self.end(trouble)
        if path is not None:
            await path.leave()

    # What its owner does with it

    def move(self, state: LinkState) -> None:
        """Go to a state, and tell."""
        self._life.move(state, lambda: self._emit("change"))
        self._channels.announce()

    def keep(self, record: SessionRecord) -> None:
        """Save what is known of the other page, and tell.

        Raises:
            StorageFull: the tab keeps no more.
        """
        self.record = record
        self._store.save(record)
        self._emit("change")

    def compare(self, phrase: str) -> None:
        """Nothing proves who they are but a phrase that two people compare."""
        self.phrase = phrase
        self._emit("change")

    def establish(self, record: SessionRecord) -> None:
        """The first handshake is through.

        Raises:
            StorageFull: the tab keeps no more.
            LinkClosed: it was ended meanwhile.
        """
        if self.state is LinkState.CLOSED:
            raise LinkClosed(f"the link to {self.peer_id} was ended meanwhile")
        self.keep(record)

    def attach(self, path: Path, key: bytes) -> None:
        """Go on over a path that was just proven; the one before is closed.

        Args:
            key: for coming back, as the handshake on this path has left it.
        """
        before, self._path = self._path, path
        self._key = key.hex()
        self.trouble = None
        self._resumed = False
        seen = path.connection.fingerprints
        self.certificate = seen.remote if seen else b""
        path.say(Resume(self._own_name, self._epoch, self._their_epoch, _registered()))
        self._channels.attach(path)
        if before is not None:
            before.abandon()

    def detach(self, path: Path, reason: PeerScriptError | None) -> None:
        """A path has ended; if it is the one in use, a new one is needed."""
        if path is not self._path:
            return
        self._path = None
        self._channels.attach(None)
        self._miss(reason)

    def tick(self) -> None:
        """Called every second: give a sign of life, and miss theirs."""
        if self._path is not None and self._path.tick():
            self._miss(ConnectionLost(f"nothing is heard from {self.peer_id}"))

    def freeze(self) -> None:
        """This page is about to stop."""
        if self._path is not None:
            self._path.say(Away())

    def give_up(self, trouble: PeerScriptError) -> None:
        """No path was found; a person may have it tried again."""
        self.trouble = trouble
        if self.state is LinkState.CONNECTED:
            self.move(LinkState.RECONNECTING)
        if self.state is not LinkState.CLOSED:
            self.move(LinkState.LOST)

    def end(self, trouble: PeerScriptError | None) -> None:
        """It is over: forget it."""
        if self.state is LinkState.CLOSED:
            return
        self.trouble = trouble
        self.decide(False)
        if self._path is not None:
            self._path.abandon()
            self._path = None
        if self.record.session or self.guest:  # else nothing is kept of them
            self._store.forget(self.record)
        self.move(LinkState.CLOSED)
        self._channels.close()
        self._owner.ended(self)

    # What the other side says (path.Hearer)

    def hear(self, path: Path, message: SessionMessage) -> None:
        if path is not self._path:
            return  # a newer path has taken its place, and what is missing goes there again
        if isinstance(message, Opened | NoChannel | Ack):
            self._require_resumed()
        match message:
            case Bye():
                self.end(LinkClosed(f"{self.peer_id} has ended it"))
                return
            case Away():
                self._miss(None)
                return
            case Resume():
                self._on_resume(message)
            case Opened():
                self._channels.on_opened(message)
            case NoChannel():
                self._channels.on_missing(message)
            case Ack():
                self._channels.on_ack(message)
            case Beat():
                self._heal()
            case _:
                assert_never(message)

    def hear_envelope(self, path: Path, envelope: Envelope) -> None:
        if path is self._path:
            self._require_resumed()
            self._channels.on_envelope(envelope)
            self._heal()

    def _require_resumed(self) -> None:
        """What channels say has a meaning once it is known which page load says it."""
        if not self._resumed:
            raise LinkMisused("it does not say first where it goes on")

    def _on_resume(self, resume: Resume) -> None:
        if self._resumed:
            raise LinkMisused("it says twice where it goes on")
        self._resumed = True
        restarted = bool(self._their_epoch) and resume.epoch != self._their_epoch
        self._their_epoch = resume.epoch
        self._their_sendable = frozenset(resume.sendable.split("\n")) - {""}
        # They speak once they have kept their key: so the one before is worth nothing any more.
        previous = "" if self._key == self.record.key else self.record.previous
        name = display_line(resume.name, MAX_NAME)
        self.keep(replace(self.record, name=name, previous=previous))
        self._channels.resume(restarted=restarted, same_epoch=resume.heard == self._epoch)
        if restarted:
            self._emit("restart")
        self.move(LinkState.CONNECTED)

    def _heal(self) -> None:
        """The path was silent, and has healed by itself."""
        if self._resumed and self.state in (LinkState.RECONNECTING, LinkState.LOST):
            self.trouble = None
            self.move(LinkState.CONNECTED)

    def _miss(self, trouble: PeerScriptError | None) -> None:
        if self.state is not LinkState.LOST:
            self.trouble = trouble
            self.move(LinkState.RECONNECTING)
            self._owner.restore(self)


def _registered() -> str:
    """The names of this page's dataclasses, as many as fit."""
    names = "\n".join(sendable.names())
    return names if len(names) <= MAX_SENDABLE else names[:MAX_SENDABLE].rpartition("\n")[0]
