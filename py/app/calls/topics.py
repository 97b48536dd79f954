"""Notices about calls, each of which ends with what it is about."""

from __future__ import annotations

from app.calls.words import end_words
from app.notices import Notices
from app.people.contact import Contact
from peerscript.calls import Call


class Topic:
    """One thing that there may be a notice about, with the newest text."""

    def __init__(self, notices: Notices, about: str) -> None:
        self._notices = notices
        self._about = about
        self._text = ""

    def problem(self, text: str) -> None:
        """Show what is wrong now."""
        self._text = text
        self._notices.problem(text, about=self._about)

    def settle(self) -> None:
        """It is not so any more."""
        if self._text:
            self._text = ""
            self._notices.settle(self._about)

    def follow(self, text: str) -> None:
        """Show what is wrong now, "" for nothing; a notice that was dismissed stays away."""
        if not text:
            self.settle()
        elif text != self._text:
            self.problem(text)


class Topics:
    """What there may be notices about.

    Attributes:
        nobody: why nobody was called.
        full: that nobody else may be.
        devices: which of this page's are missing.
        choice: why another device could not be had.
        sharing: why no screen is shared.
        captions: why nobody reads what is said here.
        recording: why the call is not recorded.
        recordings: what became of one that has ended.
    """

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._before: set[str] = set()  # about whose calls there may be notices that have ended
        self.nobody = Topic(notices, "nobody to call")
        self.full = Topic(notices, "full call")
        self.devices = Topic(notices, "devices")
        self.choice = Topic(notices, "device choice")
        self.sharing = Topic(notices, "screen sharing")
        self.captions = Topic(notices, "captions")
        self.recording = Topic(notices, "recording")
        self.recordings = Topic(notices, "recordings")

    def begin(self, contact: Contact, *, anew: bool) -> None:
        """A call with somebody begins.

        Args:
            anew: whether by a person here, and not since others have introduced them.
        """
        self.nobody.settle()
        self._notices.settle(_missed(contact))
        if anew:
            for about in self._before:
                self._notices.settle(about)
            self._before.clear()

    def end(self, contact: Contact, call: Call, *, taken: bool) -> None:
        """A call with somebody is over, or was not taken."""
        words = end_words(call, contact.name, taken=taken)
        if words.notice:
            about = _missed(contact)
            if taken or not call.incoming:
                about = f"ended-{contact.key}"  # until another one begins
                self._before.add(about)
            self._notices.problem(words.notice, about=about)
        if words.announcement:
            self._notices.announce(words.announcement)

    def release(self) -> None:
        """Nobody is in a call here any more, or is about to be."""
        for topic in (
            self.full,
            self.devices,
            self.choice,
            self.sharing,
            self.captions,
            self.recording,
        ):
            topic.settle()


def _missed(contact: Contact) -> str:
    return f"missed-{contact.key}"
