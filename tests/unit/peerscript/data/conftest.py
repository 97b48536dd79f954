"""Connections of all kinds."""

from __future__ import annotations

import pytest

from peerscript import DataConnection, Peer


@pytest.fixture
async def to_peerjs(alice: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch) -> DataConnection:
    """A connection to a page that does not greet."""
    monkeypatch.setattr(
        "peerscript.protocol.values.codecs.BinaryCodec._on_hello", lambda codec, hello: None
    )
    monkeypatch.setattr("peerscript.data.hello.HELLO_TIMEOUT", 0.02)
    return await alice.connect("bob")
