"""Which messages of a conversation are shown."""

from __future__ import annotations

from collections.abc import Iterator

KEPT = 3000  # messages shown of a conversation; older ones are dropped
KEPT_SIZE = 4_000_000  # characters shown of a conversation


class Shown:
    """The messages of a conversation that are shown, oldest first."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._size = 0

    def forget(self, key: str) -> None:
        """A message was removed."""
        self._size -= self._sizes.pop(key, 0)

    def add(self, key: str, size: int) -> Iterator[str]:
        """Add a message, if it is new, and yield the keys of those to drop."""
        if key not in self._sizes:
            self._sizes[key] = size
            self._size += size
        while len(self._sizes) > KEPT or (self._size > KEPT_SIZE and len(self._sizes) > 1):
            oldest = next(iter(self._sizes))
            self._size -= self._sizes.pop(oldest)
            yield oldest
