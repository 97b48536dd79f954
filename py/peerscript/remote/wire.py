"""What remote functions need of the channel that carries them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from peerscript.errors import LinkClosed, NoSuchChannel, OutboxFull, PeerScriptError
from peerscript.protocol.remote.messages import RemoteMessage


class Wire(Protocol):
    """A channel of a Link: exactly once and in order, over broken paths."""

    def begin(self) -> None:
        """Start exchanging messages."""

    @property
    def is_open(self) -> bool:
        """Whether the other page has opened it too, and there is a path."""

    async def opened(self) -> None:
        """Return when `is_open`.

        Raises:
            NoSuchChannel: the other page does not open it.
            LinkClosed: the Link is over, not established yet, or lost.
        """

    async def change(self) -> None:
        """Return when sending may go another way than just now."""

    def send_nowait(self, message: RemoteMessage) -> None:
        """Send a message.

        Raises:
            OutboxFull, NoSuchChannel, LinkClosed: not now.
        """

    async def pack(self, value: object, what: str) -> bytes:
        """Encode a value; the browser's Blobs in it are read.

        Args:
            what: it is, for errors.

        Raises:
            SerializationError: it cannot arrive as it is, or a Blob be read.
            MessageTooBig: it takes more than MAX_VALUE.
        """


class WireEvents(Protocol):
    """What a Wire reports."""

    def on_message(self, message: RemoteMessage) -> None:
        """A message has arrived. May raise Malformed, which ends the Link."""

    def on_restart(self) -> None:
        """The other page was reloaded."""

    def on_end(self, error: PeerScriptError) -> None:
        """The Link is over."""


async def deliver(wire: Wire, message: RemoteMessage, wanted: Callable[[], bool]) -> None:
    """Send a message as soon as that is possible, unless nobody wants it by then.

    Args:
        wanted: whether somebody still does; False when the Link is over.
    """
    while wanted():
        try:
            wire.send_nowait(message)
        except (OutboxFull, NoSuchChannel, LinkClosed):
            await wire.change()
        else:
            return
