"""Which kinds of path this page can offer to others: a diagnosis before anyone connects.

from peerscript.peer.connectivity import check_connectivity

found = await check_connectivity()
print(found.host, found.srflx, found.relay)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peerscript.aio.timeouts import check_timeout
from peerscript.browser import this_browser
from peerscript.options import IceServer, read_ice_servers
from peerscript.ports import Browser
from peerscript.ports.ice import IceCandidateError

__all__ = ["Connectivity", "IceCandidateError", "check_connectivity"]


@dataclass(frozen=True)
class Connectivity:
    """The [types of ICE candidate](https://developer.mozilla.org/docs/Web/API/RTCIceCandidate/type)
    that were found.

    This is one side only: a path needs candidates of both sides that can reach each other.

    Attributes:
        host: an address of this device: a path within the same network.
        srflx: the address that a STUN server sees, "server reflexive": a direct path across the
            internet, unless a strict router is in the way.
        relay: an address at a TURN server: a path wherever that server can be reached.
        errors: what servers answered instead of a candidate, in the order of arrival. A server that
            did not answer, or gave an address that was known already, is not listed.
        complete: False when the timeout came before every server had answered or failed.
    """

    host: bool
    srflx: bool
    relay: bool
    errors: tuple[IceCandidateError, ...] = ()
    complete: bool = True


async def check_connectivity(
    ice_servers: Sequence[IceServer | Mapping[str, Any]] | None = None,
    *,
    timeout: float = 10.0,
    browser: Browser | None = None,
) -> Connectivity:
    """Gather ICE candidates as a connection would, and return which types were found
    ([icecandidate](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/icecandidate_event),
    [icecandidateerror](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/icecandidateerror_event)).

    No other page and no broker takes part. It ends when the browser has gathered all
    ([iceGatheringState](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/iceGatheringState)
    is "complete") or at the timeout; a server that does not answer takes all of it. Cancelling
    releases everything at once.

    Args:
        ice_servers: the STUN and TURN servers to try; [] for none. With None those of the page's
            `[peerscript]` table, or PeerJS's own when it names none: what a `Peer` would use.
        timeout: seconds.
        browser: where to run; None is the page that Python runs in.

    Raises:
        BrowserUnsupported: there is no WebRTC here, or no page.
        ValueError: the browser does not accept one of the servers.
        NegotiationFailed: WebRTC refused to start.
    """
    check_timeout(timeout)
    page = this_browser() if browser is None else browser
    named = page.settings().get("ice_servers") if ice_servers is None else ice_servers
    servers = None if named is None else read_ice_servers(named)
    gathered = await page.gather_candidates(servers, timeout)
    return Connectivity(
        host="host" in gathered.types,
        srflx="srflx" in gathered.types,
        relay="relay" in gathered.types,
        errors=gathered.errors,
        complete=gathered.complete,
    )
