"""An RTCPeerConnection of our own, and how its two ends find each other."""

from __future__ import annotations

from typing import Protocol

from peerscript.ports.certificate import Fingerprints


class RtcPath(Protocol):
    """See https://developer.mozilla.org/docs/Web/API/RTCPeerConnection."""

    async def describe(self) -> tuple[str, str]:
        """Make the offer or answer that is due, use it, and return its type and SDP.

        Raises:
            NegotiationFailed: the browser cannot.
        """

    async def apply(self, type: str, sdp: str) -> None:
        """Take the other page's offer or answer. An offer takes back one that waits here.

        Raises:
            NegotiationFailed: it is not one, or does not fit.
        """

    async def add_candidate(self, candidate: str) -> None:
        """Take a candidate of the other page's.

        Raises:
            NegotiationFailed: it is not one, or does not fit.
        """

    def fingerprints(self) -> Fingerprints | None:
        """Both certificates; None before it is secured."""

    def close(self) -> None:
        """End it; nothing is reported any more."""
