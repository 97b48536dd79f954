"""The in-memory network makes the trouble that it is asked for."""

from __future__ import annotations

from peerscript import Peer
from peerscript.testing import MemoryNetwork


async def test_held_frames_wait_at_their_sender(
    network: MemoryNetwork, alice: Peer, bob: Peer
) -> None:
    near = await alice.connect("bob")
    far = await anext(bob.connections())
    network.hold()
    await near.send("x" * 100)
    assert near.buffered_amount > 100
    network.release()
    assert await far.receive() == "x" * 100
    assert near.buffered_amount == 0


async def test_streams_can_be_muted_and_stopped(network: MemoryNetwork) -> None:
    stream = await network.get_user_media(True, True)
    network.set_enabled(stream, "audio", False)
    network.stop(stream)
    assert stream.enabled == {"audio": False, "video": True}
    assert stream.stopped
    assert [device.kind for device in await network.devices()] == ["videoinput"]
