"""What an ID looks like."""

from __future__ import annotations

import re

from peerscript.errors import InvalidId
from peerscript.protocol.text.display import display_line

MAX_LENGTH = 512  # characters of an ID that a broker tells

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


def is_plain(peer_id: str) -> bool:
    """Whether an ID that the broker tells may stand in a log or on a screen. A broker of one's own
    may hand out others than PeerJS's rule has, but none that hides or turns what stands around it.
    """
    return bool(peer_id) and display_line(peer_id, MAX_LENGTH) == peer_id
