"""All channels of a Link; each frame is given to the channel that it names."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, MutableMapping

from peerscript.errors import LinkMisused, PeerScriptError
from peerscript.link.channel_session import ChannelSession
from peerscript.link.path import Path
from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import Envelope, check_name
from peerscript.protocol.link.messages import Ack, NoChannel, Opened

logger = logging.getLogger("peerscript")

MAX_CHANNELS = 64  # that either side may open
OPEN_TIMEOUT = 2.0  # seconds for this page to open a channel that the other one has opened


class Channels:
    """The channels that this page has opened, and those that the other one has.

    Args:
        storage: where kept messages are saved.
        prefix: of the names of their records.
        send_error: see ChannelSession.
    """

    def __init__(
        self,
        storage: MutableMapping[str, str],
        prefix: str,
        send_error: Callable[[Mode], PeerScriptError | None],
    ) -> None:
        self._storage = storage
        self._prefix = prefix
        self._send_error = send_error
        self._open: dict[str, ChannelSession] = {}
        self._theirs: dict[str, Opened] = {}  # opened by the other side on this path
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._unknown: set[str] = set()  # names that were answered with NoChannel on this path
        self._path: Path | None = None
        self._same_epoch = False

    def open(self, name: str, mode: Mode) -> ChannelSession:
        """Open a channel.

        Raises:
            ValueError: the name is invalid, it is open already, or there are too many.
        """
        check_name(name)
        if name in self._open:
            raise ValueError(f'the channel "{name}" is open already, in another way')
        if len(self._open) >= MAX_CHANNELS:
            raise ValueError(f"a Link has at most {MAX_CHANNELS} channels")
        channel = ChannelSession(name, mode, self._storage, self._prefix, self._send_error)
        self._open[name] = channel
        self._stop_waiting(name)
        return channel

    def begin(self, channel: ChannelSession) -> None:
        """Start exchanging messages, now that the channel has an inbox."""
        if self._path is not None:
            channel.attach(self._path)
            if theirs := self._theirs.get(channel.name):
                channel.on_opened(theirs, same_epoch=self._same_epoch)

    def attach(self, path: Path | None) -> None:
        """Continue on another path, or on none for now."""
        self._path = path
        self._theirs.clear()
        self._unknown.clear()
        for name in tuple(self._timers):
            self._stop_waiting(name)
        for channel in self._open.values():
            channel.attach(path)

    def resume(self, *, restarted: bool, same_epoch: bool) -> None:
        """The other side has sent its Resume.

        Args:
            restarted: whether its page was reloaded.
            same_epoch: whether its numbers refer to this load of this page.
        """
        self._same_epoch = same_epoch
        if restarted:
            for channel in tuple(self._open.values()):
                channel.restart()

    def announce(self) -> None:
        """The state of the Link has changed: wake waiting senders."""
        for channel in tuple(self._open.values()):
            channel.announce()

    def close(self) -> None:
        """Close all channels."""
        self.attach(None)
        for channel in tuple(self._open.values()):
            channel.close()

    # Messages of the other side

    def on_opened(self, message: Opened) -> None:
        """The other side has opened a channel.

        Raises:
            LinkMisused: it is invalid.
        """
        if message.channel in self._theirs or len(self._theirs) >= MAX_CHANNELS:
            raise LinkMisused(
                f"{message.channel!r} opened twice, or more than {MAX_CHANNELS} channels"
            )
        self._theirs[message.channel] = message
        if channel := self._open.get(message.channel):
            channel.on_opened(message, same_epoch=self._same_epoch)
        else:
            # It may be opened here in a moment: the two pages do not do so at the same time.
            loop = asyncio.get_running_loop()
            self._timers[message.channel] = loop.call_later(
                OPEN_TIMEOUT, self._answer, message.channel
            )

    def on_missing(self, message: NoChannel) -> None:
        """The other side has no such channel."""
        if channel := self._open.get(message.channel):
            channel.on_missing()

    def on_ack(self, message: Ack) -> None:
        """The other side confirms messages of ours.

        Raises:
            LinkMisused: it confirms what was not sent.
        """
        if channel := self._open.get(message.channel):
            channel.on_ack(message.number)

    def on_envelope(self, envelope: Envelope) -> None:
        """A message, or a part of one, has arrived. One for an unknown channel is answered with
        NoChannel: its sender keeps it, and sends it again when the channel is opened here.

        Raises:
            LinkMisused, StorageFull: see ChannelSession.
        """
        if channel := self._open.get(envelope.channel):
            channel.on_envelope(envelope)
        elif envelope.channel not in self._unknown and len(self._unknown) < MAX_CHANNELS:
            self._unknown.add(envelope.channel)
            self._answer(envelope.channel)

    def _answer(self, name: str) -> None:
        self._stop_waiting(name)
        logger.info("the other page has a channel %r, this one does not", name)
        if self._path is not None:
            self._path.send_message(NoChannel(name))

    def _stop_waiting(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()


def mode_of(delivery: str, *, kept: bool, bulk: bool) -> Mode:
    """The mode that the arguments of `Link.channel` ask for.

    Raises:
        ValueError: there is none.
    """
    if delivery not in ("reliable", "live"):
        raise ValueError(f'delivery is "reliable" or "live", not {delivery!r}')
    if delivery == "live":
        if bulk:
            raise ValueError("a live channel is not for bulk: its messages are small")
        return Mode.LIVE
    if bulk:
        return Mode.BULK
    return Mode.KEPT if kept else Mode.RELIABLE
