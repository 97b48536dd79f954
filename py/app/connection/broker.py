"""Logs on to the broker, and reports its problems. `Links` logs on again after a loss."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from app.faults import explain
from app.language import _
from app.notices import Notices
from peerscript import Peer, PeerState
from peerscript.aio import backoff
from peerscript.errors import BrokerError, BrokerUnreachable, Disconnected, PeerScriptError
from peerscript.ports import PageEvent

Watch = Callable[[Callable[[PageEvent], None]], Callable[[], None]]

ABOUT = "broker"  # of notices


async def log_on(make: Callable[[], Peer], failed: Callable[[str], None], watch: Watch) -> Peer:
    """Return a peer that the broker knows; a broker that cannot be reached is tried again.

    Args:
        make: makes a new peer.
        failed: called after each failed attempt with the reason, for people.
        watch: watches for the network being back (`ports.Browser.watch`).

    Raises:
        PeerScriptError: the broker refuses, or this page cannot do WebRTC.
    """
    awake = asyncio.Event()
    stop_watching = watch(lambda _: awake.set())
    try:
        for delay in backoff.delays():
            awake.clear()
            peer = make()
            try:
                await peer.start()
            except BrokerUnreachable as error:
                failed(" ".join([explain(error), _("It is tried again by itself.")]))
                with suppress(TimeoutError):
                    await asyncio.wait_for(awake.wait(), delay)
            else:
                return peer
    finally:
        stop_watching()
    raise AssertionError("unreachable: the delays never end")


async def report_broker(peer: Peer, notices: Notices, changed: Callable[[], None]) -> None:
    """Report why the broker is lost, each reason once, for as long as it is; call `changed`
    whenever its state changes.
    """
    reported: set[type[PeerScriptError]] = set()

    def report(error: PeerScriptError) -> None:
        if isinstance(error, BrokerError) and type(error) not in reported:
            reported.add(type(error))  # the tenth attempt fails as the first did
            lost = isinstance(error, BrokerUnreachable)  # the page was open at it until now
            notices.problem(explain(Disconnected() if lost else error), about=ABOUT)

    peer.on("error", report)
    try:
        async for state in peer.states():
            changed()
            if state is PeerState.OPEN:
                reported.clear()
                notices.settle(ABOUT)
    finally:
        peer.off("error", report)
