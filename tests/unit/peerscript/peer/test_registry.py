"""A peer knows its connections until they are closed."""

from __future__ import annotations

from peerscript import DataConnection, Peer


async def test_open_ones_are_found(
    alice: Peer, pair: tuple[DataConnection, DataConnection]
) -> None:
    near, _ = pair
    call = await alice.call("bob")
    assert alice.all_connections == {"bob": [near, call]} or alice.all_connections == {
        "bob": [call, near]
    }
    assert alice.get_connection("bob", near.connection_id) is near
    assert alice.get_connection("bob", "dc_none") is None
    assert alice.get_connection("carol", near.connection_id) is None


async def test_closed_ones_are_not(
    alice: Peer, pair: tuple[DataConnection, DataConnection]
) -> None:
    near, _ = pair
    await near.close()
    assert alice.all_connections == {}
    assert alice.get_connection("bob", near.connection_id) is None
