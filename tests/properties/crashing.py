"""A tab's storage in the hands of hypothesis, and how long its simulations run."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from hypothesis import HealthCheck, settings

PREFIX = "messages/"

simulated = settings(stateful_step_count=30, suppress_health_check=list(HealthCheck))


class Crash(Exception):
    """The page is gone, between two steps."""


class Disk(MutableMapping[str, str]):
    """A tab's storage, whose page may be killed at any write. What is written stays.

    Attributes:
        fuse: how many more changes the page lives through; None for all.
        before: whether it dies before the change after them, or just behind it.
        room: characters that fit.
    """

    def __init__(self) -> None:
        self.records: dict[str, str] = {}
        self.fuse: int | None = None
        self.before = True
        self.room = 10_000_000

    def _burn(self, *, before: bool) -> None:
        if self.fuse == 0 and self.before is before:
            self.fuse = None
            raise Crash
        if self.fuse and not before:
            self.fuse -= 1

    def __setitem__(self, name: str, value: str) -> None:
        self._burn(before=True)
        others = sum(len(each) for key, each in self.records.items() if key != name)
        if others + len(value) > self.room:
            raise OSError("QuotaExceededError")
        self.records[name] = value
        self._burn(before=False)

    def __delitem__(self, name: str) -> None:
        self._burn(before=True)
        del self.records[name]
        self._burn(before=False)

    def __getitem__(self, name: str) -> str:
        return self.records[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)
