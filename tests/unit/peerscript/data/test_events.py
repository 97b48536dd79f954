"""Every event of a connection has its type."""

from __future__ import annotations

from peerscript.data.events import CONNECTION_EVENTS, ConnectionEvent, ConnectionOn
from tests.unit.peerscript.typed_events import check_events


def test_the_types_name_every_event() -> None:
    check_events(ConnectionEvent, CONNECTION_EVENTS, ConnectionOn)
