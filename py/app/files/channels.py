"""The two channels on which two pages deal with files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.files.messages import FILE_DATA, FILES, FileData, FileMessage
from app.people.contact import Contact
from peerscript.errors import PeerScriptError
from peerscript.link.channel import Channel
from peerscript.protocol.link.state import LinkState

logger = logging.getLogger("peerscript.app")

T = TypeVar("T")


class FileChannels:
    """What carries the files of one contact.

    Attributes:
        contact: whom they are with.
    """

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        self._messages = contact.link.channel("files", kept=False, vocabulary=FILES)
        self._data = contact.link.channel("file-data", bulk=True, vocabulary=FILE_DATA)

    async def send(self, message: FileMessage) -> None:
        """Send a message about a file; waits for room.

        Raises:
            PeerScriptError: they are gone.
        """
        await self._messages.send(message)

    async def send_data(self, message: FileData) -> None:
        """Send some of a file, or that it was all; waits for room.

        Raises:
            PeerScriptError: they are gone.
        """
        await self._data.send(message)

    async def read(
        self,
        on_message: Callable[[FileMessage], Awaitable[None]],
        on_data: Callable[[FileData], Awaitable[None]],
    ) -> None:
        """Hand on what they send, until the Link ends."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(self._messages, on_message))
            tasks.create_task(self._read(self._data, on_data))

    async def _read(self, channel: Channel[T], hand_on: Callable[[T], Awaitable[None]]) -> None:
        async for message in channel:
            if self.contact.state is LinkState.CLOSED:
                return  # what lay unread is too late: everything with them has ended
            try:
                await hand_on(message)
            except PeerScriptError as error:  # an answer could not be sent
                logger.info("%s is gone: %s", self.contact.peer_id, error)
