"""Every event of a peer has its type."""

from __future__ import annotations

from peerscript.peer.events import PEER_EVENTS, PeerEvent, PeerOn
from tests.unit.peerscript.typed_events import check_events


def test_the_types_name_every_event() -> None:
    check_events(PeerEvent, PEER_EVENTS, PeerOn)
