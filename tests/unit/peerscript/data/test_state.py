"""Every state of a connection but the last leads on, and none comes back."""

from __future__ import annotations

from peerscript.data.state import CONNECTION_MOVES, ConnectionState


def test_every_state_leads_to_the_end() -> None:
    order = list(ConnectionState)
    assert set(CONNECTION_MOVES) == set(order)
    for state, following in CONNECTION_MOVES.items():
        assert all(order.index(each) > order.index(state) for each in following)
        assert (not following) is (state is ConnectionState.CLOSED)
        assert state is ConnectionState.CLOSED or ConnectionState.CLOSED in following
