"""The channel of a Link that carries remote functions.

Its messages are handed on as they arrive, instead of being read from an inbox by a task: a turn of
a browser's event loop costs a good part of a round trip, and the function takes one anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from peerscript.aio.tasks import TaskOwner
from peerscript.data.foreign import draft_of
from peerscript.errors import LinkClosed, MessageTooBig, SerializationError
from peerscript.link.channel_inbox import ChannelInbox, Message
from peerscript.link.channel_session import ChannelSession
from peerscript.link.session import LinkSession
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.remote.messages import CHANNEL, MAX_VALUE, REMOTE, RemoteMessage
from peerscript.protocol.values import pythonpack
from peerscript.remote.endpoint import Endpoint
from peerscript.remote.wire import WireEvents


class RemoteWire:
    """A `peerscript.remote.wire.Wire`.

    Args:
        link: what the channel is opened on.

    Raises:
        LinkClosed: the Link is over.
    """

    def __init__(self, link: LinkSession, events: WireEvents) -> None:
        self._link = link
        self._channel = link.open_channel(CHANNEL, Mode.RELIABLE)
        self._channel.bind(_Handed(self._channel, link, events), partial(_on_event, events))

    def begin(self) -> None:
        """Start exchanging messages."""
        self._link.begin_channel(self._channel)

    @property
    def is_open(self) -> bool:
        return self._channel.flowing

    async def opened(self) -> None:
        await self._channel.opened()

    async def change(self) -> None:
        await self._channel.change()

    def send_nowait(self, message: RemoteMessage) -> None:
        self._channel.send_nowait(pythonpack.pack(REMOTE.to_value(message)))

    async def pack(self, value: object, what: str) -> bytes:
        check_size = partial(_check_size, what)
        try:
            packed = await self._packed(value, check_size)
        except SerializationError as error:
            words = re.sub(r"^message(\[[01]\](?=\[))?", what, str(error))
            raise SerializationError(words) from None
        check_size(len(packed))
        return packed

    async def _packed(self, value: object, check_size: Callable[[int], None]) -> bytes:
        try:
            return pythonpack.pack(value, self._link.sendable())
        except SerializationError:
            draft = draft_of(value, "binary", check_size)
            if draft is None:
                raise
        return pythonpack.pack(await draft.read(), self._link.sendable())


class _Handed(ChannelInbox[RemoteMessage]):
    """An inbox in which nothing stays."""

    def __init__(self, channel: ChannelSession, link: LinkSession, events: WireEvents) -> None:
        super().__init__(CHANNEL, Mode.RELIABLE, REMOTE)
        self._session = channel
        self._link = link
        self._events = events

    def take(self, message: Message[RemoteMessage], size: int) -> None:
        self._session.read(message.number)
        self._events.on_message(message.value)

    def close(self, reason: Exception | None = None) -> None:
        super().close(reason)
        words = f"the link to {self._link.peer_id} is over"
        self._events.on_end(self._link.error or LinkClosed(words))


def _check_size(what: str, size: int) -> None:
    if size > MAX_VALUE:
        raise MessageTooBig(f"{what}: {size} bytes; at most {MAX_VALUE}")


def _on_event(events: WireEvents, event: str) -> None:
    if event == "restart":
        events.on_restart()


def endpoint(link: LinkSession, tasks: TaskOwner) -> Endpoint:
    """Open the channel, and what uses it.

    Args:
        tasks: the Link's.

    Raises:
        LinkClosed: the Link is over.
    """
    return Endpoint(partial(RemoteWire, link), tasks)
