"""The saved messages of a channel, which outlive a reload of either page.

A message is saved before it is sent, and before it is acknowledged: so a page that is reloaded or
killed between any two steps neither loses nor repeats one. Each record also holds both counters, so
that a message and its number are saved by a single write.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace

from peerscript.protocol.link.delivery import Lane

BUDGET = 1_500_000  # characters for one channel: enough for the record of the largest message


class JournalFull(Exception):
    """Messages that were not acknowledged take all the space."""


@dataclass(frozen=True)
class Entry:
    """One message.

    Attributes:
        number: counts the messages of its sender, from 1.
        mine: whether this side sent it.
        payload: its bytes; None if there was no space to save them.
        time: when it was sent or arrived here, in seconds since 1970.
        delivered: whether it has arrived (always, for one that was received).
    """

    number: int
    mine: bool
    payload: bytes | None
    time: float
    delivered: bool


class Journal:
    """The saved messages of one channel with one other page.

    Args:
        storage: where they are saved; it raises OSError when it is full.
        prefix: of the name of every record in it.
        clock: returns the time, in seconds since 1970.
        budget: characters to use; the oldest delivered messages are dropped first.
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
        self._sizes: dict[str, int] = {}
        self._size = 0
        self.lane = self._load()

    @property
    def entries(self) -> list[Entry]:
        """All saved messages, oldest first."""
        return list(self._entries.values())

    def send(self, payload: bytes) -> Entry:
        """Save a message that is about to be sent.

        Raises:
            JournalFull: there is no space for it.
        """
        entry = Entry(self.lane.sent + 1, True, payload, self._clock(), False)
        self._save(entry)
        self.lane.send(payload)
        return entry

    def take(self, number: int, payload: bytes) -> Entry | None:
        """Save a message that arrived; None if it arrived before.

        Raises:
            OutOfSequence: one before it is missing.
            JournalFull: not even its number could be saved.
        """
        received = self.lane.received
        if not self.lane.take(number):
            return None
        entry = Entry(number, False, payload, self._clock(), True)
        try:
            self._save_or_number(entry)
        except JournalFull:
            self.lane.received = received
            raise
        return entry

    def acknowledge(self, number: int) -> list[Entry]:
        """The other side has the messages up to a number; return those that this newly confirms.

        Raises:
            OutOfSequence: nothing of that number was sent.
        """
        arrived = set(self.lane.acknowledge(number))
        if not arrived:
            return []
        changed = {
            name: replace(entry, delivered=True)
            for name, entry in self._entries.items()
            if entry.mine and entry.number in arrived
        }
        self._entries.update(changed)
        with contextlib.suppress(JournalFull):  # then the other side has to confirm it again
            self._write(self._confirmed, str(number))
        return list(changed.values())

    def forget(self) -> None:
        """Delete everything."""
        for name in [name for name in self._storage if name.startswith(self._prefix)]:
            del self._storage[name]
        self._entries.clear()
        self._sizes.clear()
        self._size = 0

    @property
    def _confirmed(self) -> str:
        return f"{self._prefix}confirmed"

    def _load(self) -> Lane:
        names = sorted(name for name in self._storage if name.startswith(self._prefix))
        confirmed = int(self._storage.get(self._confirmed, "0"))
        sent = received = 0
        for name in names:
            if name == self._confirmed:
                continue
            text = self._storage[name]
            entry, sent, received = _read(text)
            if entry.mine:
                entry = replace(entry, delivered=entry.number <= confirmed)
            self._add(name, entry, len(text))
        outbox = [
            (each.number, each.payload)
            for each in self.entries
            if not each.delivered and each.payload is not None
        ]
        return Lane(sent, received, outbox)

    def _save_or_number(self, entry: Entry) -> None:
        try:
            self._save(entry)
        except JournalFull:
            self._save(replace(entry, payload=None), over_budget=True)

    def _save(self, entry: Entry, *, over_budget: bool = False) -> None:
        sent = entry.number if entry.mine else self.lane.sent
        record = _written(entry, sent, self.lane.received)
        if not over_budget:
            self._require_capacity(len(record))
        newest = next(reversed(self._entries), f"{self._prefix}0")
        name = f"{self._prefix}{int(newest.removeprefix(self._prefix)) + 1:010}"
        self._write(name, record)
        self._add(name, entry, len(record))
        while self._size > self._budget and self._drop_oldest():
            continue

    def _require_capacity(self, size: int) -> None:
        """Raise JournalFull before anything is dropped for a record that would still not fit."""
        if self._size + size <= self._budget:
            return
        waiting = sum(
            self._sizes[name] for name, entry in self._entries.items() if not entry.delivered
        )
        if waiting + size > self._budget:
            raise JournalFull(f"{waiting} characters wait, and {size} more are too many")

    def _add(self, name: str, entry: Entry, size: int) -> None:
        self._entries[name], self._sizes[name] = entry, size
        self._size += size

    def _write(self, name: str, value: str) -> None:
        """Write one record, dropping the oldest while the storage is full."""
        while True:
            try:
                self._storage[name] = value
            except OSError as error:
                if not self._drop_oldest():
                    raise JournalFull(str(error)) from error
            else:
                return

    def _drop_oldest(self) -> bool:
        """Drop the oldest delivered message, but not the newest record: it has the counters."""
        newest = next(reversed(self._entries), None)
        for name, entry in self._entries.items():
            if entry.delivered and name != newest:
                self._size -= self._sizes.pop(name)
                del self._entries[name], self._storage[name]
                return True
        return False


def _written(entry: Entry, sent: int, received: int) -> str:
    payload = entry.payload
    return json.dumps(
        {
            "number": entry.number,
            "mine": entry.mine,
            "payload": None if payload is None else base64.b64encode(payload).decode(),
            "time": entry.time,
            "sent": sent,
            "received": received,
        }
    )


def _read(record: str) -> tuple[Entry, int, int]:
    """An entry, and the counters that were saved with it. What was received is delivered."""
    table = json.loads(record)
    payload = table["payload"]
    entry = Entry(
        table["number"],
        table["mine"],
        None if payload is None else base64.b64decode(payload),
        table["time"],
        delivered=not table["mine"],
    )
    return entry, table["sent"], table["received"]
