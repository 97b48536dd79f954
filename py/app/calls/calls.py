"""The calls of this page: one with each contact, and what is said about them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, MutableMapping
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
    Preview,
    Recognizer,
    Recorder,
    Ringing,
)
from app.calls.recording import Recording
from app.calls.words import FULL, end_words, missing_words
from app.faults import explain
from app.notices import Notices
from app.people.contact import Contact, Listener
from app.people.roster import Roster
from app.tasks import Tasks
from peerscript.calls import Call, LinkCallState, Slot
from peerscript.errors import MediaDenied, MediaError, PeerScriptError
from peerscript.mesh import CallMesh
from peerscript.protocol.calls.mesh import MAX_OTHERS

logger = logging.getLogger("peerscript.app")

ABOUT = "call"  # of notices: they go when another call begins


class Calls(Listener):
    """Who rings, whom the person is about to call, and whom they are in a call with.

    Attributes:
        own: what this page sends.
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
    ) -> None:
        self._people = people
        self._mesh = mesh
        self._view = view
        self._notices = notices
        self._tasks = tasks
        self._with: dict[Contact, Conversation] = {}
        self._callers = Callers(self._on_missed, tasks)
        self._preview: Contact | None = None  # who would be in the call
        self._accepting = False  # whether it was opened to take their call
        self._asking = False
        self.own = OwnMedia(devices, storage, tasks, self._sync, self._say_lost)
        self.recording = Recording(recorder, self.own, self._sync, self._problem, tasks)
        self.captions = Captions(recognizer, tasks, self._show, self._problem)

    # Contacts (contact.Listener)

    def on_joined(self, contact: Contact) -> None:
        self._tasks.start(self._take_calls(contact, contact.link.calls()))
        self.captions.take(contact)

    def on_chosen(self, contact: Contact | None) -> None:
        self._show()

    def on_change(self, contact: Contact) -> None:
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
            self._notices.announce(f"{contact.name} called. {FULL}")
            return
        if self._with and self._mesh.expects(contact.link):
            self._tasks.start(self._take(self._add(contact, call)))
            return
        self._callers.add(contact, call)
        self._people.announce(contact, f"{contact.name} is calling.")
        self._show()

    def _on_missed(self, contact: Contact, call: Call) -> None:
        self._say_end(contact, call, taken=False)
        if self._preview is contact and self._accepting:
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
            self._problem(FULL)
            self._show()
        elif self._with or await self.own.allowed_before():
            await self._join(contact)
        else:
            self._open_preview(contact, accepting=True)

    def decline(self) -> None:
        """Do not take the first call that rings."""
        self._callers.decline(self._callers.first)
        self._show()

    # Before a call

    def start(self) -> None:
        """Show what would be sent to the chosen contact. In a call, whose devices are open, they
        are called at once.
        """
        contact = self._people.chosen
        if contact is None or not contact.link.connected:
            self._problem("They are not connected now, so nobody was called.")
        elif contact in self._with:
            return
        elif self._full:
            self._problem(FULL)
        elif self._with:
            self._tasks.start(self._join(contact))
        else:
            self._open_preview(contact, accepting=False)

    def _open_preview(self, contact: Contact, *, accepting: bool) -> None:
        self.own.wishes.muted = False
        self._preview, self._accepting, self._asking = contact, accepting, True
        self._show()
        self._tasks.start(self._fill_preview(contact))

    async def _fill_preview(self, contact: Contact) -> None:
        if not self._is_wanted(contact):
            return  # it was cancelled at once
        await self.own.open()
        self._asking = False
        if self._preview is contact and self._accepting and not self.own.problems:
            await self.join()  # the browser has asked already
            return
        if self._is_wanted(contact):
            self._say_missing()
        self._show()

    def _is_wanted(self, contact: Contact) -> bool:
        """Whether they are in the preview, or in the call already: nobody has to wait for it."""
        return self._preview is contact or contact in self._with

    def cancel(self) -> None:
        """Close the preview: nobody is called."""
        if self._preview is None:
            return
        contact, self._preview, self._asking = self._preview, None, False
        self._notices.settle(ABOUT)
        if self._accepting:
            self._callers.decline(contact)
        self._release()
        self._show()

    async def join(self) -> None:
        """Call the person of the preview, or take their call."""
        contact, self._preview, self._asking = self._preview, None, False
        if contact is not None:
            await self._join(contact)

    async def _join(self, contact: Contact) -> None:
        self._notices.settle(ABOUT)
        self._notices.settle(f"{ABOUT} {contact.key}")
        if call := self._callers.take(contact):
            await self._take(self._add(contact, call))
        elif problem := await self._dial(contact):
            self._problem(problem)
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
        if not introduced:
            self._say_missing()
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
        await self.own.open()
        self._say_missing()
        await conversation.take(self._limit)
        self._sync()

    async def _come_back(self, contact: Contact, call: Call) -> None:
        """This page was loaded again in a call, and goes on with what was on."""
        shared, self.own.wishes.sharing = self.own.wishes.sharing, False
        await self._take(self._add(contact, call))
        if shared:
            self._problem(
                "This page was loaded again: your screen is shared no more. Share it anew."
            )

    # In a call

    @property
    def _full(self) -> bool:
        return len(self._with) >= MAX_OTHERS

    @property
    def _limit(self) -> Limit:
        return picture_limit(len(self._with))

    def _add(self, contact: Contact, call: Call, *, introduced: bool = False) -> Conversation:
        conversation = Conversation(contact, call, self.own, self._on_change, introduced=introduced)
        self._with[contact] = conversation
        self._tasks.start(self._follow(conversation))
        self._tasks.start(conversation.measure(self._on_measured))
        self._tasks.start(conversation.listen())
        self._show()
        return conversation

    def _on_change(self, conversation: Conversation) -> None:
        if conversation.first_connected():
            name = conversation.contact.name
            self._people.announce(conversation.contact, f"{name} is in the call.")
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
        if conversation.joined or not conversation.introduced:
            self._say_end(contact, conversation.call, taken=conversation.joined)
        self._release()
        self._sync()

    def _release(self) -> None:
        """Nobody is left to send to: everything is switched off."""
        if not self._with and self._preview is None:
            self._tasks.start(self.recording.end())
            self.own.close()

    def hang_up(self, key: str = "") -> None:
        """End the call with everybody, or with one."""
        for contact, conversation in tuple(self._with.items()):
            if key in ("", contact.key):
                conversation.call.hang_up()

    async def press_microphone(self) -> None:
        """Mute or unmute; open it, where there was none."""
        if Slot.MICROPHONE in self.own.tracks:
            self.own.mute(not self.own.wishes.muted)
        else:
            self.own.wishes.muted = False
            await self.own.turn(Slot.MICROPHONE, True)

    async def press_camera(self) -> None:
        """Release the camera, or open it."""
        await self.own.turn(Slot.CAMERA, Slot.CAMERA not in self.own.tracks)

    async def choose(self, slot: Slot, device_id: str) -> None:
        """Use another device; "" for none. In the preview its absence is said there."""
        try:
            await self.own.choose(slot, device_id)
        except MediaError as error:
            self._problem(explain(error))

    async def press_share(self) -> None:
        """Share a screen, or stop that. Who has changed their mind is not told of it."""
        if Slot.SCREEN in self.own.tracks:
            self.own.stop_sharing()
            return
        try:
            await self.own.share()
        except MediaDenied:
            self._notices.announce("No screen is shared.")

    def talk(self, held: bool) -> bool:
        """The key to talk is pressed, or let go; return whether that means anything now."""
        can = bool(self._with) and Slot.MICROPHONE in self.own.tracks
        if not can or self.own.wishes.muted is not held:
            return False
        self.own.mute(not held)
        return True

    def _sync(self) -> None:
        """Everybody gets what is sent now."""
        for conversation in self._with.values():
            self._tasks.start(conversation.send(self._limit))
        microphone = None if self.own.wishes.muted else self.own.tracks.get(Slot.MICROPHONE)
        self.captions.follow(microphone, tuple(self._with))
        self._show()

    # What is said and shown

    def _problem(self, text: str) -> None:
        self._notices.problem(text, about=ABOUT)

    def _say_missing(self) -> None:
        if words := missing_words(self.own.problems, self.own.tracks):
            self._problem(words)

    def _say_lost(self, slot: Slot, error: MediaError) -> None:
        self._problem(
            f"The {slot.value} has stopped. {missing_words({slot: error}, self.own.tracks)}"
        )

    def _say_end(self, contact: Contact, call: Call, *, taken: bool) -> None:
        words = end_words(call, contact.name, taken=taken)
        if words.notice:
            missed = f" {contact.key}" if call.incoming and not taken else ""
            self._notices.problem(words.notice, about=f"{ABOUT}{missed}")
        if words.announcement:
            self._notices.announce(words.announcement)

    def _show(self) -> None:
        chosen = self._people.chosen
        self._view.show(
            CallsShown(
                tiles=tuple(
                    replace(each.tile, caption=self.captions.of(each.contact))
                    for each in self._with.values()
                ),
                own=self.own.shown,
                ringing=self._shown_ringing(),
                preview=self._shown_preview(),
                can_call=chosen is not None
                and chosen.link.connected
                and self._preview is None
                and not self._full
                and chosen not in self._with
                and chosen not in self._callers,
                recordings=self.recording.interrupted,
                captions_offered=self.captions.offered,
            )
        )

    def _shown_ringing(self) -> Ringing | None:
        waiting = (each for each in self._callers if each is not self._preview)
        contact = next(waiting, None)
        return Ringing(contact.key, contact.name, also=bool(self._with)) if contact else None

    def _shown_preview(self) -> Preview | None:
        if self._preview is None:
            return None
        return Preview(
            self._preview.name,
            accepts=self._preview in self._callers,
            asking=self._asking,
            words=missing_words(self.own.problems, self.own.tracks),
        )
