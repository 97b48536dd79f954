"""What `connect` returns can be awaited, or entered."""

from __future__ import annotations

import pytest

from peerscript import Peer


async def test_awaited(alice: Peer, bob: Peer) -> None:
    assert (await alice.connect("bob")).open


async def test_entered(alice: Peer, bob: Peer) -> None:
    async with alice.connect("bob") as conn:
        assert conn.open
    assert not conn.open


async def test_left_by_an_error(alice: Peer, bob: Peer) -> None:
    with pytest.raises(KeyError):
        async with alice.connect("bob") as conn:
            raise KeyError
    assert not conn.open


async def test_never_awaited_it_does_nothing_and_says_so(alice: Peer, bob: Peer) -> None:
    with pytest.warns(RuntimeWarning, match="connect\\(\\) was never awaited: write `conn = await"):
        alice.connect("bob")
    assert alice.all_connections == {}


@pytest.mark.parametrize("name", ["send", "on", "peer", "metadata", "open"])
async def test_used_without_an_await_it_says_so(alice: Peer, bob: Peer, name: str) -> None:
    connecting = alice.connect("bob")
    with pytest.raises(AttributeError, match=f"no '{name}': connect\\(\\) was not awaited: write"):
        getattr(connecting, name)
    assert not hasattr(connecting, "_private")
    await connecting
