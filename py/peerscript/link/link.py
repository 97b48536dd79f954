"""A Link: a session with another PeerScript page, as users of the library see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, overload

from peerscript.aio.events import Emitter
from peerscript.aio.tasks import TaskOwner
from peerscript.calls.call import Call
from peerscript.calls.linkcalls import LinkCalls
from peerscript.calls.sources import Devices, Source
from peerscript.errors import PeerScriptError
from peerscript.link.channel import Channel
from peerscript.link.channel_inbox import ChannelInbox
from peerscript.link.channels import mode_of
from peerscript.link.events import LINK_EVENTS, LinkEvent, LinkOn
from peerscript.link.remote_wire import endpoint
from peerscript.link.session import LinkSession
from peerscript.ports import files
from peerscript.ports.mediapath import MediaPath
from peerscript.protocol.calls.messages import CALLS
from peerscript.protocol.calls.messages import CHANNEL as CALL_CHANNEL
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.protocol.remote.functions import AnyFunction, Functions
from peerscript.protocol.transfer.messages import CHANNEL, DATA_CHANNEL, FILE_DATA, FILES
from peerscript.protocol.vocabulary import Vocabulary
from peerscript.remote.endpoint import Endpoint
from peerscript.remote.proxy import Remote
from peerscript.transfer.exchange import Exchange
from peerscript.transfer.incoming import IncomingOffer
from peerscript.transfer.outgoing import OutgoingOffer

T = TypeVar("T")

_OF_CHANNELS = {"send", "send_nowait", "receive", "messages", "history", "drain", "flush", "full"}
_ITERATE = 'a Link has no values itself: `async for value in link.channel("…")`'


class Link(Emitter[LinkOn, LinkEvent]):
    """A session with one other page that outlives its connections. `Links` makes them.

        chat = link.channel("chat")
        await chat.send("hello")
        async for text in chat:  # ends with the Link
            print(text)

    Events: "change" (of the state, the name or the verification), "restart" (the other page was
    reloaded), "call" (a call with it rings, has begun, or is over), "granted" (see `granted`).

    Attributes:
        remote: the functions that the other page serves: `await link.remote.add(1, 2)`.
    """

    _EVENTS = LINK_EVENTS

    def __init__(
        self,
        session: LinkSession,
        tasks: TaskOwner,
        devices: Devices,
        new_media_path: Callable[[], MediaPath],
    ) -> None:
        super().__init__(tasks)
        self._devices = devices
        self._new_media_path = new_media_path
        self._link_calls: LinkCalls | None = None
        self._session = session
        self._channels: dict[str, tuple[Channel[Any], object]] = {}  # with the arguments of each
        self.remote = Remote(lambda: self._functions().caller)
        self._endpoint: Endpoint | None = None
        self._exchange: Exchange | None = None
        session.bind(self._emit)

    def __repr__(self) -> str:
        return f"<Link to {self.peer_id!r} {self.state.value}>"

    @property
    def key(self) -> str:
        """Identifies the session within this page. Use it instead of the peer ID, which another
        page may have tomorrow.
        """
        return self._session.record.id

    @property
    def peer_id(self) -> str:
        """The ID by which the broker finds the other page."""
        return self._session.record.peer_id

    @property
    def name(self) -> str:
        """The name that the person there has chosen; "" before the first handshake."""
        return self._session.record.name

    @property
    def scope(self) -> str:
        """What the invite allows: at the host, the invite that the guest has proved; at the guest,
        the one that it dialled with. "" for the whole page.
        """
        return self._session.record.scope

    @property
    def granted(self) -> tuple[str, ...]:
        """The scopes of this page's invites that the other page has proved, the newest last."""
        return self._session.record.granted

    @property
    def is_guest(self) -> bool:
        """Whether this page dialled, and dials again when the path breaks."""
        return self._session.record.guest

    @property
    def state(self) -> LinkState:
        """The current state."""
        return self._session.state

    @property
    def connected(self) -> bool:
        """Whether there is a working path: what is sent now goes out at once."""
        return self.state is LinkState.CONNECTED

    @property
    def established(self) -> bool:
        """Whether a first handshake has succeeded: until it is over, the Link can be resumed."""
        return self._session.established

    @property
    def error(self) -> PeerScriptError | None:
        """Why it is lost or closed; None when a person closed it."""
        return self._session.error

    @property
    def verification(self) -> Verification:
        """How far the other page's identity is verified."""
        return self._session.record.verification

    @property
    def phrase(self) -> str:
        """Four words for two people to compare; "" where a secret was proved."""
        return self._session.phrase

    @property
    def certificate(self) -> bytes:
        """The SHA-256 of the other page's certificate on the newest path; a call with the page must
        have the same. Empty before the first path.
        """
        return self._session.certificate

    def states(self) -> AsyncIterator[LinkState]:
        """Iterate over the current state and each later one, ending after CLOSED. A slow reader
        skips to the newest.
        """
        return self._session.states()

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
        """Open the channel of this name; messages are exchanged once the other page has opened it
        too. A second call with the same arguments returns the same channel.

        Args:
            name: the same on both pages; up to 32 letters, digits, spaces or ._/-
            delivery: "reliable": each message exactly once and in order, over broken paths.
                "live": only the newest is sent; older ones that have not left are dropped.
            kept: messages are saved in the tab's storage, which is small, and so also arrive over
                reloads of either page. A live channel is never kept.
            bulk: for large messages, on a data channel of their own, so that little waits behind
                them; never kept.
            vocabulary: of typed messages; without one, a message is any value (docs/values.md).

        Raises:
            ValueError: the name is invalid or open with other arguments, or there are too many.
            LinkClosed: the Link is over. A channel that is open already can still be read.
        """
        mode = mode_of(delivery, kept=kept, bulk=bulk)
        known, asked = self._channels.get(name, (None, None))
        if known is not None and asked == (mode, vocabulary):
            return known
        inbox = ChannelInbox(name, mode, vocabulary)
        session = self._session.open_channel(name, mode)
        channel = Channel(session, inbox, self._session.sendable, self._running)
        self._channels[name] = channel, (mode, vocabulary)
        self._session.begin_channel(session)
        return channel

    @overload
    def serve(self, function: AnyFunction, *, name: str | None = None) -> AnyFunction: ...
    @overload
    def serve(self, *, name: str | None = None) -> Callable[[AnyFunction], AnyFunction]: ...
    def serve(
        self, function: AnyFunction | None = None, *, name: str | None = None
    ) -> AnyFunction | Callable[[AnyFunction], AnyFunction]:
        """Let the other page call an `async` function or async generator by its name.

            @link.serve
            async def add(a: int, b: int) -> int:
                return a + b

        It is served for as long as the Link; calls that run when the Link ends or the other page
        is reloaded are cancelled.

        Args:
            function: with annotations, or without; see `Functions.serve`.
            name: what the other page calls it; its own name if not given.

        Raises:
            TypeError, ValueError: see `Functions.serve`.
            LinkClosed: the Link is over.
        """
        self._session.require_not_over()
        functions = self._functions().callee.functions
        return functions.serve(function, name=name) if function else functions.serve(name=name)

    def serve_all(self, functions: Functions) -> None:
        """Let the other page call functions that are served on other Links, too.

        Raises:
            TypeError: these are no `Functions`.
            LinkClosed: the Link is over.
        """
        if not isinstance(functions, Functions):
            hint = "`link.serve(function)` serves a single one"
            raise TypeError(
                f"serve_all takes a peerscript.remote.Functions, not {functions!r}: {hint}"
            )
        self._session.require_not_over()
        self._functions().callee.share(functions)

    def _functions(self) -> Endpoint:
        """Remote functions, whose channel is opened when they are first used."""
        if self._endpoint is None:
            self._endpoint = endpoint(self._session, self._running)
        return self._endpoint

    async def send_files(
        self, sources: Iterable[files.Source], *, name: str = "", key: str = ""
    ) -> OutgoingOffer:
        """Offer files to the other page; return when it has the list of them. They are sent once it
        accepts, in the background: see the `progress` and `finished` of what is returned. When that
        page is reloaded, or the Link was lost and is back, they are offered again by themselves.

            offer = await link.send_files(file_sources(event.target.files))
            await offer.finished()

        Cancelling takes the offer back.

        Args:
            sources: up to 20,000.
            name: of the offer; of a folder, say.
            key: of an earlier offer of the same files, after a reload of this page or over another
                Link: what has arrived of them is not sent again.

        Raises:
            ValueError: there are no files, or too many; or that is no key.
            LinkClosed: the Link is over, lost, or not established yet.
            NoSuchChannel: the other page takes no files.
        """
        return await self._files().send(list(sources), name, key)

    def offers(self) -> AsyncIterator[IncomingOffer]:
        """Iterate over what the other page offers, until the Link is over. One loop at a time.

            async for offer in link.offers():
                receiving = await offer.accept(into=store)
                files = await receiving.finished()

        An offer that was interrupted comes again, with the same `key`, and goes on with what the
        store has of it; one that was cancelled while this page was away may come cancelled.

        From the first call on, this page takes offers: up to 200 that are not answered, and 5 more
        a second; further ones are declined without being shown.

        Raises:
            LinkClosed: the Link is over.
        """
        return self._files().offers()

    def _files(self) -> Exchange:
        """Files, whose channels are opened when they are first used."""
        if self._exchange is None:
            messages = self.channel(CHANNEL, kept=False, vocabulary=FILES)
            data = self.channel(DATA_CHANNEL, bulk=True, vocabulary=FILE_DATA)
            self._exchange = Exchange(self, messages, data, self._running)
        return self._exchange

    def call(self, *, camera: Source = None, microphone: Source = None) -> Call:
        """Call the other page; it rings there once the call is begun.

            async with link.call(camera=True, microphone=True) as call:
                await call.answered()
                video.srcObject = call.remote.camera
                await call.ended()

        If the other page calls at the same time, the two are in one call.

        Args:
            camera, microphone: see `Call.accept`; None to send none.
        """
        return self._calls().new(camera, microphone)

    def calls(self) -> AsyncIterator[Call]:
        """Iterate over the calls that ring here, until the Link is over; and first the one that
        this page was in when it was reloaded. One loop at a time.

            async for call in link.calls():
                await call.accept(camera=True, microphone=True)
        """
        return self._calls().incoming()

    def _calls(self) -> LinkCalls:
        """Calls, whose channel is opened when they are first used."""
        if self._link_calls is None:
            self._link_calls = LinkCalls(
                self,
                self.channel(CALL_CHANNEL, kept=False, vocabulary=CALLS),
                self._devices,
                self._new_media_path,
                self._running,
                remembered=self._session.record.call,
                remember=self._session.remember_call,
                changed=lambda: self._emit("call"),
            )
        return self._link_calls

    def accept(self) -> None:
        """Accept the guest that waits for a decision (ASKING)."""
        self._session.decide(True)

    def reject(self) -> None:
        """Reject the guest that waits for a decision (ASKING)."""
        self._session.decide(False)

    def confirm_phrase(self) -> None:
        """Note that a person has compared the phrase, and it is the same on both pages."""
        self._session.confirm_phrase()

    def reconnect(self) -> None:
        """Look for a path again after that was given up (LOST). It stays LOST once the Links, or
        the peer, are closed.
        """
        self._session.retry()

    if not TYPE_CHECKING:  # pragma: no branch - type checkers would believe in any name

        def __getattr__(self, name: str) -> object:
            if name in _OF_CHANNELS:
                words = f'a Link has no {name}: its channels have, link.channel("…").{name}'
                raise AttributeError(words, name=name, obj=self)
            return super().__getattr__(name)

        def __iter__(self) -> NoReturn:
            raise TypeError(_ITERATE)

        __aiter__ = __iter__

    async def close(self, error: PeerScriptError | None = None) -> None:
        """End the session on both sides, and delete what is saved of it. Twice is as once.

        Args:
            error: the reason, if a person did not ask for it.

        Raises:
            TypeError: it is no PeerScriptError.
        """
        if not isinstance(error, PeerScriptError | None):
            raise TypeError(f"close takes a PeerScriptError, such as LinkClosed(…), not {error!r}")
        await self._session.close(error)
