"""Why a broker cannot be reached, as far as a browser lets a page know.

A failed WebSocket has no reason in a browser, and a failed request of another site neither. So the
page asks for what PeerJS itself asks for, an ID, and what comes back tells more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_ID = 200  # characters of what a PeerServer makes up; it is a UUID unless configured
_LOCAL = re.compile(r"localhost|.*\.localhost|127\.[\d.]+|\[::1\]", re.IGNORECASE)


@dataclass(frozen=True)
class BrokerAddress:
    """Where PeerJS looks for its broker."""

    host: str
    port: int
    path: str  # begins and ends with a slash
    key: str
    secure: bool

    def __str__(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.host}:{self.port}{self.path}"

    def url(self, method: str) -> str:
        """One of the broker's own: "id" or "peers"."""
        return f"{self}{self.key}/{method}"


@dataclass(frozen=True)
class Answer:
    """What came back for a request for an ID.

    Attributes:
        status: of HTTP; None when the browser hides it, since the server does not allow this site.
        text: the beginning of what it says.
    """

    status: int | None = None
    text: str = ""


def is_blocked(broker: BrokerAddress, page_is_secure: bool) -> bool:
    """Whether the browser lets no page on https reach this broker (mixed content)."""
    return page_is_secure and not broker.secure and not _LOCAL.fullmatch(broker.host)


def why(broker: BrokerAddress, answer: Answer | None, *, page_is_secure: bool, online: bool) -> str:
    """Say why, and what to do.

    Args:
        answer: None when none came.
    """
    if is_blocked(broker, page_is_secure):
        reason = (
            "this page is on https, and from there browsers reach no broker on http. Give the "
            "broker a certificate, and write secure=True"
        )
    elif answer is not None:
        reason = _why_no_broker(broker, answer)
    elif not online:
        reason = "this device is offline"
    else:
        reason = _why_silent(broker)
    return f"no broker at {broker}: {reason}"


def _why_silent(broker: BrokerAddress) -> str:
    other = (
        "its certificate is not trusted"
        if broker.secure
        else "it is on https (then write secure=True)"
    )
    return (
        f"nothing answers. No server listens at that host and port, or {other}, or something "
        f"blocks the way. Open {broker} in a tab: the browser says there which it is"
    )


def _why_no_broker(broker: BrokerAddress, answer: Answer) -> str:
    if answer.status is None:
        return (
            "a server answers, but not as a PeerServer does. It may be another server, a "
            f'PeerServer under another path than path="{broker.path}", or one that does not allow '
            "this site (its --cors)"
        )
    if answer.status >= 500:
        return f"a server answers {answer.status}: the PeerServer behind it may be down"
    if answer.status != 200:
        return (
            f"a server answers {answer.status}. It may be another server, or a PeerServer under "
            f'another path than path="{broker.path}"'
        )
    if re.search(r"[\s<>{}]", answer.text) or not 0 < len(answer.text) <= LONGEST_ID:
        return (
            "a server answers, with something else than a PeerServer's ID. It may be another "
            f'server, or a PeerServer under another path than path="{broker.path}"'
        )
    return (
        "the PeerServer answers, but opens no WebSocket. What stands in front of it may not pass "
        "WebSockets on, or something blocks them"
    )
