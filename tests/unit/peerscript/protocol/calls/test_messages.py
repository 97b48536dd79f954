"""The messages of calls."""

from __future__ import annotations

import pytest

from peerscript.protocol.calls.messages import (
    CALLS,
    MAX_SDP,
    Accept,
    CallMessage,
    Candidate,
    Description,
    Leave,
    Rejoin,
    Ring,
    Sending,
)
from peerscript.protocol.vocabulary import Malformed


@pytest.mark.parametrize(
    "message",
    [
        Ring(1),
        Accept(1),
        Rejoin(1),
        Leave(1, "hung-up"),
        Description(1, "offer", "v=0"),
        Candidate(1, "{}"),
        Sending(1, True, False, True, False, "a", "b"),
    ],
)
def test_each_message_arrives_as_it_was(message: CallMessage) -> None:
    assert CALLS.from_value(CALLS.to_value(message)) == message


def test_an_sdp_has_a_limit() -> None:
    with pytest.raises(Malformed):
        CALLS.from_value(
            {"kind": "description", "call": 1, "type": "offer", "sdp": "x" * (MAX_SDP + 1)}
        )
