"""The calls of this page: one with each contact, and what is said about them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, MutableMapping, Sequence
from dataclasses import replace

from app.calls.callers import Callers
from app.calls.captions import Captions
from app.calls.conversation import Conversation
from app.calls.limits import Limit, picture_limit
from app.calls.own import OwnMedia
from app.calls.ports import (
    CallsShown,
    CallView,
    OwnDevices,
    Recognizer,
    Recorder,
    Ringing,
)
from app.calls.preview import Previewing
from app.calls.recording import Recording
from app.calls.switches import Switches
from app.calls.topics import Topics
from app.calls.words import FULL, event_words, missing_words
from app.faults import explain
from app.language import N_, _
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.calls import Call, LinkCallState, Slot
from peerscript.errors import PeerScriptError
from peerscript.mesh import CallMesh
from peerscript.protocol.calls.mesh import MAX_OTHERS

UNSHARED = N_("This page was loaded again: your screen is shared no more. Share it anew.")
logger = logging.getLogger("peerscript.app")


class Calls(Listener):
    """Who rings, whom the person is about to call, and whom they are in a call with.

    Args:
        note: keeps what has happened with somebody, in the conversation with them.

    Attributes:
        own: what this page sends.
        switches: change it.
        recording: of what is seen and heard here.
        captions: of what is said.
    """

    def __init__(
        self,
        people: Roster,
        mesh: CallMesh,
        view: CallView,
        notices: Notices,
        devices: OwnDevices,
        recorder: Recorder,
        recognizer: Recognizer,
        tasks: Tasks,
        storage: MutableMapping[str, str],
        note: Callable[[Contact, str], None],
    ) -> None:
        self._people = people
        self._mesh = mesh
        self._view = view
        self._notices = notices
        self._tasks = tasks
        self._note = note
        self._with: dict[Contact, Conversation] = {}
        self._callers = Callers(self._on_not_taken, tasks)
        self._topics = topics = Topics(notices)
        self.own = OwnMedia(devices, storage, tasks, self._sync)
        self.switches = Switches(self.own, topics, lambda: bool(self._with), notices.announce)
        self._preview = Previewing(self.own, tasks, self._show, self.join)
        self.recording = Recording(recorder, self.own, self._sync, topics, tasks)
        self.captions = Captions(recognizer, tasks, self._show, topics.captions)

    # Contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        self._tasks.start(self._take_calls(contact, contact.link.calls()))
        self.captions.take(contact)

    def on_chosen(self, contact: Contact | None) -> None:
        self._show()

    def on_change(self, contact: Contact) -> None:
        if contact.link.connected:
            self._topics.nobody.settle()
        self._show()

    # Who calls

    async def _take_calls(self, contact: Contact, calls: AsyncIterator[Call]) -> None:
        async for call in calls:
            if call.state is LinkCallState.RINGING:
                self._ring(contact, call)
            elif call.state is LinkCallState.RECONNECTING and contact not in self._with:
                self._tasks.start(self._come_back(contact, call))

    def _ring(self, contact: Contact, call: Call) -> None:
        if self._full:
            call.decline(full=True)
            self._notices.announce(" ".join([_("{name} called.", name=contact.name), _(FULL)]))
            return
        if self._with and self._mesh.expects(contact.link):
            self._tasks.start(self._take(self._add(contact, call, introduced=True)))
            return
        self._callers.add(contact, call)
        self._people.announce(contact, _("{name} is calling.", name=contact.name))
        self._show()

    def _on_not_taken(self, contact: Contact, call: Call) -> None:
        self._topics.end(contact, call, taken=False)
        self._note(contact, event_words(call, None))
        if self._preview.contact is contact and self._preview.accepting:
            self.cancel()
        self._show()

    async def accept(self) -> None:
        """Take the first call that rings. While the browser asks for a camera for the first time,
        and if one cannot be had, the person sees what would be sent.
        """
        contact = self._callers.first
        if contact is None:
            return
        if self._full and (call := self._callers.take(contact)):
            call.decline(full=True)
            self._topics.full.problem(_(FULL))
            self._show()
        elif self._with or await self.own.allowed_before():
            if call := self._callers.take(contact):  # else they have hung up meanwhile
                await self._take(self._add(contact, call))
        else:
            self._preview.open(contact, accepting=True)

    def decline(self) -> None:
        """Do not take the first call that rings."""
        self._callers.decline(self._callers.first)
        self._show()

    # Before a call

    def start(self) -> None:
        """Show what would be sent to those who are addressed; in a call they are called at once."""
        contacts = self._callers.callable(self._people.addressed, self._with)
        if not any(each.link.connected for each in self._people.addressed):
            self._topics.nobody.problem(_("They are not connected now, so nobody was called."))
        elif not contacts:
            return
        elif self._full:
            self._topics.full.problem(_(FULL))
        elif self._with:
            self._tasks.start(self._join_all(contacts))
        else:
            self._preview.open(*contacts[:MAX_OTHERS], accepting=False)

    async def _join_all(self, contacts: Sequence[Contact]) -> None:
        for contact in contacts:
            if self._full:
                self._topics.full.problem(_(FULL))
            elif contact.link.connected and contact not in self._with:
                await self._join(contact)

    def cancel(self) -> None:
        """Close the preview: nobody is called."""
        accepting = self._preview.accepting
        contact = self._preview.close(cancelled=True)
        if contact is None:
            return
        if accepting:
            self._callers.decline(contact)
        self._release()
        self._show()

    async def join(self) -> None:
        """Call the person of the preview, or take their call."""
        if contact := self._preview.close(cancelled=False):
            await self._join(contact)
            await self._join_all(self._preview.others)

    async def _join(self, contact: Contact) -> None:
        if call := self._callers.take(contact):
            await self._take(self._add(contact, call))
        elif problem := await self._dial(contact):
            self._topics.nobody.problem(problem)
            self._release()
            self._show()

    async def _dial(self, contact: Contact, *, introduced: bool = False) -> str:
        """Call somebody; return why that is not possible, or ""."""
        tracks = self.own.tracks
        call = contact.link.call(
            camera=tracks.get(Slot.CAMERA), microphone=tracks.get(Slot.MICROPHONE)
        )
        call.mute(self.own.wishes.muted)
        try:
            await call.start()
        except PeerScriptError as error:
            return explain(error)
        self._add(contact, call, introduced=introduced)
        self._sync()
        return ""

    async def meet(self) -> None:
        """Call those whom others in the call have introduced, for as long as the page is open."""
        async for link in self._mesh.introduced():
            contact = self._people.of(link)
            if contact is None or not self._with or contact in self._with or self._full:
                continue
            if call := self._callers.take(contact):
                self._tasks.start(self._take(self._add(contact, call)))
            elif problem := await self._dial(contact, introduced=True):
                logger.info("%s is not called, as introduced: %s", contact.name, problem)

    async def _take(self, conversation: Conversation) -> None:
        if not conversation.introduced:  # nobody here has asked for anything
            await self.own.open()
        await conversation.take(self._limit)
        self._sync()

    async def _come_back(self, contact: Contact, call: Call) -> None:
        """This page was loaded again in a call, and goes on with what was on."""
        shared, self.own.wishes.sharing = self.own.wishes.sharing, False
        await self._take(self._add(contact, call))
        if shared:
            self._topics.sharing.problem(_(UNSHARED))

    # In a call

    @property
    def doing(self) -> str:
        """What the person is in the middle of, for a sentence; "" for nothing."""
        busy = self._with or self._preview.contact or self._callers.first
        return _("the call is over") if busy else ""

    @property
    def _full(self) -> bool:
        return len(self._with) >= MAX_OTHERS

    @property
    def _limit(self) -> Limit:
        return picture_limit(len(self._with))

    def _add(self, contact: Contact, call: Call, *, introduced: bool = False) -> Conversation:
        conversation = Conversation(contact, call, self.own, self._on_change, introduced=introduced)
        self._with[contact] = conversation
        self._topics.begin(contact, anew=not introduced)
        self._tasks.start(self._follow(conversation))
        self._tasks.start(conversation.measure(self._on_measured))
        self._tasks.start(conversation.listen())
        self._show()
        return conversation

    def _on_change(self, conversation: Conversation) -> None:
        if conversation.first_connected():
            name = conversation.contact.name
            self._people.announce(conversation.contact, _("{name} is in the call.", name=name))
            self._people.note_call(conversation.contact, True)
        self._show()

    def _on_measured(self, conversation: Conversation) -> None:
        contact = conversation.contact
        self._view.measured(contact.key, contact.name, conversation.measures)
        self._show()

    async def _follow(self, conversation: Conversation) -> None:
        await conversation.call.ended()
        contact = conversation.contact
        if self._with.get(contact) is conversation:
            del self._with[contact]
            self._people.note_call(contact, False)
        if conversation.joined or not conversation.introduced:
            self._topics.end(contact, conversation.call, taken=conversation.joined)
            self._note(contact, event_words(conversation.call, conversation.seconds))
        self._release()
        self._sync()

    def _release(self) -> None:
        """Nobody is left to send to: everything is switched off."""
        if not self._with and self._preview.contact is None:
            self._tasks.start(self.recording.end())
            self.own.close()
            self._topics.release()

    def hang_up(self, key: str = "") -> None:
        """End the call with everybody, or with one."""
        for contact, conversation in tuple(self._with.items()):
            if key in ("", contact.key):
                conversation.call.hang_up()

    def _sync(self) -> None:
        """Everybody gets what is sent now."""
        for conversation in self._with.values():
            self._tasks.start(conversation.send(self._limit))
        microphone = None if self.own.wishes.muted else self.own.tracks.get(Slot.MICROPHONE)
        self.captions.follow(microphone, tuple(self._with))
        self._topics.devices.follow(missing_words(self.own.missing, self.own.tracks))
        if not self._full:
            self._topics.full.settle()
        self._show()

    # What is shown

    def _show(self) -> None:
        chosen = self._people.chosen
        able = self._callers.callable(self._people.addressed, self._with)
        self._view.show(
            CallsShown(
                tiles=tuple(
                    replace(each.tile, caption=self.captions.of(each.contact))
                    for each in self._with.values()
                ),
                own=self.own.shown,
                ringing=self._shown_ringing(),
                preview=self._preview.shown(accepts=self._preview.contact in self._callers),
                can_call=bool(able) and self._preview.contact is None and not self._full,
                away=chosen.name if chosen and not chosen.link.connected else "",
                recordings=self.recording.interrupted,
                captions_offered=self.captions.offered,
            )
        )

    def _shown_ringing(self) -> Ringing | None:
        waiting = (each for each in self._callers if each is not self._preview.contact)
        contact = next(waiting, None)
        return Ringing(contact.key, contact.name, also=bool(self._with)) if contact else None
