"""PeerJS's rule for IDs."""

from __future__ import annotations

import pytest

from peerscript.errors import InvalidId
from peerscript.protocol.ids import check_id


@pytest.mark.parametrize("good", ["a", "A1", "swift-heron-9310", "a_b c", "0" * 300])
def test_good_ids(good: str) -> None:
    assert check_id(good) == good


@pytest.mark.parametrize("bad", ["", "-a", "a-", "a--b", "a/b", "é", "a\n", "#a", "!!", None])
def test_bad_ids(bad: str) -> None:
    with pytest.raises(InvalidId):
        check_id(bad)
