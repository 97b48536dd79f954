"""Every event of Links, a Link and a channel has its type."""

from __future__ import annotations

from typing import get_args

from peerscript.link.events import (
    CHANNEL_EVENTS,
    LINK_EVENTS,
    LINKS_EVENTS,
    ChannelEvent,
    ChannelOn,
    LinkEvent,
    LinksEvent,
    LinksOn,
)
from tests.unit.peerscript.typed_events import check_events


def test_the_types_name_every_event() -> None:
    check_events(ChannelEvent, CHANNEL_EVENTS, ChannelOn)
    check_events(LinksEvent, LINKS_EVENTS, LinksOn)
    assert set(get_args(LinkEvent)) == set(LINK_EVENTS)
