"""What both sides of an offer have: progress, the end, pause and cancel."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, overload

from peerscript.aio.events import Emitter
from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import (
    OfferDeclined,
    PeerScriptError,
    TransferCancelled,
    TransferFailed,
    TransferLost,
)
from peerscript.protocol.transfer.messages import Cancel, Pause
from peerscript.protocol.transfer.rate import Rate
from peerscript.protocol.transfer.transfer import FileState, FileStatus, Transfer


class OfferOn(Protocol):
    """The type of `on` and `once`."""

    @overload
    def __call__(
        self, event: Literal["change"]
    ) -> Callable[[Callable[[int], object]], Callable[[int], object]]: ...
    @overload
    def __call__(
        self, event: Literal["change"], handler: Callable[[int], object]
    ) -> Callable[[int], object]: ...


@dataclass(frozen=True)
class Progress:
    """How far the files of an offer are.

    Attributes:
        moved: bytes that are written at the receiver.
        total: bytes of the files that are wanted, or may still be.
        rate: bytes per second over the last seconds; 0.0 if not known.
        seconds_left: at this rate; None if not known.
        files: each file, as it is now: not a copy.
    """

    moved: int
    total: int
    rate: float
    seconds_left: float | None
    files: Sequence[FileStatus]


class Offer(Emitter[OfferOn, Literal["change"]]):
    """The base of IncomingOffer and OutgoingOffer.

    Events: "change" (the number of the file of which something has changed).

    Args:
        published: sends what there is to say, and takes note of the end.
    """

    _EVENTS: ClassVar[Mapping[str, tuple[str, ...]]] = {"change": ("index",)}

    def __init__(self, published: Callable[[], None], tasks: TaskOwner) -> None:
        super().__init__(tasks)
        self._published = published
        self._machine: Transfer  # of the subclass
        self._changed: dict[int, None] = {}
        self._changes = Announcer()
        self._published_so_far = 0  # how often
        self._rate = Rate()
        self._lost: PeerScriptError | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} of {len(self.files)} files>"

    @property
    def name(self) -> str:
        """The offer's name; "" if it has none."""
        return self._machine.manifest.name

    @property
    def key(self) -> str:
        """Identifies the offer, also when it is made again after a reload."""
        return self._machine.manifest.key

    @property
    def files(self) -> Sequence[FileStatus]:
        """Each file, as it is now."""
        return self._machine.files

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return self._machine.manifest.size

    @property
    def answered(self) -> bool:
        """Whether every file was accepted or declined, or has ended otherwise."""
        return not self._machine.unanswered

    @property
    def settled(self) -> bool:
        """Whether every file has ended: is there, or was declined or cancelled, or has failed."""
        return self._machine.settled

    async def progress(self) -> AsyncIterator[Progress]:
        """Iterate over the progress, from now to the end. A slow reader skips to the newest."""
        while not self.settled:
            published = self._published_so_far
            yield self._progress()
            if published == self._published_so_far:  # else something has changed meanwhile
                await self._changes.change()
        yield self._progress()

    def _progress(self) -> Progress:
        moved, total = self._machine.moved, self._machine.total
        left = self._rate.seconds_for(total - moved)
        return Progress(moved, total, self._rate.value, left, self.files)

    def pause(self, only: Iterable[int] | None = None) -> None:
        """Let files wait, for the other page too, until `resume`. What is on its way arrives.

        Args:
            only: their numbers; all files if not given.
        """
        self._machine.pause(self._numbers(only), on=True)
        self._publish()

    def resume(self, only: Iterable[int] | None = None) -> None:
        """Go on with files that this page has paused."""
        self._machine.pause(self._numbers(only), on=False)
        self._restart_rate()
        self._publish()

    def cancel(
        self,
        only: Iterable[int] | None = None,
        *,
        reason: str = "Cancelled.",
        failed: bool = False,
    ) -> None:
        """End files on both pages; of those that have not arrived, nothing is kept.

        Args:
            reason: is told to the other page.
            failed: nobody wanted that.
        """
        self._machine.cancel(self._numbers(only), reason, failed=failed)
        self._publish()

    def _numbers(self, only: Iterable[int] | None) -> list[int]:
        count = len(self.files)
        numbers = list(range(count) if only is None else only)
        if bad := [number for number in numbers if not 0 <= number < count]:
            raise IndexError(f"file {bad[0]} of an offer of {count}")
        return numbers

    async def _settle(self) -> None:
        """Return when every file has ended.

        Raises:
            PeerScriptError: not all that were wanted have arrived, or none was wanted.
        """
        while not self.settled:
            await self._changes.change()
        states = {file.state for file in self.files}
        if FileState.FAILED in states:
            raise self._failure()
        if FileState.DONE in states:
            return
        if FileState.CANCELLED in states:
            reasons = (file.problem for file in self.files if file.state is FileState.CANCELLED)
            raise TransferCancelled(next(reasons))
        raise OfferDeclined(self._why_declined())

    def _failure(self) -> PeerScriptError:
        failed = [file for file in self.files if file.state is FileState.FAILED]
        if self._lost is not None:
            return self._lost
        others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        return TransferFailed(f"{failed[0].info.path}: {failed[0].problem.rstrip('.')}{others}")

    def _why_declined(self) -> str:
        return "no file of the offer was wanted"

    # Called by the exchange

    def _on_message(self, message: Pause | Cancel) -> None:
        """The other side pauses, goes on, or ends files.

        Raises:
            Malformed: there are no such files.
        """
        self._machine.on_change(message)
        self._restart_rate()
        self._publish()

    def _lose(self, error: PeerScriptError) -> None:
        """Nothing can be sent any more."""
        if not self.settled:
            self._lost = TransferLost(str(error))
            self._lost.__cause__ = error
            self._machine.lose(str(error))
            self._publish()

    def _restart_rate(self) -> None:
        self._rate.restart(time.monotonic(), self._machine.moved)

    def _on_change(self, index: int) -> None:
        """Called by the machine, which is in the middle of something: `_publish` says it."""
        self._changed[index] = None

    def _publish(self) -> None:
        """Send what there is to say, and report what has changed, here and on the page."""
        self._published()
        changed, self._changed = self._changed, {}
        if changed:
            self._rate.add(time.monotonic(), self._machine.moved)
        self._published_so_far += 1
        for index in changed:
            self._emit("change", index)
        self._changes.announce()
