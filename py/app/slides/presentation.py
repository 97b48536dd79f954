"""The state of a presentation, saved in the presenter's tab over a reload."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import asdict, dataclass, field, replace

logger = logging.getLogger("peerscript.app")

NAME = "peerscript/presentation"


@dataclass(frozen=True)
class SavedPresentation:
    """The saved state of a presentation.

    Attributes:
        slide: counted from 0.
        step: how many of the slide's fragments are shown.
        black: whether the screen is black.
        running: whether the timer runs.
        elapsed: seconds on the timer.
        target: seconds that the presentation may take; 0 for no limit.
        roles: those that the presenter has assigned by hand, by session.
    """

    slide: int = 0
    step: int = 0
    black: bool = False
    running: bool = False
    elapsed: float = 0.0
    target: float = 0.0
    roles: Mapping[str, str] = field(default_factory=dict)


class PresentationStore:
    """Saves a presentation in the tab's storage.

    Args:
        clock: the time, in seconds since 1970: a timer runs on during a reload.
    """

    def __init__(
        self, storage: MutableMapping[str, str], clock: Callable[[], float] = time.time
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._kept: SavedPresentation | None = None

    def save(self, saved: SavedPresentation) -> None:
        """Save it if it has changed. A full storage is only logged."""
        if self._kept is not None and _same(saved, self._kept):
            return
        try:
            self._storage[NAME] = json.dumps({**asdict(saved), "at": self._clock()})
            self._kept = saved
        except OSError as error:
            logger.warning("after a reload the presentation will start over: %s", error)

    def load(self) -> SavedPresentation | None:
        """Return what was saved; None for nothing."""
        text = self._storage.get(NAME)
        if text is None:
            return None
        table = json.loads(text)
        away = max(0.0, self._clock() - table.pop("at"))
        saved = SavedPresentation(**table)
        if not saved.running:
            return saved
        return SavedPresentation(**{**table, "elapsed": saved.elapsed + away})

    def forget(self) -> None:
        """Delete what was saved."""
        self._kept = None
        self._storage.pop(NAME, None)


def _same(saved: SavedPresentation, kept: SavedPresentation) -> bool:
    """Whether nothing has changed except the seconds of a running timer."""
    ran = saved.running and kept.running and saved.elapsed >= kept.elapsed
    return (replace(saved, elapsed=kept.elapsed) if ran else saved) == kept
