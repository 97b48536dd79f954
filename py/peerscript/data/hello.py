"""How long it may be unknown whether the other page is PeerScript too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from peerscript.protocol.values.codecs import Codec

HELLO_TIMEOUT = 1.0  # seconds after opening within which a PeerScript page sends its hello


async def wait_for_hello(
    codec: Codec, opened_at: float, change: Callable[[], Awaitable[object]]
) -> None:
    """Wait for something to change on a connection: its first frame, if it is not closed. Of one
    that does not come in time the codec is told.

    Args:
        opened_at: when the connection opened, in the event loop's time.
    """
    try:
        async with asyncio.timeout_at(opened_at + HELLO_TIMEOUT):
            await change()
    except TimeoutError:
        codec.assume_peerjs()
