"""Captions: what each person says, in writing, on their tile.

A page writes down what its own person says, on the device, and sends that to those in the call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.calls.ports import Recognizer
from app.calls.topics import Topic
from app.language import _
from app.people.contact import Contact
from app.tasks import Tasks
from peerscript.calls import MediaTrack
from peerscript.errors import PeerScriptError
from peerscript.link.channel import Channel
from peerscript.protocol.text.display import display_line
from peerscript.protocol.vocabulary import Vocabulary, text

logger = logging.getLogger("peerscript.app")

MAX_CAPTION = 200  # characters; of a longer one the end is shown
SHOWN_FOR = 6.0  # seconds after its last word


@dataclass(frozen=True, slots=True)
class Caption:
    """What is being said."""

    text: str = text(MAX_CAPTION)


CAPTIONS = Vocabulary[Caption]({"caption": Caption})


class Captions:
    """What everybody in the call says, and what this page's person does.

    Attributes:
        offered: whether the browser can write down what is said, and sends it nowhere for that.

    Args:
        changed: called after each change.
        topic: says why nobody reads what is said here.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        tasks: Tasks,
        changed: Callable[[], None],
        topic: Topic,
    ) -> None:
        self._recognizer = recognizer
        self._tasks = tasks
        self._changed = changed
        self._topic = topic
        self._wanted = False
        self._microphone: MediaTrack | None = None
        self._heard: MediaTrack | None = None  # which is listened to
        self._readers: Sequence[Contact] = ()
        self._said: dict[Contact, str] = {}
        self._clocks: dict[Contact, asyncio.TimerHandle] = {}
        self.offered = False

    # What the person here says

    async def look(self) -> None:
        """See whether the browser can."""
        self.offered = await self._recognizer.offered()
        self._listen()
        self._changed()

    def want(self, wanted: bool) -> None:
        """Write down what is said in calls, or do not."""
        self._wanted = wanted
        self._listen()

    def follow(self, microphone: MediaTrack | None, readers: Sequence[Contact]) -> None:
        """Listen to this microphone, for these people; None while it is silent."""
        self._microphone, self._readers = microphone, readers
        self._listen()

    def _listen(self) -> None:
        wanted = self._microphone if self._wanted and self.offered and self._readers else None
        if wanted is not self._heard:
            self._heard = wanted
            self._topic.settle()
            self._recognizer.stop()
            if wanted is not None:
                self._tasks.start(self._start(wanted))

    async def _start(self, microphone: MediaTrack) -> None:
        try:
            await self._recognizer.start(microphone, self._say, self._fail)
        except OSError as error:
            self._fail(str(error))

    def _fail(self, reason: str) -> None:
        if self._heard is not None:
            self._topic.problem(
                _("There are no captions of what you say: {reason}.", reason=reason)
            )

    def _say(self, words: str) -> None:
        for contact in self._readers:
            try:
                self._channel(contact).send_nowait(Caption(words[-MAX_CAPTION:]))
            except PeerScriptError as error:
                logger.info("%s gets no caption: %s", contact.peer_id, error)

    # What the others say

    def of(self, contact: Contact) -> str:
        """What somebody is saying; "" for nothing."""
        return self._said.get(contact, "")

    def take(self, contact: Contact) -> None:
        """Take a contact's captions until the Link ends."""
        self._tasks.start(self._read(contact, self._channel(contact)))

    async def _read(self, contact: Contact, channel: Channel[Caption]) -> None:
        async for caption in channel:
            self._show(contact, display_line(caption.text, MAX_CAPTION, ""))
        self._show(contact, "")

    @staticmethod
    def _channel(contact: Contact) -> Channel[Caption]:
        return contact.link.channel("captions", "live", vocabulary=CAPTIONS)

    def _show(self, contact: Contact, words: str) -> None:
        if clock := self._clocks.pop(contact, None):
            clock.cancel()
        if words:
            self._said[contact] = words
            loop = asyncio.get_running_loop()
            self._clocks[contact] = loop.call_later(SHOWN_FOR, self._show, contact, "")
        else:
            self._said.pop(contact, None)
        self._changed()
