"""How a connection is closed so that nothing is lost (docs/decisions/0007-closing.md)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from peerscript.errors import ConnectionClosed
from peerscript.ports import Channel
from peerscript.protocol.values.codecs import Codec

logger = logging.getLogger("peerscript")

SETTLED = 0.5  # seconds after opening; a channel closed later than that loses nothing
CLOSE_TIMEOUT = 3.0  # seconds for the other side to close when asked to


async def leave(
    channel: Channel, codec: Codec, opened_at: float, wait_closed: Callable[[], Awaitable[object]]
) -> None:
    """Ask the other side to close: a channel that this side closes soon after it opened can
    vanish in Chromium before its messages were delivered. Where the serialization has no close
    request, or it is not answered, wait and close it here. May return before the channel is closed.

    Args:
        opened_at: when it opened, in the event loop's time.
        wait_closed: returns once it is closed.
    """
    close_request = (
        codec.close_request if channel.reliable else None
    )  # unordered, it could overtake messages
    try:
        if close_request is not None:
            channel.send(close_request)
    except ConnectionClosed as error:
        logger.debug("%s closed first: %s", channel.peer, error)
        return
    since_opening = asyncio.get_running_loop().time() - opened_at
    wait = CLOSE_TIMEOUT if close_request is not None else max(0.0, SETTLED - since_opening)
    try:
        async with asyncio.timeout(wait):
            await wait_closed()
    except TimeoutError:
        channel.finish()
