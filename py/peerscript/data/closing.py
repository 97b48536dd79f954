"""How a connection is closed so that nothing is lost (docs/decisions/0007-closing.md)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from peerscript.errors import ConnectionClosed
from peerscript.ports import Channel
from peerscript.protocol.values.codecs import Codec

logger = logging.getLogger("peerscript")

SETTLED = 0.5  # seconds after opening from which a channel loses nothing when it is closed
GOODBYE_TIMEOUT = 3.0  # seconds for the other side to close when asked to


async def leave(
    channel: Channel, codec: Codec, opened_at: float, wait_closed: Callable[[], Awaitable[object]]
) -> None:
    """Have the other side close: a channel that this side closes soon after it opened can vanish
    in Chromium before its messages were told. Where there is no word for that, or it is not heard,
    wait a moment and close. May end before the channel does; `on_close` tells of that.

    Args:
        opened_at: when it opened, in the event loop's time.
        wait_closed: returns once it is closed.
    """
    goodbye = codec.goodbye if channel.reliable else None  # without order it could overtake
    try:
        if goodbye is not None:
            channel.send(goodbye)
    except ConnectionClosed as error:
        logger.debug("%s closed first: %s", channel.peer, error)
        return
    since_opening = asyncio.get_running_loop().time() - opened_at
    patience = GOODBYE_TIMEOUT if goodbye is not None else max(0.0, SETTLED - since_opening)
    try:
        async with asyncio.timeout(patience):
            await wait_closed()
    except TimeoutError:
        channel.finish()
