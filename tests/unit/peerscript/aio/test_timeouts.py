"""What may be given as a timeout."""

from __future__ import annotations

from typing import Any

import pytest

from peerscript import Peer
from peerscript.aio.timeouts import check_timeout
from peerscript.peer.connectivity import check_connectivity


def test_seconds_are_a_number() -> None:
    for seconds in (0, 1.5):
        check_timeout(seconds)
    check_timeout(None, may_be_none=True)


@pytest.mark.parametrize("wrong", ["5", True, [5]])
def test_what_is_no_number_of_seconds(wrong: Any) -> None:
    with pytest.raises(TypeError, match="timeout is a number of seconds, or None, not"):
        check_timeout(wrong, may_be_none=True)
    with pytest.raises(TypeError, match="timeout is a number of seconds, not None"):
        check_timeout(None)


async def test_every_timeout_is_checked_at_the_call(alice: Peer, bob: Peer) -> None:
    wrong: Any = "5"
    connection = await alice.connect("bob")
    calls = (
        lambda: alice.connect("bob", timeout=wrong),
        lambda: alice.reconnect(timeout=wrong),
        lambda: Peer(browser=alice._browser).start(timeout=wrong),
        lambda: check_connectivity(timeout=wrong, browser=alice._browser),
        lambda: connection.close(timeout=wrong),
    )
    for call in calls:
        with pytest.raises(TypeError, match="timeout is a number of seconds"):
            await call()
    assert connection.open
