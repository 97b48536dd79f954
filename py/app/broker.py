"""Staying known to the broker."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

from app.faults import explain
from app.ports import Notices
from peerscript import Peer, PeerState
from peerscript.errors import BrokerUnreachable, IdTaken, PeerScriptError

DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before each attempt; then the last for ever


async def log_on(make: Callable[[], Peer], failed: Callable[[str], None]) -> Peer:
    """Return a peer that the broker knows; a broker that cannot be reached is tried again.

    Args:
        make: makes a new peer.
        failed: is told in words why it has not worked yet.

    Raises:
        PeerScriptError: the broker refuses, or this page cannot do WebRTC.
    """
    for delay in itertools.chain(DELAYS, itertools.repeat(DELAYS[-1])):
        peer = make()
        try:
            await peer.start()
        except BrokerUnreachable as error:
            failed(f"{explain(error)} It is tried again by itself.")
            await asyncio.sleep(delay)
        else:
            return peer
    raise AssertionError("unreachable: the delays never end")


async def keep_online(peer: Peer, notices: Notices, changed: Callable[[], None]) -> None:
    """Log on again whenever the broker is lost; `changed` is called at every change of state."""
    async for state in peer.states():
        changed()
        if state is PeerState.DISCONNECTED:
            await _log_on_again(peer, notices)


async def _log_on_again(peer: Peer, notices: Notices) -> None:
    attempt = 0
    while peer.state is PeerState.DISCONNECTED:
        await asyncio.sleep(DELAYS[min(attempt, len(DELAYS) - 1)])
        attempt += 1
        try:
            await peer.reconnect()
        except IdTaken as error:
            notices.problem(explain(error))
            return
        except PeerScriptError as error:
            if attempt == 1:
                notices.problem(explain(error))
