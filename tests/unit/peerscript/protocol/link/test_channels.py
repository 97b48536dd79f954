"""Every kind of channel has its limit, and what is live fits into one frame."""

from __future__ import annotations

from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import MAX_HEAD
from peerscript.protocol.link.journal import BUDGET
from peerscript.protocol.link.messages import SESSION, Opened


def test_every_kind_has_a_limit() -> None:
    assert all(mode.max_message > 0 for mode in Mode)


def test_what_is_live_travels_in_one_frame_that_every_browser_takes() -> None:
    assert Mode.LIVE.max_message + MAX_HEAD <= 64 * 1024


def test_the_longest_kept_message_fits_into_its_journal() -> None:
    assert 4 * Mode.KEPT.max_message / 3 + 1000 < BUDGET


def test_every_kind_can_be_told() -> None:
    for mode in Mode:
        word = Opened(1, "chat", mode.value)
        assert SESSION.decode(SESSION.encode(word)) == word
