"""Two PeerScript pages that know each other and stay together."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, ClassVar, Protocol

from peerscript.aio.events import Emitter
from peerscript.aio.inbox import EndOfInbox
from peerscript.aio.lifecycle import Lifecycle
from peerscript.errors import (
    ConnectionLost,
    LinkClosed,
    LinkMisused,
    PeerScriptError,
)
from peerscript.link.conversation import MAX_TEXT, Conversation, check_live, check_text
from peerscript.link.path import Path
from peerscript.link.store import SessionRecord, SessionStore
from peerscript.protocol.link.journal import Entry, Journal
from peerscript.protocol.link.messages import BYTES_HEAD, Away, Beat, Bye, Resume
from peerscript.protocol.link.state import LINK_MOVES, LinkState, Verification

logger = logging.getLogger("peerscript")

MAX_LIVE_BYTES = 128 * 1024  # of a live message of bytes
SMALLEST_FRAME = 64 * 1024  # bytes that every browser takes


class Owner(Protocol):
    """Who dials for a Link: `Links`."""

    def mend(self, link: Link) -> None:
        """Its path broke, or a person wants it tried again."""

    def ended(self, link: Link) -> None:
        """It is over."""


class Link(Emitter):
    """A session with one other page that outlives its connections. `Links` makes them.

    Iterating gives the texts that the other side sends, each once and in order, and ends with the
    Link. Events: "change" (of the state, the name, what is verified), "delivered" (an Entry of
    ours has arrived), "restart" (the other page was loaded anew: what was live has ended).

    Attributes:
        peer_id: the other page's ID.
        phrase: four words for two people to compare; "" where a secret was proved.
        capabilities: what the other page says it can do.
        certificate: the SHA-256 of the other page's certificate, as it was seen last; a call with
            the page, once it is connected, must have the same. Empty before that.
        trouble: why it is lost or closed; None when a person ended it.
    """

    EVENTS: ClassVar[tuple[str, ...]] = ("change", "delivered", "restart")

    def __init__(
        self,
        session: SessionRecord,
        sessions: SessionStore,
        own_name: str,
        owner: Owner,
        state: LinkState,
    ) -> None:
        super().__init__()
        self.peer_id = session.peer_id
        self.phrase = ""
        self.capabilities = frozenset[str]()
        self.certificate = b""
        self.trouble: PeerScriptError | None = None
        self.session = session
        self._sessions = sessions
        self._own_name = own_name
        self._owner = owner
        self._life = Lifecycle(f"link to {session.peer_id}", state, LINK_MOVES)
        self._decision: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._path: Path | None = None
        self._key = ""  # that its handshake has left
        self._frame_size = SMALLEST_FRAME  # of the path there was last
        self._conversation: Conversation | None = None
        if session.session:
            self._converse()

    def __repr__(self) -> str:
        return f"<Link to {self.peer_id!r} {self.state.value}>"

    @property
    def state(self) -> LinkState:
        """How it stands with the other page."""
        return self._life.state

    @property
    def connected(self) -> bool:
        """Whether what is sent now goes out at once."""
        return self.state is LinkState.CONNECTED

    @property
    def dialled(self) -> bool:
        """Whether this page is the guest, who dials again when the path breaks."""
        return self.session.guest

    @property
    def name(self) -> str:
        """What the person there calls themselves; "" before they have proved who they are."""
        return self.session.name

    @property
    def scope(self) -> str:
        """What the invite leads to: at the host the one that the guest has proved, at the guest
        the one that it dialled with; "" for the page itself.
        """
        return self.session.scope

    @property
    def verification(self) -> Verification:
        """What is known of who they are."""
        return self.session.verification

    @property
    def max_live_size(self) -> int:
        """Bytes that fit into one live message."""
        return min(MAX_LIVE_BYTES, self._frame_size - BYTES_HEAD)

    @property
    def history(self) -> list[Entry]:
        """The texts of both sides, oldest first, those from before a reload too."""
        return self._conversation.journal.entries if self._conversation else []

    async def states(self) -> AsyncIterator[LinkState]:
        """Give the state now and each later one, to CLOSED. A slow reader sees the newest."""
        seen = None
        while seen is not LinkState.CLOSED:
            if self.state is seen:
                await self._life.change()
                continue
            seen = self.state
            yield seen

    # What a person, or the page, does with it

    def send(self, text: str) -> Entry:
        """Send a text. It is saved first, and arrives exactly once and in order, over broken
        paths and reloads of either page; "delivered" tells when.

        Raises:
            LinkClosed: the Link is over, or not yet proven.
            OutboxFull: a million characters wait to be delivered.
            MessageTooBig: it has more than a million characters itself.
            SerializationError: it has a lone surrogate, which is no character.
        """
        check_text(text, MAX_TEXT)
        return self._open().send_text(text)

    async def send_live(self, payload: str | bytes) -> None:
        """Send what outlives a broken path but no reload. Waits while much of it is unread there.

        Raises:
            LinkClosed: the Link is over, lost, or not yet proven.
            MessageTooBig: more than `max_live_size`, where a text counts as JSON, or more than
                64 Ki characters.
            SerializationError: it has a lone surrogate, which is no character.
        """
        check_live(payload, self.max_live_size)
        while not self._open().live_room and self.state is not LinkState.LOST:
            await self._life.change()
        if self.state is LinkState.LOST:
            raise LinkClosed(f"{self.peer_id} is out of reach")
        self._open().send_live(payload)

    async def messages(self) -> AsyncIterator[str | bytes]:
        """Give the live messages, to the end of the Link."""
        conversation = await self._established()
        while conversation is not None:
            try:
                yield await conversation.next_live()
            except EndOfInbox:
                return

    async def __aiter__(self) -> AsyncIterator[str]:
        conversation = await self._established()
        if conversation is not None:
            async for entry in conversation.texts:
                yield entry.text

    async def entries(self) -> AsyncIterator[Entry]:
        """Give the texts that arrive as entries, with numbers and times; or iterate, not both."""
        conversation = await self._established()
        if conversation is not None:
            async for entry in conversation.texts:
                yield entry

    def admit(self) -> None:
        """Let in whoever waits at the door (ASKING)."""
        self._decide(True)

    def refuse(self) -> None:
        """Turn away whoever waits at the door (ASKING)."""
        self._decide(False)

    def confirm_phrase(self) -> None:
        """A person has compared the phrase: it is the same on both pages."""
        if self.phrase and self.connected and not self.verification.verified:
            self.keep(replace(self.session, verification=Verification.COMPARED))

    def retry(self) -> None:
        """Try again what was given up (LOST)."""
        if self.state is LinkState.LOST:
            self.trouble = None
            following = LinkState.RECONNECTING if self.session.key else LinkState.CONNECTING
            self.move(following)
            self._owner.mend(self)

    async def close(self) -> None:
        """End it for both sides, and forget it. Ending it twice does nothing."""
        path, self._path = self._path, None
        self.end(None)
        if path is not None:
            await path.leave()

    async def wait_connected(self) -> None:
        """Wait until it is connected.

        Raises:
            PeerScriptError: it is lost or over, and why.
        """
        while not self.connected:
            if self.state in (LinkState.LOST, LinkState.CLOSED):
                raise self.trouble or LinkClosed(f"the link to {self.peer_id} is over")
            await self._life.change()

    # What its owner does with it

    def move(self, state: LinkState) -> None:
        """Go to a state, and tell."""
        self._life.move(state, lambda: self._emit("change"))

    def keep(self, session: SessionRecord) -> None:
        """Save what is known of the other page, and tell.

        Raises:
            StorageFull: the tab keeps no more.
        """
        before, self.session = self.session, session
        self._sessions.save(session, before)
        self._emit("change")

    def compare(self, phrase: str) -> None:
        """Nothing proves who they are but a phrase that two people compare."""
        self.phrase = phrase
        self._emit("change")

    def establish(self, session: SessionRecord) -> None:
        """The first handshake is through.

        Raises:
            StorageFull: the tab keeps no more.
            LinkClosed: it was ended meanwhile.
        """
        if self.state is LinkState.CLOSED:
            raise LinkClosed(f"the link to {self.peer_id} was ended meanwhile")
        self.keep(session)
        if self._conversation is None:
            self._converse()
            self._life.announce()

    def attach(self, path: Path, key: bytes) -> None:
        """Go on over a path that was just proven; the one before is closed.

        Args:
            key: for coming back, as the handshake on this path has left it.
        """
        before, self._path = self._path, path
        self._key = key.hex()
        self.trouble = None
        self._frame_size = path.connection.max_message_size
        seen = path.connection.fingerprints
        self.certificate = seen.remote if seen else b""
        self._open().attach(path)
        if before is not None:
            before.abandon()

    def detach(self, path: Path, reason: PeerScriptError | None) -> None:
        """A path has ended; if it is the one in use, a new one is needed."""
        if path is not self._path:
            return
        self._path = None
        if self.state is not LinkState.CLOSED:
            self._open().attach(None)
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
        if self.state is not LinkState.CLOSED:
            self.move(LinkState.LOST)

    def end(self, trouble: PeerScriptError | None) -> None:
        """It is over: forget it."""
        if self.state is LinkState.CLOSED:
            return
        self.trouble = trouble
        self._decide(False)
        if self._path is not None:
            self._path.abandon()
            self._path = None
        if self.session.session or self.dialled:  # else nothing is kept of them
            self._sessions.forget(self.session)
        if self._conversation is not None:
            self._conversation.close()
        self.move(LinkState.CLOSED)
        self._owner.ended(self)

    @property
    def decision(self) -> asyncio.Future[bool]:
        """Whether the person here admits or refuses, once they do."""
        return self._decision

    def hear(self, path: Path, word: Any) -> None:
        """The other side says something (path.Hear)."""
        if path is not self._path:
            return  # a newer path has taken its place, and what is missing goes there again
        if isinstance(word, Bye):
            self.end(LinkClosed(f"{self.peer_id} has ended it"))
        elif isinstance(word, Away):
            self._miss(None)
        else:
            self._converse_on(word)

    def _converse_on(self, word: Any) -> None:
        conversation = self._open()
        if conversation.hear(word):
            self._life.announce()  # there may be room for live messages
        elif not isinstance(word, Beat):
            raise LinkMisused(f"{type(word).__name__} at the wrong time")
        if isinstance(word, Resume):
            self._met(word.name)
        elif self._missed and conversation.synchronised:
            self.trouble = None
            self.move(LinkState.CONNECTED)  # the path has healed by itself

    def _met(self, name: str) -> None:
        # They speak once they have kept their key: so the one before is worth nothing any more.
        previous = "" if self._key == self.session.key else self.session.previous
        self.keep(replace(self.session, name=name.strip(), previous=previous))
        self.move(LinkState.CONNECTED)

    @property
    def _missed(self) -> bool:
        return self.state in (LinkState.RECONNECTING, LinkState.LOST)

    def _miss(self, trouble: PeerScriptError | None) -> None:
        if self.state is not LinkState.LOST:
            self.trouble = trouble
            self.move(LinkState.RECONNECTING)
            self._owner.mend(self)

    def _converse(self) -> None:
        journal = Journal(self._sessions.storage, self.session.journal, time.time)
        self._conversation = Conversation(
            self._own_name,
            journal,
            delivered=lambda entry: self._emit("delivered", entry),
            restarted=lambda: self._emit("restart"),
        )

    async def _established(self) -> Conversation | None:
        while self._conversation is None and self.state is not LinkState.CLOSED:
            await self._life.change()
        return self._conversation

    def _open(self) -> Conversation:
        if self._conversation is None or self.state is LinkState.CLOSED:
            raise self.trouble or LinkClosed(f"the link to {self.peer_id} is {self.state.value}")
        return self._conversation

    def _decide(self, admitted: bool) -> None:
        if not self._decision.done():
            self._decision.set_result(admitted)
