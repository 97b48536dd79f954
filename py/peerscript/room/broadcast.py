"""A value on its way to all members of a room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Iterable
from typing import Any

from peerscript.data.foreign import draft_of
from peerscript.errors import MessageTooBig, OutboxFull, PeerScriptError, SerializationError
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.values import pythonpack, sendable
from peerscript.room.member import Member

logger = logging.getLogger("peerscript")

PATIENCE = 5.0  # seconds that those who wait for all wait for the slowest


class Broadcast:
    """What `Room.broadcast` returns.

    The value is on its way. Await it before the next one when there is much to send: it waits while
    somebody who is here has 2 MiB unread. Who still has after five seconds is too slow, and leaves
    the room. It returns `missed`.

    Attributes:
        missed: the members who will not get the value.
    """

    def __init__(self, members: Iterable[Member], missed: tuple[Member, ...]) -> None:
        self.missed = missed
        self._members = [member for member in members if member not in missed]

    def __repr__(self) -> str:
        return f"<Broadcast missed={self.missed!r}>"

    def __await__(self) -> Generator[object, None, tuple[Member, ...]]:
        return self._wait().__await__()

    async def _wait(self) -> tuple[Member, ...]:
        try:
            async with asyncio.timeout(PATIENCE):
                for member in filter(_is_full, self._members):
                    await _drained(member)
        except TimeoutError:
            for member in filter(_is_full, self._members):
                logger.warning("%r is too slow for the room", member)
                member._drop(OutboxFull(f"much was unread for {PATIENCE:g} s"))
        return self.missed


def to_broadcast(value: object) -> Any:
    """Return a value with Python's in the place of JavaScript's objects.

    Raises:
        SerializationError, MessageTooBig: it cannot be sent, or not without waiting.
    """
    try:
        _check_size(len(pythonpack.pack(value, frozenset(sendable.names()))))
    except SerializationError:
        draft = draft_of(value, "binary", _check_size)
        if draft is None:
            raise
        if not draft.complete:
            raise draft.incomplete() from None
        return to_broadcast(draft.value)
    return value


def post(member: Member, value: Any) -> bool:
    """Send without waiting; return whether that is possible."""
    try:
        member._transport.send_nowait(value)
    except OutboxFull as error:
        logger.warning("%r is too slow for the room: %s", member, error)
        member._drop(error)
    except PeerScriptError as error:
        logger.warning("%r is not told: %s", member, error)
    else:
        return True
    return False


def _check_size(size: int) -> None:
    if size > Mode.RELIABLE.max_message:
        raise MessageTooBig(f"{size} bytes in one message; at most {Mode.RELIABLE.max_message}")


def _is_full(member: Member) -> bool:
    return member.connected and member._transport.full


async def _drained(member: Member) -> None:
    try:
        await member._transport.drain()
    except PeerScriptError as error:
        logger.debug("%r: %s", member, error)  # they have left
