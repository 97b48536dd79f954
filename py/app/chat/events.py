"""What has happened between the texts of a conversation: calls, and who went and came back."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import MutableMapping
from datetime import datetime
from itertools import count

from app.chat.ports import ChatEvent, ChatView
from app.people.contact import Contact

NAME = "chat-events"
KEPT = 100  # events of a conversation; older ones go
_numbers = count(1)

logger = logging.getLogger("peerscript")


class Events:
    """The events of each conversation. The tab's storage keeps them over a reload.

    Args:
        storage: the tab's.
    """

    def __init__(self, view: ChatView, storage: MutableMapping[str, str]) -> None:
        self._view = view
        self._storage = storage
        # By session; each with its time, in seconds since 1970, and its words.
        self._kept: dict[str, list[tuple[float, str]]] = _read(storage.get(NAME, "{}"))

    def add(self, contact: Contact, words: str) -> None:
        """Something has happened now."""
        at = time.time()
        self._show(contact.key, at, words)
        kept = self._kept.setdefault(contact.session, [])
        kept.append((at, words))
        del kept[:-KEPT]
        self._save()

    def add_passing(self, conversation: str, words: str) -> None:
        """The same in a conversation that no reload outlives."""
        self._show(conversation, time.time(), words)

    def restore(self, contact: Contact) -> None:
        """Show what has happened before a reload."""
        for at, words in self._kept.get(contact.session, ()):
            self._show(contact.key, at, words)

    def forget(self, contact: Contact) -> None:
        """The conversation is over."""
        if self._kept.pop(contact.session, None):
            self._save()

    def _show(self, conversation: str, at: float, words: str) -> None:
        moment = datetime.fromtimestamp(at)
        self._view.show(ChatEvent(f"event-{next(_numbers)}", conversation, words, moment))

    def _save(self) -> None:
        try:
            self._storage[NAME] = json.dumps(self._kept)
        except OSError as error:
            logger.warning("what has happened will be forgotten with a reload: %s", error)


def _read(text: str) -> dict[str, list[tuple[float, str]]]:
    """What this page has written."""
    return {
        session: [(float(at), str(words)) for at, words in events]
        for session, events in json.loads(text).items()
    }
