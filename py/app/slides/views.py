"""What the panels for slides show."""

from __future__ import annotations

from dataclasses import dataclass

from app.language import _
from peerscript.slides import DeckSource


def clock_face(elapsed: float, target: float) -> str:
    """What a timer shows: the minutes and seconds that have passed, and those that are left.

    Args:
        elapsed: seconds.
        target: seconds that the presentation may take; 0 for no limit.
    """
    if not target:
        return _minutes(elapsed)
    left = target - elapsed
    if left < 0:
        return _("{time} over", time=_minutes(-left))
    return f"{_minutes(elapsed)} · " + _("{time} left", time=_minutes(left))


def _minutes(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@dataclass(frozen=True)
class PersonView:
    """Somebody in the presenter's list; `key` is the contact's."""

    key: str
    peer_id: str
    name: str
    role: str
    hand: bool


@dataclass(frozen=True)
class PresenterView:
    """What a presenter sees beside the slide.

    Attributes:
        slide: counted from 0.
        step: how many of its fragments are shown.
        notes: of the slide.
        elapsed: seconds on the timer, at this moment.
        target: seconds that the presentation may take; 0 for no limit.
        source: the deck.
    """

    slide: int
    step: int
    total: int
    black: bool
    title: str
    kind: str
    link: str
    watch_link: str
    people: tuple[PersonView, ...]
    notes: str
    elapsed: float
    running: bool
    target: float
    source: DeckSource | None


@dataclass(frozen=True)
class RemoteView:
    """What a remote or a follower sees beside the slide.

    Attributes:
        role: "remote", "follower" or "waiting".
        slide: the presenter's, counted from 0.
        seen_slide: the one that is on this page's screen.
        elapsed: seconds on the timer, at this moment.
        target: seconds that the presentation may take; 0 for no limit.
        words: what is waited for.
    """

    role: str
    connected: bool
    presenter: str
    slide: int
    total: int
    black: bool
    titles: tuple[str, ...]
    notes: str
    upcoming: str
    in_step: bool
    seen_slide: int
    elapsed: float
    running: bool
    target: float
    hand: bool
    words: str
