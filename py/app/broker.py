"""Staying known to the broker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.faults import explain
from app.ports import Notices
from peerscript import Peer, PeerState, backoff
from peerscript.errors import BrokerUnreachable, PeerScriptError


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


async def keep_online(peer: Peer, notices: Notices, changed: Callable[[], None]) -> None:
    """Log on again whenever the broker is lost; `changed` is called at every change of state."""
    async for state in peer.states():
        changed()
        if state is PeerState.DISCONNECTED:
            await _log_on_again(peer, notices)


async def _log_on_again(peer: Peer, notices: Notices) -> None:
    told: set[type[PeerScriptError]] = set()

    def tell(error: PeerScriptError) -> None:
        if type(error) not in told:  # the tenth attempt fails as the first did
            told.add(type(error))
            notices.problem(explain(error))

    peer.on("error", tell)
    try:
        await peer.reconnect(timeout=None)
    except PeerScriptError as error:
        if peer.state is PeerState.DISCONNECTED:
            tell(error)
    finally:
        peer.off("error", tell)
