"""A call with one contact."""

from __future__ import annotations

from typing import Any

import pytest

from app.calls.limits import LARGE, LEAST
from peerscript.calls import Slot
from peerscript.testing import MemoryNetwork
from peerscript.testing.mediapath import MemoryMediaPath


async def test_it_sends_what_is_open_and_nothing_twice(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)
    (conversation,) = alice.calls._with.values()
    assert conversation.joined
    told: list[str] = []
    conversation.call.on("change", lambda: told.append("change"))
    await conversation.send(LARGE)
    assert told == []
    assert conversation.call.local == alice.calls.own.tracks
    await alice.calls.switches.screen()
    await wait(lambda: Slot.SCREEN_SOUND in conversation.call.local)
    assert conversation.call.local == alice.calls.own.tracks
    alice.calls.hang_up()
    await conversation.send(LARGE)
    assert conversation.call.local == {}


async def test_before_anything_is_known_nobody_is_said_to_be_muted(apps: Any, ring: Any) -> None:
    alice, bob = apps
    await ring(alice, bob)
    (tile,) = alice.view.calls.tiles
    assert (tile.words, tile.reconnecting) == ("Calling Bob…", False)
    assert (tile.microphone_on, tile.camera_on, tile.quality) == (True, True, "unknown")


async def test_where_the_uplink_is_short_less_of_the_picture_is_sent(
    apps: Any, wait: Any, talk: Any, network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stats(_: MemoryMediaPath) -> list[dict[str, Any]]:
        return [
            {"id": "T", "type": "transport", "selectedCandidatePairId": "P"},
            {"id": "P", "type": "candidate-pair", "availableOutgoingBitrate": 90_000},
        ]

    await talk(*apps)

    def limits() -> set[int | None]:
        return {path.limits[Slot.CAMERA][0] for path in network.media_paths if path.sent}

    assert limits() == {LARGE.bitrate}
    monkeypatch.setattr(MemoryMediaPath, "stats", stats)
    await wait(lambda: limits() == {LEAST.bitrate})
    await wait(lambda: limits() == {LARGE.bitrate})  # perhaps there is room again
