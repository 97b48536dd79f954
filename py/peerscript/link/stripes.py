"""Further RTCPeerConnections of a path, for bulk alone: made when they are worth it, closed when
nothing needs them. Without them everything works, only slower.

The guest makes them, because it or the host has much to send. What their ends must tell each other
goes over the path, and each is proved before a byte of it is used.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Awaitable, Callable

from peerscript.aio.inbox import Inbox
from peerscript.data.wire import SideChannel
from peerscript.errors import (
    ConnectTimeout,
    LinkMisused,
    NegotiationFailed,
    PeerScriptError,
    StorageFull,
)
from peerscript.link.bulk import Bulk, Stripe
from peerscript.ports.datapath import DataPath, DataPathEvents
from peerscript.protocol.link.messages import (
    PathMessage,
    StripeCandidate,
    StripeClosed,
    StripeDescription,
    StripeMessage,
    StripesWanted,
)
from peerscript.protocol.link.striping import PAUSE, STRIPES, Demand
from peerscript.protocol.values.codecs import Frame

logger = logging.getLogger("peerscript")

CHANNEL_ID = 0
UNREAD = 16 * 1024 * 1024  # bytes that may be unread of one; channels allow their senders less
OPEN_TIMEOUT = 15.0  # seconds

Read = Callable[[AsyncIterable[Frame]], Awaitable[None]]


class StripePath:
    """One stripe with its RTCPeerConnection.

    Args:
        say: sends over the path.
        certificate: the SHA-256 that the other page's certificate must have.
    """

    def __init__(
        self,
        path: DataPath,
        stripe: Stripe,
        say: Callable[[StripeMessage], None],
        certificate: bytes,
    ) -> None:
        self.stripe = stripe
        self._path = path
        self._say = say
        self._certificate = certificate
        self._heard: Inbox[StripeDescription | StripeCandidate] = Inbox("a stripe's negotiation")
        path.bind(
            DataPathEvents(
                on_candidate=lambda text: say(StripeCandidate(stripe.number, text)),
                on_lost=self.close,
            )
        )
        self._side = SideChannel(path, CHANNEL_ID, "bulk", inbox_limit=UNREAD)

    def on_message(self, message: StripeDescription | StripeCandidate) -> None:
        """The other page negotiates."""
        self._heard.put(message)

    async def run(self, *, offers: bool, read: Read) -> None:
        """Connect, and exchange bulk until either side closes it.

        Raises:
            PeerScriptError: it could not be opened, or proved; or what `read` raises.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                others = [tasks.create_task(self._negotiate(offers))]
                await self._opened()
                self._prove()
                writing = self.stripe.write(self._side, self._path.max_frame_size)
                others.append(tasks.create_task(writing))
                await read(self.stripe.frames(self._side))
                for task in others:
                    task.cancel()
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        finally:
            self.close()
            self._path.close()
            self.stripe.lose()

    def close(self) -> None:
        """End `run`."""
        self._side.close()

    async def _opened(self) -> None:
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                await self._side.opened()
        except TimeoutError:
            raise ConnectTimeout(f"not open in {OPEN_TIMEOUT:g} s") from None

    def _prove(self) -> None:
        """The other end must be the page of the Link."""
        seen = self._path.fingerprints()
        if seen is None or seen.remote != self._certificate:
            raise NegotiationFailed("it did not lead to the other page")

    async def _negotiate(self, offers: bool) -> None:
        if offers:
            await self._describe()
        async for message in self._heard:
            if isinstance(message, StripeCandidate):
                await self._path.add_candidate(message.candidate)
                continue
            await self._path.apply(message.type, message.sdp)
            if not offers:
                await self._describe()

    async def _describe(self) -> None:
        self._say(StripeDescription(self.stripe.number, *await self._path.describe()))


