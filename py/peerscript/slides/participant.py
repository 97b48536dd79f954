"""One viewer at the presenter's side, and the messages that are waiting for it."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterator, Sequence

from peerscript.errors import (
    LinkClosed,
    MessageError,
    NoSuchChannel,
    OutboxFull,
    PeerScriptError,
)
from peerscript.link.link import Link
from peerscript.protocol.link.state import LinkState
from peerscript.protocol.slides.ink import LASER_OFF
from peerscript.protocol.slides.messages import (
    MAX_NOTES,
    MAX_TITLE,
    DeckPart,
    Offer,
    Point,
    Role,
    RoleGranted,
    SlideInfo,
    SlideMessage,
    Stroke,
    Wipe,
)
from peerscript.protocol.slides.source import DeckSource, deck_header, parts
from peerscript.protocol.text.display import display_line, display_text
from peerscript.slides.channels import AnySlideMessage, SlideChannels
from peerscript.slides.deck import SlideText

logger = logging.getLogger("peerscript")

# Unique within this page: parts of a replaced deck may still be in flight when the next one starts.
_deck_ids = itertools.count(1)


class Participant:
    """A remote or a follower.

    Pending messages are kept by kind until the Link can take them. Of states, timings and points
    only the newest is kept, so that a slow page, or one whose path is broken, skips old ones. The
    deck has a data channel of its own, and delays nothing else.

    Attributes:
        link: the Link to the page.
        role: what it may do.
        hand: whether its hand is raised.
    """

    def __init__(self, link: Link, role: Role) -> None:
        self.link = link
        self.role = role
        self.hand = False
        self._channels = SlideChannels(link)
        self._pending: dict[object, SlideMessage | Point] = {}
        self._described: dict[int, SlideInfo] = {}
        self._texts: dict[int, SlideInfo] = {}  # those that are still to be sent
        self._parts: Iterator[DeckPart] = iter(())
        self._awake = asyncio.Event()
        self._deck_awake = asyncio.Event()
        self._leaving = False
        self._idle = False  # whether `_run` waits for messages, and none is being sent

    def _send_soon(self, *messages: SlideMessage | Point) -> None:
        """Queue messages; each replaces a pending one of its kind."""
        for message in messages:
            if isinstance(message, Wipe):
                self._forget_strokes()
            place = (Stroke, message.id) if isinstance(message, Stroke) else type(message)
            self._pending.pop(place, None)
            self._pending[place] = message
        if not (self._idle and self._send_now()):
            self._awake.set()

    def _send_now(self) -> bool:
        """Send what is pending at once, as a turn of the event loop for each participant would take
        longer than all else; return False if something is left for `_run`.
        """
        while self._pending and self.link.connected:
            place, message = next(iter(self._pending.items()))
            try:
                self._channels.send_nowait(message)
            except (OutboxFull, LinkClosed, NoSuchChannel):
                return False  # `_run` waits, or ends with the same error
            except MessageError as error:
                self._not_told(error)
            del self._pending[place]
        return not (self._pending or self._leaving)

    def _begin(
        self,
        slides: Sequence[SlideText],
        source: DeckSource | None,
        *messages: SlideMessage | Point,
    ) -> None:
        """Start with a deck, or with the offer of it, dropping all that is pending.

        Args:
            messages: sent right after the deck's header.
        """
        self._pending.clear()
        self._described.clear()
        self._texts.clear()
        if self.role is Role.INVITED:
            self._parts = iter(())
            self._send_soon(Offer())
            return
        deck_id = next(_deck_ids)
        self._parts = parts(source, deck_id) if source else iter(())
        self._deck_awake.set()
        self._send_soon(RoleGranted(self.role.value), deck_header(source, deck_id), *messages)
        self._describe(slides)

    def _describe(self, slides: Sequence[SlideText]) -> None:
        """Queue the titles and notes that have changed."""
        for number, slide in enumerate(slides):
            notes = display_text(slide.notes, MAX_NOTES) if self.role is Role.REMOTE else ""
            message = SlideInfo(number, display_line(slide.title, MAX_TITLE), notes)
            if self._described.get(number) != message:
                self._described[number] = self._texts[number] = message
        self._awake.set()

    def _wake(self) -> None:
        """The Link has changed: check whether pending messages can be sent."""
        self._awake.set()
        self._deck_awake.set()

    def _leave(self, message: SlideMessage) -> None:
        """Send a last message, with the laser switched off; `_run` ends after it."""
        self._pending.clear()
        self._texts.clear()
        self._parts = iter(())
        self._leaving = True
        self._send_soon(LASER_OFF, message)

    async def _run(self) -> None:
        """Send pending messages and the deck, until `_leave`.

        Raises:
            LinkClosed: the Link is lost, or over.
            NoSuchChannel: the page has not opened the channels; see `_wait_opened`.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                deck = tasks.create_task(self._send_deck())
                await self._send_pending()
                deck.cancel()
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # the first is enough: all of it ends

    async def _wait_opened(self) -> None:
        """Wait until the page has opened the channels."""
        self._channels.when_opened(self._wake)
        try:
            while self._channels.missing and not self._leaving:
                self._awake.clear()
                await self._awake.wait()
        finally:
            self._channels.off_opened(self._wake)

    async def _send_pending(self) -> None:
        while True:
            message = self._next()
            if message is not None:
                await self._send(message)
                await asyncio.sleep(0)  # yield: all the slides at once would block the page
            elif self._leaving:
                return
            else:
                self._awake.clear()
                self._idle = True
                try:
                    await self._awake.wait()
                finally:
                    self._idle = False

    async def _send_deck(self) -> None:
        while True:
            part = next(self._parts, None) if self.link.connected else None
            if part is not None:
                await self._send(part)  # waits while much of it is unread there
                await asyncio.sleep(0)
            else:
                self._deck_awake.clear()
                await self._deck_awake.wait()

    async def _send(self, message: AnySlideMessage) -> None:
        try:
            await self._channels.send(message)
        except MessageError as error:
            self._not_told(error)

    def _not_told(self, error: MessageError) -> None:
        logger.warning("%s is not told: %s", self.link.peer_id, error)

    def _next(self) -> SlideMessage | Point | None:
        if not (self._leaving or self.link.connected):
            return None  # wait: only what is pending when it reconnects is sent
        if self._pending:
            return self._pending.pop(next(iter(self._pending)))
        if self._texts:
            return self._texts.pop(next(iter(self._texts)))
        return None

    def _forget_strokes(self) -> None:
        for place in [
            each for each, message in self._pending.items() if isinstance(message, Stroke)
        ]:
            del self._pending[place]


def require_role(role: Role) -> None:
    """Raise a TypeError that lists the roles."""
    if not isinstance(role, Role):
        raise TypeError(f"a role is one of {', '.join(map(str, Role))}, not {role!r}")


async def found_again(link: Link) -> bool:
    """Wait while a Link is lost; return False if it is over."""
    async for state in link.states():
        if state is LinkState.CLOSED:
            break
        if state is not LinkState.LOST:
            return True
    return False


async def send_refusal(link: Link) -> None:
    """Tell a page that it takes no part."""
    try:
        await SlideChannels(link).send(RoleGranted(Role.NOBODY.value))
    except PeerScriptError as error:
        logger.info("%s is not told: %s", link.peer_id, error)
