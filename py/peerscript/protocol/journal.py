"""The messages of a Link that outlive a reload of either page.

A message is saved before it is sent, and saved before it is confirmed: so a page that is reloaded
or killed between any two steps neither loses one nor shows one twice. Each record holds both
counters, so that message and counter are saved by one write, whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping
from dataclasses import asdict, dataclass, replace

from peerscript.protocol.delivery import Lane

BUDGET = 1_000_000  # characters of text that one Link keeps


class JournalFull(Exception):
    """What the other side has not confirmed takes all the room there is."""


@dataclass(frozen=True)
class Entry:
    """One message.

    Attributes:
        number: its place among those of its sender.
        mine: whether this side sent it.
        text: what it says; "" in a record of one that was too large to keep.
        time: when it was sent or arrived here, in seconds since 1970.
        delivered: whether it has arrived at the other side, or here.
    """

    number: int
    mine: bool
    text: str
    time: float
    delivered: bool


class Journal:
    """The kept messages with one other page.

    Args:
        storage: where they are kept; it may raise OSError when it is full.
        prefix: before the name of every record in it.
        clock: the time, in seconds since 1970.
        budget: characters of text to keep; the oldest that are delivered go first.
    """

    def __init__(
        self,
        storage: MutableMapping[str, str],
        prefix: str,
        clock: Callable[[], float],
        budget: int = BUDGET,
    ) -> None:
        self._storage = storage
        self._prefix = prefix
        self._clock = clock
        self._budget = budget
        self._entries: dict[str, Entry] = {}
        self._size = 0
        self.lane: Lane[str] = self._load()

    @property
    def entries(self) -> list[Entry]:
        """All that are kept, oldest first."""
        return list(self._entries.values())

    def send(self, text: str) -> Entry:
        """Save a message that is about to be sent.

        Raises:
            JournalFull: there is no room for it.
        """
        entry = Entry(self.lane.sent + 1, True, text, self._clock(), False)
        self._save(entry, sent=entry.number, received=self.lane.received)
        self.lane.send(text)
        return entry

    def take(self, number: int, text: str) -> Entry | None:
        """Save a message that arrived; None if it has been here before.

        Raises:
            OutOfStep: one before it is missing.
            JournalFull: not even its number could be saved.
        """
        received = self.lane.received
        if not self.lane.take(number):
            return None
        entry = Entry(number, False, text, self._clock(), True)
        try:
            self._save_or_number(entry)
        except JournalFull:
            self.lane.received = received
            raise
        return entry

    def acknowledge(self, number: int) -> list[Entry]:
        """The other side has the messages up to a number; return those that are new in it.

        Raises:
            OutOfStep: nothing of that number was sent.
        """
        arrived = set(self.lane.acknowledge(number))
        if not arrived:
            return []
        self._write("confirmed", str(number))
        changed = []
        for name, entry in self._entries.items():
            if entry.mine and entry.number in arrived:
                self._entries[name] = replace(entry, delivered=True)
                changed.append(self._entries[name])
        return changed

    def forget(self) -> None:
        """Remove everything."""
        for name in [name for name in self._storage if name.startswith(self._prefix)]:
            del self._storage[name]
        self._entries.clear()
        self._size = 0

    def _load(self) -> Lane[str]:
        names = sorted(name for name in self._storage if name.startswith(self._prefix))
        confirmed = int(self._storage.get(f"{self._prefix}confirmed", "0"))
        sent = received = 0
        for name in names:
            if name.endswith("confirmed"):
                continue
            record = json.loads(self._storage[name])
            sent, received = record.pop("sent"), record.pop("received")
            entry = Entry(**record)
            if entry.mine:
                entry = replace(entry, delivered=entry.number <= confirmed)
            self._entries[name] = entry
            self._size += len(entry.text)
        outbox = [(each.number, each.text) for each in self.entries if not each.delivered]
        return Lane(sent, received, tuple(outbox))

    def _save_or_number(self, entry: Entry) -> None:
        counters = {"sent": self.lane.sent, "received": entry.number}
        try:
            self._save(entry, **counters)
        except JournalFull:
            self._save(replace(entry, text=""), **counters)

    def _save(self, entry: Entry, *, sent: int, received: int) -> None:
        record = {**asdict(entry), "sent": sent, "received": received}
        while self._size + len(entry.text) > self._budget and self._drop_oldest():
            continue
        if self._size + len(entry.text) > self._budget:
            raise JournalFull(f"{self._size} characters are not delivered yet")
        last = next(reversed(self._entries), "0").rpartition("/")[2]
        name = f"{self._prefix}{int(last) + 1:010}"
        self._write(name, json.dumps(record, ensure_ascii=False))
        self._entries[name] = entry
        self._size += len(entry.text)

    def _write(self, name: str, value: str) -> None:
        """Write one record, making room if the storage has none."""
        while True:
            try:
                self._storage[name] = value
            except OSError as error:
                if not self._drop_oldest():
                    raise JournalFull(str(error)) from error
            else:
                return

    def _drop_oldest(self) -> bool:
        """Drop the oldest that is delivered; the newest stays, since it has the counters."""
        newest = next(reversed(self._entries), None)
        for name, entry in self._entries.items():
            if entry.delivered and name != newest:
                self._size -= len(entry.text)
                del self._entries[name], self._storage[name]
                return True
        return False
