"""Two pages agree on what their media connection carries, while either may change it at any time.

This is W3C perfect negotiation
(https://developer.mozilla.org/docs/Web/API/WebRTC_API/Perfect_negotiation), one step after the
other, so that nothing has to be asked about steps that are being taken: of two offers that cross,
the polite page takes back its own, and makes it again afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from peerscript.errors import NegotiationFailed
from peerscript.ports.mediapath import MediaPath
from peerscript.protocol.calls.messages import CallMessage, Candidate, Description

MAX_TRACKS = 12  # in both directions: four of each page, and some that were replaced


class Negotiation:
    """The negotiation of one media path.

    Args:
        polite: whether this page gives way when both make an offer at once; the other does not.
        say: sends a message to the other page.
        agreed: told each time that the two agree.
        failed: told once, when they cannot agree; nothing follows.
    """

    def __init__(
        self,
        path: MediaPath,
        call: int,
        *,
        polite: bool,
        say: Callable[[CallMessage], None],
        agreed: Callable[[], None],
        failed: Callable[[NegotiationFailed], None],
    ) -> None:
        self._path = path
        self._call = call
        self._polite = polite
        self._say = say
        self._agreed = agreed
        self._failed = failed
        self._passed_over = False  # whether the other page's newest offer was
        # The polite page's first offer would cross the other's, and be taken back: what it has to
        # send is in its answer.
        self._may_offer = not polite
        # Candidates of a description that is not said yet: the browser finds some before it is, and
        # the other page can do nothing with them.
        self._held: list[Candidate] | None = None
        self._steps: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()

    async def run(self) -> None:
        """Take step after step, until it fails or is cancelled."""
        try:
            while True:
                step = await self._steps.get()
                await step()
        except NegotiationFailed as error:
            self._failed(error)

    def on_needed(self) -> None:
        """The browser has something to negotiate."""
        self._steps.put_nowait(self._offer)

    def on_candidate(self, candidate: str) -> None:
        """The browser has found a way to this page."""
        message = Candidate(self._call, candidate)
        if self._held is None:
            self._say(message)
        else:
            self._held.append(message)

    def on_message(self, message: Description | Candidate) -> None:
        """The other page's side."""

        async def take() -> None:
            if isinstance(message, Description):
                await self._take_description(message)
            else:
                await self._take_candidate(message)

        self._steps.put_nowait(take)

    async def _offer(self) -> None:
        if self._may_offer and self._path.stable:  # else the browser asks again when it is
            await self._describe()

    async def _describe(self) -> None:
        self._held = []
        type, sdp = await self._path.describe()
        held, self._held = self._held, None
        self._say(Description(self._call, type, sdp))
        for candidate in held:
            self._say(candidate)

    async def _take_description(self, description: Description) -> None:
        offer = description.type == "offer"
        self._passed_over = offer and not self._path.stable and not self._polite
        if self._passed_over:
            return
        await self._path.apply(description.type, description.sdp)
        self._may_offer = True
        if self._path.tracks > MAX_TRACKS:
            raise NegotiationFailed(f"the other page wants {self._path.tracks} tracks")
        if offer:
            await self._describe()
        if self._path.stable:
            self._agreed()

    async def _take_candidate(self, message: Candidate) -> None:
        try:
            await self._path.add_candidate(message.candidate)
        except NegotiationFailed:
            if not self._passed_over:  # else it belongs to the offer that was passed over
                raise
