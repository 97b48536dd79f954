"""Where a talk stands, kept by the presenter's tab for after a reload."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import asdict, dataclass, field, replace

logger = logging.getLogger("peerscript.app")

NAME = "peerscript/talk"


@dataclass(frozen=True)
class SavedPresentation:
    """How far a talk has come.

    Attributes:
        slide: counted from 0.
        step: how many of the slide's fragments are shown.
        black: whether the screen is black.
        running: whether the timer runs.
        elapsed: seconds on the timer.
        target: seconds that the talk may take; 0 for no limit.
        roles: what the presenter has given or taken by hand, by session.
    """

    slide: int = 0
    step: int = 0
    black: bool = False
    running: bool = False
    elapsed: float = 0.0
    target: float = 0.0
    roles: Mapping[str, str] = field(default_factory=dict)


class PresentationStore:
    """Keeps a talk in the tab's storage.

    Args:
        clock: the time, in seconds since 1970: a timer runs on while the page is loaded again.
    """

    def __init__(
        self, storage: MutableMapping[str, str], clock: Callable[[], float] = time.time
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._kept: SavedPresentation | None = None

    def keep(self, talk: SavedPresentation) -> None:
        """Keep what has changed. A full storage is no reason to stop a talk."""
        if self._kept is not None and _same(talk, self._kept):
            return
        try:
            self._storage[NAME] = json.dumps({**asdict(talk), "at": self._clock()})
            self._kept = talk
        except OSError as error:
            logger.warning("after a reload the talk will begin anew: %s", error)

    def find(self) -> SavedPresentation | None:
        """The talk that was under way; None for none."""
        text = self._storage.get(NAME)
        if text is None:
            return None
        table = json.loads(text)
        away = max(0.0, self._clock() - table.pop("at"))
        talk = SavedPresentation(**table)
        if not talk.running:
            return talk
        return SavedPresentation(**{**table, "elapsed": talk.elapsed + away})

    def forget(self) -> None:
        """The talk is over."""
        self._kept = None
        self._storage.pop(NAME, None)


def _same(talk: SavedPresentation, kept: SavedPresentation) -> bool:
    """Whether nothing has changed but the seconds of a timer that runs."""
    ran = talk.running and kept.running and talk.elapsed >= kept.elapsed
    return (replace(talk, elapsed=kept.elapsed) if ran else talk) == kept