class Stripes:
    """The stripes of one path.

    Args:
        own: the stripe beside the path's own data channel.
        new_path: makes an RTCPeerConnection.
        say: sends over the path.
        read: reads the frames of a stripe until it ends.
    """

    def __init__(
        self,
        bulk: Bulk,
        own: Stripe,
        new_path: Callable[[], DataPath],
        say: Callable[[PathMessage], None],
        read: Read,
    ) -> None:
        self._bulk = bulk
        self._own = own
        self._new_path = new_path
        self._say = say
        self._read = read
        self._now = asyncio.get_running_loop().time
        self._demand = Demand(self._now())
        self._limit = 0  # stripes that both pages take
        self._guest = False
        self._certificate = b""
        self._live: dict[int, StripePath] = {}
        self._new: Inbox[StripePath] = Inbox("stripes")
        self._last = 0  # the highest number so far
        self._not_before = 0.0  # the loop's time until which none are made
        self._ended = [0, 0]  # bytes sent and read on those that have ended

    def allow(self, limit: int, certificate: bytes, *, guest: bool) -> None:
        """The other page takes so many.

        Args:
            certificate: the SHA-256 that its certificate must have.
            guest: whether this page dialled.
        """
        self._limit, self._certificate, self._guest = min(limit, STRIPES), certificate, guest

    async def run(self) -> None:
        """Run each stripe, until cancelled.

        Raises:
            LinkMisused, StorageFull: see `Path.run`.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                async for stripe in self._new:
                    tasks.create_task(self._run(stripe))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _run(self, path: StripePath) -> None:
        number = path.stripe.number
        try:
            await path.run(offers=self._guest, read=self._read)
        except (LinkMisused, StorageFull):
            raise
        except PeerScriptError as error:
            logger.info("stripe %d: %s", number, error)
            self._not_before = self._now() + PAUSE
        finally:
            self._live.pop(number, None)
            self._ended[0] += path.stripe.sent
            self._ended[1] += path.stripe.read
            self._say(StripeClosed(number))

    # Whether they are worth it

    def tick(self) -> None:
        """Called every second: make, or close, what is due."""
        stripes = [each.stripe for each in self._live.values()]
        sent = self._own.sent + self._ended[0] + sum(each.sent for each in stripes)
        read = self._own.read + self._ended[1] + sum(each.read for each in stripes)
        self._demand.tick(sent, read, self._own.round_trip, self._bulk.waits, self._now())
        if self._live and self._demand.idle and self._guest:
            self._close_all()
        elif not self._live and self._demand.wanted:
            self._want()
        for path in tuple(self._live.values()):
            if path.stripe.stalled:
                path.close()

    def _want(self) -> None:
        if not self._limit:
            return
        if not self._guest:
            self._say(StripesWanted())
        elif self._now() >= self._not_before:
            for _ in range(self._limit):
                self._begin(self._last + 1)

    def _begin(self, number: int) -> StripePath:
        self._last = number
        stripe = Stripe(self._bulk, self._say, self._now, number)
        made = StripePath(self._new_path(), stripe, self._say, self._certificate)
        self._live[number] = made
        self._new.put(made)
        return made

    def _close_all(self) -> None:
        for path in tuple(self._live.values()):
            path.close()

    def hurry(self) -> None:
        """See `Stripe.hurry`."""
        self._own.hurry()
        for path in self._live.values():
            path.stripe.hurry()

    # Messages of the other side

    def on_read(self, number: int, total: int) -> None:
        """The other side has read so many bytes of a stripe.

        Raises:
            OutOfSequence: so many were not sent.
        """
        if number == 0:
            self._own.on_read(total)
        elif path := self._live.get(number):
            path.stripe.on_read(total)

    def on_message(self, message: StripeMessage) -> None:
        """The other side wants stripes, negotiates one, or has closed it.

        Raises:
            LinkMisused: it makes more than both take.
        """
        if isinstance(message, StripesWanted):
            if self._guest and not self._live:
                self._want()
            return
        path = self._live.get(message.stripe)
        if isinstance(message, StripeClosed):
            if path is not None:
                path.close()
            return
        if path is None and self._is_new(message):
            path = self._begin(message.stripe)
        if path is not None:
            path.on_message(message)

    def _is_new(self, message: StripeDescription | StripeCandidate) -> bool:
        if self._guest or message.stripe <= self._last or isinstance(message, StripeCandidate):
            return False
        if len(self._live) >= self._limit:
            raise LinkMisused(f"more than {self._limit} stripes")
        return True
