"""Screen-reader announcements about one person, limited in rate."""

from __future__ import annotations

from collections.abc import Callable

from app.language import _
from app.notices import Notices
from peerscript.protocol.throttle import Throttle

PER_SECOND = 0.5
AT_ONCE = 8
BEFORE_MORE = (
    4  # announcements that must be allowed again before the next one, after some were dropped
)


class Announcements:
    """Announces what one person does. Beyond the limit that is announced once, and the rest is
    dropped until several announcements are allowed again.

    Args:
        clock: seconds of any steady clock.
    """

    def __init__(self, notices: Notices, clock: Callable[[], float]) -> None:
        self._notices = notices
        self._clock = clock
        self._throttle = Throttle(PER_SECOND, AT_ONCE, clock())
        self._silent = False

    def announce(self, name: str, text: str) -> None:
        """Announce something that this person does."""
        if self._throttle.allows(self._clock(), BEFORE_MORE if self._silent else 1):
            self._silent = False
            self._notices.announce(text)
        elif not self._silent:
            self._silent = True
            self._notices.announce(
                _("{name} does much at once: not all of it is announced.", name=name)
            )
