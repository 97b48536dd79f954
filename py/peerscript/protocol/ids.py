"""What an ID looks like."""

from __future__ import annotations

import re

from peerscript.errors import InvalidId

# PeerJS's own rule (peerjs 1.5.5, lib/utils/validateId.ts). PeerJS applies it to a page's own ID
# alone; we apply it to the other page's too, since a malformed one can only end in a timeout.
_ID = re.compile(r"[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*")


def check_id(peer_id: str) -> str:
    """Return `peer_id` unchanged, or raise InvalidId with the rule in words."""
    if not isinstance(peer_id, str) or not _ID.fullmatch(peer_id):
        raise InvalidId(
            f"{peer_id!r} is not a peer ID: letters and digits, "
            "with single spaces, dashes or underscores between them"
        )
    return peer_id
