"""PeerJS's rule for IDs."""

from __future__ import annotations

import pytest

from peerscript.errors import InvalidId
from peerscript.protocol.ids import MAX_LENGTH, check_id, is_plain


@pytest.mark.parametrize("good", ["a", "A1", "swift-heron-9310", "a_b c", "0" * 300])
def test_good_ids(good: str) -> None:
    assert check_id(good) == good


@pytest.mark.parametrize("bad", ["", "-a", "a-", "a--b", "a/b", "é", "a\n", "#a", "!!", None])
def test_bad_ids(bad: str) -> None:
    with pytest.raises(InvalidId):
        check_id(bad)


@pytest.mark.parametrize("plain", ["a", "swift-heron-9310", "user:1", "é"])
def test_ids_that_a_broker_may_tell(plain: str) -> None:
    assert is_plain(plain)


@pytest.mark.parametrize("bad", ["", "a\nb", "\u202ea", "a\u200b", " a", "a" * (MAX_LENGTH + 1)])
def test_ids_that_it_may_not(bad: str) -> None:
    assert not is_plain(bad)
