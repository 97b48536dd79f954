"""One person cannot drown what the page says of the others."""

from __future__ import annotations

from app.people.announcements import AT_ONCE, BEFORE_MORE, PER_SECOND, Announcements
from tests.unit.app.notices import Notices

TOO_MUCH = "Mallory does much at once: not all of it is announced."


def test_too_much_is_said_once() -> None:
    notices, now = Notices(), [0.0]
    announcements = Announcements(notices, lambda: now[0])
    for n in range(1000):
        announcements.announce("Mallory", f"offer {n}")
    assert notices.announced == [*(f"offer {n}" for n in range(AT_ONCE)), TOO_MUCH]


def test_it_goes_on_when_there_is_room_for_several() -> None:
    notices, now = Notices(), [0.0]
    announcements = Announcements(notices, lambda: now[0])
    for _ in range(AT_ONCE + 1):
        announcements.announce("Mallory", "an offer")
    notices.announced.clear()
    now[0] += (BEFORE_MORE - 1) / PER_SECOND
    announcements.announce("Mallory", "too early")
    now[0] += 1 / PER_SECOND
    announcements.announce("Mallory", "in time")
    assert notices.announced == ["in time"]
