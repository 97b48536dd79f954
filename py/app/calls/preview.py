"""What is before a call: the person sees what would be sent, and goes on or does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.calls.own import OwnMedia
from app.calls.ports import Preview
from app.calls.words import missing_words
from app.people.contact import Contact
from app.people.roster import joined
from app.tasks import Tasks


class Previewing:
    """The preview, if there is one.

    Attributes:
        contact: who would be in the call; None while there is no preview.
        others: who would be called then, too.
        accepting: whether it was opened to take their call.

    Args:
        changed: called after each change.
        join: called when nothing is to be decided any more.
    """

    def __init__(
        self,
        own: OwnMedia,
        tasks: Tasks,
        changed: Callable[[], None],
        join: Callable[[], Awaitable[None]],
    ) -> None:
        self._own = own
        self._tasks = tasks
        self._changed = changed
        self._join = join
        self._asking = False  # whether the browser asks for the devices
        self._cancelled = False
        self.contact: Contact | None = None
        self.others: tuple[Contact, ...] = ()
        self.accepting = False

    def open(self, contact: Contact, *others: Contact, accepting: bool) -> None:
        """Show what would be sent to them."""
        self._own.wishes.muted = False
        self.contact, self.others, self.accepting = contact, others, accepting
        self._asking, self._cancelled = True, False
        self._changed()
        self._tasks.start(self._fill(contact))

    def close(self, *, cancelled: bool) -> Contact | None:
        """End it; return who would have been in the call.

        Args:
            cancelled: whether nothing is to be sent. Else the browser goes on asking in the call.
        """
        contact, self.contact = self.contact, None
        self._asking, self._cancelled = False, cancelled
        return contact

    async def _fill(self, contact: Contact) -> None:
        if self._cancelled:
            return
        await self._own.open()
        if self.contact is contact:
            self._asking = False
            if self.accepting and not self._own.problems:
                await self._join()  # the browser has asked already
                return
        self._changed()

    def shown(self, *, accepts: bool) -> Preview | None:
        """What the page shows of it.

        Args:
            accepts: whether they have called.
        """
        if self.contact is None:
            return None
        words = missing_words(self._own.missing, self._own.tracks)
        names = joined([each.name for each in (self.contact, *self.others)])
        return Preview(names, accepts=accepts, asking=self._asking, words=words)
