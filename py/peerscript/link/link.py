"""Two PeerScript pages that know each other and stay together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar, Literal, TypeVar, overload

from peerscript.aio.events import Emitter
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import PeerScriptError
from peerscript.link.channel import Channel
from peerscript.link.channel_inbox import ChannelInbox
from peerscript.link.session import LinkSession
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.protocol.vocabulary import Vocabulary

T = TypeVar("T")


class Link(Emitter):
    """A session with one other page that outlives its connections. `Links` makes them.

        chat = link.channel("chat")
        await chat.send("hello")
        async for text in chat:  # ends with the Link
            print(text)

    Events: "change" (of the state, the name, what is verified), "restart" (the other page was
    loaded anew).
    """

    EVENTS: ClassVar[tuple[str, ...]] = ("change", "restart")

    def __init__(self, session: LinkSession, tasks: TaskOwner | None = None) -> None:
        super().__init__(tasks)
        self._session = session
        self._channels: dict[str, tuple[Channel[Any], object]] = {}  # and how each was asked for
        session.tell(self._emit)

    def __repr__(self) -> str:
        return f"<Link to {self.peer_id!r} {self.state.value}>"

    @property
    def key(self) -> str:
        """What this page calls the session: no other Link of it has the same. The ID of a page is
        nobody's: another one may have it tomorrow.
        """
        return self._session.record.id

    @property
    def peer_id(self) -> str:
        """The ID by which the broker finds the other page."""
        return self._session.record.peer_id

    @property
    def name(self) -> str:
        """What the person there calls themselves; "" before they have proved who they are."""
        return self._session.record.name

    @property
    def scope(self) -> str:
        """What the invite allows: at the host the one that the guest has proved, at the guest
        the one that it dialled with; "" for the page itself.
        """
        return self._session.record.scope

    @property
    def is_guest(self) -> bool:
        """Whether this page dialled, and dials again when the path breaks."""
        return self._session.record.guest

    @property
    def state(self) -> LinkState:
        """How it stands with the other page."""
        return self._session.state

    @property
    def connected(self) -> bool:
        """Whether what is sent now goes out at once."""
        return self.state is LinkState.CONNECTED

    @property
    def established(self) -> bool:
        """Whether the other page has ever been in: until the Link is over it may come back."""
        return self._session.established

    @property
    def error(self) -> PeerScriptError | None:
        """Why it is lost or closed; None when a person ended it."""
        return self._session.trouble

    @property
    def verification(self) -> Verification:
        """What is known of who they are."""
        return self._session.record.verification

    @property
    def phrase(self) -> str:
        """Four words for two people to compare; "" where a secret was proved."""
        return self._session.phrase

    @property
    def certificate(self) -> bytes:
        """The SHA-256 of the other page's certificate, as it was seen last: a call with the page,
        once it is connected, must have the same. Empty before that.
        """
        return self._session.certificate

    async def states(self) -> AsyncIterator[LinkState]:
        """Give the state now and each later one, to CLOSED. A slow reader sees the newest."""
        async for state in self._session.states():
            yield state

    async def wait_connected(self) -> None:
        """Wait until it is connected.

        Raises:
            PeerScriptError: it is lost or over, and why.
        """
        await self._session.wait_connected()

    @overload
    def channel(
        self,
        name: str,
        delivery: Literal["reliable", "live"] = "reliable",
        *,
        kept: bool = True,
        bulk: bool = False,
    ) -> Channel[Any]: ...
    @overload
    def channel(
        self,
        name: str,
        delivery: Literal["reliable", "live"] = "reliable",
        *,
        kept: bool = True,
        bulk: bool = False,
        vocabulary: Vocabulary[T],
    ) -> Channel[T]: ...
    def channel(
        self,
        name: str,
        delivery: Literal["reliable", "live"] = "reliable",
        *,
        kept: bool = True,
        bulk: bool = False,
        vocabulary: Vocabulary[Any] | None = None,
    ) -> Channel[Any]:
        """Open the channel of this name; messages flow once the other page has opened it, too.
        Asked for again in the same way, it is the same one.

        Args:
            name: the same on both pages; up to 32 letters, digits, spaces or ._/-
            delivery: "reliable": each message exactly once and in order, over broken paths.
                "live": the newest alone counts; what is overtaken is not sent.
            kept: over reloads of either page, too: it is kept in the tab's storage, which is small.
                False for what ends with the page. A live channel is not kept.
            bulk: large messages that nothing else shall wait behind; they are not kept.
            vocabulary: of typed messages; else a message is any value (docs/values.md).

        Raises:
            ValueError: the name is none, is open already in another way, or there are too many.
            LinkClosed: the Link is over.
        """
        mode = _mode(delivery, kept=kept, bulk=bulk)
        known, asked = self._channels.get(name, (None, None))
        if known is not None and asked == (mode, vocabulary):
            return known
        inbox = ChannelInbox(name, mode, vocabulary)
        session = self._session.open_channel(name, mode)
        channel = Channel(session, inbox, self._session.sendable, self._running)
        self._channels[name] = channel, (mode, vocabulary)
        self._session.begin_channel(session)
        return channel

    def accept(self) -> None:
        """Let in whoever asks (ASKING)."""
        self._session.decide(True)

    def reject(self) -> None:
        """Turn away whoever asks (ASKING)."""
        self._session.decide(False)

    def confirm_phrase(self) -> None:
        """A person has compared the phrase: it is the same on both pages."""
        self._session.confirm_phrase()

    def reconnect(self) -> None:
        """Try again what was given up (LOST)."""
        self._session.retry()

    async def close(self, error: PeerScriptError | None = None) -> None:
        """End it for both sides, and forget it. Ending it twice does nothing.

        Args:
            error: why (`error`), where no person wished it.
        """
        await self._session.close(error)


def _mode(delivery: str, *, kept: bool, bulk: bool) -> Mode:
    if delivery not in ("reliable", "live"):
        raise ValueError(f'delivery is "reliable" or "live", not {delivery!r}')
    if delivery == "live":
        if bulk:
            raise ValueError("a live channel is not for bulk: its messages are small")
        return Mode.LIVE
    if bulk:
        return Mode.BULK
    return Mode.KEPT if kept else Mode.RELIABLE
