"""Every event of a Room and a Member has its type."""

from __future__ import annotations

from typing import get_args

from peerscript.room.events import MEMBER_EVENTS, ROOM_EVENTS, MemberEvent, RoomEvent, RoomOn
from tests.unit.peerscript.typed_events import check_events


def test_the_types_name_every_event() -> None:
    check_events(RoomEvent, ROOM_EVENTS, RoomOn)
    assert set(get_args(MemberEvent)) == set(MEMBER_EVENTS)
