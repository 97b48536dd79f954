"""All channels of a Link: each message goes to the one that it names."""

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
PATIENCE = 2.0  # seconds for this page to open a channel that the other one has


class Channels:
    """The channels that this page has opened, and those that the other one has.

    Args:
        storage: where kept messages are kept.
        prefix: before the names of their records.
        refused: see ChannelSession.
    """

    def __init__(
        self,
        storage: MutableMapping[str, str],
        prefix: str,
        refused: Callable[[Mode], PeerScriptError | None],
    ) -> None:
        self._storage = storage
        self._prefix = prefix
        self._refused = refused
        self._open: dict[str, ChannelSession] = {}
        self._theirs: dict[str, Opened] = {}  # what the other side has opened on this path
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._unknown: set[str] = set()  # names that were answered on this path
        self._path: Path | None = None
        self._same_epoch = False

    def open(self, name: str, mode: Mode) -> ChannelSession:
        """Open a channel.

        Raises:
            ValueError: the name is none, is open already, or there are too many.
        """
        check_name(name)
        if name in self._open:
            raise ValueError(f'the channel "{name}" is open already, in another way')
        if len(self._open) >= MAX_CHANNELS:
            raise ValueError(f"a Link has at most {MAX_CHANNELS} channels")
        channel = ChannelSession(name, mode, self._storage, self._prefix, self._refused)
        self._open[name] = channel
        self._stop_waiting(name)
        return channel

    def begin(self, channel: ChannelSession) -> None:
        """Its facade listens: let messages flow."""
        if self._path is not None:
            channel.attach(self._path)
            if theirs := self._theirs.get(channel.name):
                channel.on_opened(theirs, same_epoch=self._same_epoch)

    def attach(self, path: Path | None) -> None:
        """Go on over another path, or over none for now."""
        self._path = path
        self._theirs.clear()
        self._unknown.clear()
        for name in tuple(self._timers):
            self._stop_waiting(name)
        for channel in self._open.values():
            channel.attach(path)

    def resume(self, *, restarted: bool, same_epoch: bool) -> None:
        """The other side has said where it goes on.

        Args:
            restarted: whether its page was loaded anew.
            same_epoch: whether it knows this page load.
        """
        self._same_epoch = same_epoch
        if restarted:
            for channel in tuple(self._open.values()):
                channel.restart()

    def announce(self) -> None:
        """The state of the Link has changed: whoever waits to send looks again."""
        for channel in tuple(self._open.values()):
            channel.announce()

    def close(self) -> None:
        """Nothing more comes or goes."""
        self.attach(None)
        for channel in tuple(self._open.values()):
            channel.close()

    # What the other side says

    def on_opened(self, word: Opened) -> None:
        """The other side has a channel of this name.

        Raises:
            LinkMisused: it cannot be.
        """
        if word.channel in self._theirs or len(self._theirs) >= MAX_CHANNELS:
            raise LinkMisused(
                f"{word.channel!r} opened twice, or more than {MAX_CHANNELS} channels"
            )
        self._theirs[word.channel] = word
        if channel := self._open.get(word.channel):
            channel.on_opened(word, same_epoch=self._same_epoch)
        else:
            # It may be opened here in a moment: pages learn of a new Link one after the other.
            loop = asyncio.get_running_loop()
            self._timers[word.channel] = loop.call_later(PATIENCE, self._answer, word.channel)

    def on_missing(self, word: NoChannel) -> None:
        """The other side has no such channel."""
        if channel := self._open.get(word.channel):
            channel.on_missing()

    def on_ack(self, word: Ack) -> None:
        """The other side has messages of ours.

        Raises:
            LinkMisused: it cannot be.
        """
        if channel := self._open.get(word.channel):
            channel.on_ack(word.number)

    def on_envelope(self, envelope: Envelope) -> None:
        """A message, or a part of one, came. One for an unknown channel is answered, not guessed
        at: its sender keeps it, and sends it again when the channel is opened here.

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
            self._path.say(NoChannel(name))

    def _stop_waiting(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()
