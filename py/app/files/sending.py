"""Offering files to people."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Sequence
from dataclasses import replace

from app.files.following import Following
from app.files.ports import Attention
from app.files.resuming import Resuming, in_order
from app.files.transfer import GONE, Transfer
from app.language import N_, _, grouped
from app.notices import NO_CONTACT, Notices
from app.people.contact import Contact
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.aio.turns import Turns
from peerscript.ports.files import Source
from peerscript.protocol.transfer.messages import MAX_FILES

NOBODY = N_("Nobody is connected, so no file was sent.")
UNSENT = "unsent-files"  # about what was not offered: settled by the next that are


class Sending:
    """Offers files to those who are addressed, and again what was interrupted. Problems are
    shown.
    """

    def __init__(
        self,
        people: Roster,
        following: Following,
        resuming: Resuming,
        notices: Notices,
        attention: Attention,
        tasks: Tasks,
    ) -> None:
        self._people = people
        self._following = following
        self._resuming = resuming
        self._notices = notices
        self._attention = attention
        self._tasks = tasks

    def offer(self, sources: Sequence[Source]) -> None:
        """Offer files to the chosen contact, or to everybody who is here."""
        contacts = [contact for contact in self._people.addressed if contact.known]
        if not contacts:
            self._notices.problem(_(NOBODY), about=NO_CONTACT)
        elif not sources:
            self._notices.problem(_("There is no file in it."), about=UNSENT)
        elif len(sources) > MAX_FILES:
            self._notices.problem(
                _(
                    "{count} files are too many at once: at most {limit}. Send them in "
                    "parts, or as one archive.",
                    count=grouped(len(sources)),
                    limit=grouped(MAX_FILES),
                ),
                about=UNSENT,
            )
        else:
            self._notices.settle(UNSENT)
            self._attention.ask()
            self._people.note_sent()
            to = tuple(each.name for each in contacts) if self._people.to_all else ()
            group = secrets.token_hex(8) if to else ""
            for contact in contacts:
                self._tasks.start(self._offer(contact, sources, group, to))

    async def offer_found(self, found: Awaitable[Sequence[Source]]) -> None:
        """Offer files that have yet to be looked for, in the folders that were dropped."""
        try:
            sources = await found
        except OSError as error:
            self._notices.problem(
                _("Not everything could be read, so nothing was sent: {error}", error=error),
                about=UNSENT,
            )
        else:
            self.offer(sources)

    async def _offer(
        self, contact: Contact, sources: Sequence[Source], group: str, to: tuple[str, ...]
    ) -> None:
        offer = await contact.link.send_files(sources, name=await common_folder(sources))
        transfer = self._following.new(contact, offer, sources, group, to)
        await self._resuming.keep(transfer.record)

    async def go_on(self, transfers: Sequence[Transfer], chosen: Sequence[Source] = ()) -> None:
        """Offer the files of own transfers again that were interrupted.

        Args:
            transfers: those of one card.
            chosen: where the person has found them; not needed where the browser has kept that.
        """
        waiting = [each for each in transfers if each.waits and not each.incoming]
        able = [(each, contact) for each in waiting if (contact := self._contact_for(each))]
        if waiting and not able:
            self._notices.problem(_(NOBODY), about=NO_CONTACT)
        for transfer, contact in able:
            await self._go_on_with(contact, transfer, chosen)

    async def _go_on_with(
        self, contact: Contact, transfer: Transfer, chosen: Sequence[Source]
    ) -> None:
        record = transfer.record
        try:
            found = chosen or transfer.sources or await self._resuming.opened(record)
            sources = await in_order(record, found)
        except OSError as error:
            transfer.problem = _("It cannot go on: {error}.", error=error)
            transfer.record = replace(record, handles=())  # the person has to choose
            transfer.sources = ()
            self._following.update(transfer)
            return
        offer = await contact.link.send_files(sources, name=record.name, key=record.key)
        self._following.begin(transfer, contact, offer, sources)

    def _contact_for(self, transfer: Transfer) -> Contact | None:
        """With whom a transfer goes on: the person of before, else the chosen one, unless it is one
        to several.
        """
        able = [each for each in self._people.all if each.known and each.state not in GONE]
        same = (each for each in able if each.session == transfer.record.session)
        other = self._people.chosen if self._people.chosen in able else None
        return next(same, None if transfer.record.group else other)


async def common_folder(sources: Sequence[Source]) -> str:
    """The folder that all of them are in; "" if there is none."""
    tops: set[str] = set()
    turns = Turns()
    for each in sources:
        tops.add(each.folder.partition("/")[0])
        await turns.give()
    return tops.pop() if len(tops) == 1 else ""
