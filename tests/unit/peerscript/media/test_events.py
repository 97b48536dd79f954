"""Every event of a call has its type."""

from __future__ import annotations

from peerscript.media.events import CALL_EVENTS, CallEvent, CallOn
from tests.unit.peerscript.typed_events import check_events


def test_the_types_name_every_event() -> None:
    check_events(CallEvent, CALL_EVENTS, CallOn)
