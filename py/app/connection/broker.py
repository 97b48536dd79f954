"""How it stands with the broker, in words. `Links` logs on again by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.faults import explain
from app.notices import Notices
from peerscript import Peer, PeerState
from peerscript.aio import backoff
from peerscript.errors import BrokerError, BrokerUnreachable, PeerScriptError


async def log_on(make: Callable[[], Peer], failed: Callable[[str], None]) -> Peer:
    """Return a peer that the broker knows; a broker that cannot be reached is tried again.

    Args:
        make: makes a new peer.
        failed: is told in words why it has not worked yet.

    Raises:
        PeerScriptError: the broker refuses, or this page cannot do WebRTC.
    """
    for delay in backoff.delays():
        peer = make()
        try:
            await peer.start()
        except BrokerUnreachable as error:
            failed(f"{explain(error)} It is tried again by itself.")
            await asyncio.sleep(delay)
        else:
            return peer
    raise AssertionError("unreachable: the delays never end")


async def tell_of_broker(peer: Peer, notices: Notices, changed: Callable[[], None]) -> None:
    """Tell why the broker is lost, each reason once; call `changed` whenever its state changes."""
    told: set[type[PeerScriptError]] = set()

    def tell(error: PeerScriptError) -> None:
        if isinstance(error, BrokerError) and type(error) not in told:
            told.add(type(error))  # the tenth attempt fails as the first did
            notices.problem(explain(error))

    peer.on("error", tell)
    try:
        async for state in peer.states():
            changed()
            if state is PeerState.OPEN:
                told.clear()
    finally:
        peer.off("error", tell)
