"""The syntax of peer IDs."""

from __future__ import annotations

import re

from peerscript.errors import InvalidId

MAX_LENGTH = 512  # characters of an ID that a broker gives

# PeerJS's own rule (peerjs 1.5.5, lib/utils/validateId.ts). PeerJS applies it to a page's own ID
# alone; we apply it to the other page's too, since a malformed one can only end in a timeout.
_ID = re.compile(r"[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*")


def check_id(peer_id: str) -> str:
    """Return `peer_id` unchanged, or raise InvalidId with the rule in its text."""
    if not isinstance(peer_id, str) or not _ID.fullmatch(peer_id):
        if isinstance(peer_id, str) and "#" in peer_id:
            raise InvalidId("this is a whole link: the ID is after the #, and ends before the dot")
        raise InvalidId(
            f"{peer_id!r} is not a peer ID: letters and digits, "
            "with single spaces, dashes or underscores between them"
        )
    return peer_id


def is_plain(peer_id: str) -> bool:
    """Whether an ID from the broker may be logged and shown. Other brokers may give IDs that
    PeerJS's rule forbids, but none with characters that are invisible or change the text around
    them.
    """
    if _ID.fullmatch(peer_id) and len(peer_id) <= MAX_LENGTH:
        return True
    # Such brokers are rare, and these tables would be a fifth of what importing `Peer` takes.
    from peerscript.protocol.text.display import display_line

    return bool(peer_id) and display_line(peer_id, MAX_LENGTH) == peer_id
