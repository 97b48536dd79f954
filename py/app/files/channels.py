"""The two channels for files."""

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
    """The channels for files with one contact.

    Attributes:
        contact: whom they are with.
    """

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        self._messages = contact.link.channel("files", kept=False, vocabulary=FILES)
        self._data = contact.link.channel("file-data", bulk=True, vocabulary=FILE_DATA)

    async def send(self, message: FileMessage) -> None:
        """Send a message about a file; waits while the channel is full.

        Raises:
            PeerScriptError: they are gone.
        """
        await self._messages.send(message)

    async def send_data(self, message: FileData) -> None:
        """Send a piece of a file, or FileDone; waits while the channel is full.

        Raises:
            PeerScriptError: they are gone.
        """
        await self._data.send(message)

    async def read(
        self,
        on_message: Callable[[FileMessage], Awaitable[None]],
        on_data: Callable[[FileData], Awaitable[None]],
    ) -> None:
        """Pass on incoming messages, until the Link ends."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(self._messages, on_message))
            tasks.create_task(self._read(self._data, on_data))

    async def _read(self, channel: Channel[T], handle: Callable[[T], Awaitable[None]]) -> None:
        async for message in channel:
            if self.contact.state is LinkState.CLOSED:
                return  # all transfers with them have ended
            try:
                await handle(message)
            except PeerScriptError as error:  # an answer could not be sent
                logger.info("%s is gone: %s", self.contact.peer_id, error)
