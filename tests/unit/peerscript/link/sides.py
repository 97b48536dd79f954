"""One side of a channel, without a Link: what it sends is recorded."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from peerscript.errors import PeerScriptError
from peerscript.link.acks import ACK_DELAY, ACK_INTERVAL
from peerscript.link.channel_inbox import ChannelInbox
from peerscript.link.channel_session import ChannelSession
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import Opened
from peerscript.protocol.values import pythonpack
from tests.unit.peerscript.link.recorded import RecordedPath

ACKNOWLEDGED = ACK_INTERVAL + 2 * ACK_DELAY
RESTARTING = [Mode.RELIABLE, Mode.BULK]
IN_ORDER = [Mode.KEPT, *RESTARTING]


class Side:
    """A channel with somebody who reads, or does not."""

    def __init__(
        self, mode: Mode = Mode.RELIABLE, storage: MutableMapping[str, str] | None = None
    ) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.error: PeerScriptError | None = None
        self.session = ChannelSession(
            "chat", mode, {} if storage is None else storage, "", lambda _: self.error
        )
        self.inbox: ChannelInbox[Any] = ChannelInbox("chat", mode, None)
        self.session.bind(self.inbox, lambda *event: self.events.append(event))
        self.path = RecordedPath()

    def attach(self) -> Opened:
        self.path = RecordedPath()
        self.session.attach(self.path)  # type: ignore[arg-type]
        (opened,) = self.path.take()
        assert isinstance(opened, Opened)
        return opened

    def opened(self, received: int = 0, *, same_epoch: bool = True, mode: str = "") -> None:
        word = Opened(received, "chat", mode or self.session.mode.value)
        self.session.on_opened(word, same_epoch=same_epoch)

    def begin(self) -> None:
        self.attach()
        self.opened()

    async def send(self, value: Any) -> int:
        return (await self.session.send(pythonpack.pack(value))).number

    def hear(self, number: int, value: Any) -> None:
        self.session.on_envelope(wrapped(number, value))

    async def read(self) -> Any:
        message = await self.inbox.get()
        self.session.read(message.number)
        return message.value


def wrapped(number: int, value: Any) -> Envelope:
    return Envelope("chat", number, pythonpack.pack(value))
