"""What is said of one person to those who hear the page: not more than can be listened to."""

from __future__ import annotations

from collections.abc import Callable

from app.notices import Notices
from peerscript.protocol.throttle import Throttle

PER_SECOND = 0.5
AT_ONCE = 8
BEFORE_MORE = 4  # announcements that must have room again after some were left out


class Announcements:
    """Announces what one person does. When it is too much, that is said once, and the rest is not
    announced until there is room for several again.

    Args:
        clock: seconds of any steady clock.
    """

    def __init__(self, notices: Notices, clock: Callable[[], float]) -> None:
        self._notices = notices
        self._clock = clock
        self._throttle = Throttle(PER_SECOND, AT_ONCE, clock())
        self._silent = False

    def tell(self, name: str, text: str) -> None:
        """Announce something that this person does."""
        if self._throttle.allows(self._clock(), BEFORE_MORE if self._silent else 1):
            self._silent = False
            self._notices.announce(text)
        elif not self._silent:
            self._silent = True
            self._notices.announce(f"{name} does much at once: not all of it is announced.")
