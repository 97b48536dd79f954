"""The calls of the other page that run here."""

from __future__ import annotations

from peerscript.protocol.remote.messages import CREDIT, MAX_RUNNING, Call, Cancel, More
from peerscript.protocol.vocabulary import Malformed


class Running:
    """A function that runs for the other page.

    Attributes:
        credit: values of its stream that may be sent.
        cancelled: whether the caller has cancelled it.
        silent: whether nobody is there any more to be answered.
    """

    __slots__ = ("cancelled", "credit", "id", "silent")

    def __init__(self, id: int) -> None:
        self.id = id
        self.credit = CREDIT
        self.cancelled = self.silent = False


class RunningCalls:
    """All of them, by number. Those whose caller is gone count until they have ended."""

    def __init__(self) -> None:
        self._running: dict[int, Running] = {}
        self._orphans = 0
        self._last = 0

    def __len__(self) -> int:
        return len(self._running) + self._orphans

    def begin(self, message: Call) -> Running | None:
        """The other page calls; None if too much runs already.

        Raises:
            Malformed: a call of that number was made before.
        """
        if message.id <= self._last:
            raise Malformed(f"call {message.id} after {self._last}")
        self._last = message.id
        if len(self) >= MAX_RUNNING:
            return None
        call = self._running[message.id] = Running(message.id)
        return call

    def on_message(self, message: More | Cancel) -> Running | None:
        """The caller wants more, or no more; None if the call has ended meanwhile.

        Raises:
            Malformed: there was no such call, or it wants more at once than it may.
        """
        if message.id > self._last:
            raise Malformed(f"call {message.id} was not made")
        call = self._running.get(message.id)
        if call is None:
            return None
        if isinstance(message, Cancel):
            call.cancelled = True
        elif (more := call.credit + message.count) > CREDIT:
            raise Malformed(f"{more} values of a stream at once")
        else:
            call.credit = more
        return call

    def end(self, call: Running) -> None:
        """It runs no more."""
        if self._running.get(call.id) is call:
            del self._running[call.id]
        else:
            self._orphans -= 1

    def forget(self) -> list[Running]:
        """The page that called is gone, and another one may come, whose numbers begin again;
        return what still runs.
        """
        orphans = list(self._running.values())
        for call in orphans:
            call.cancelled = call.silent = True
        self._orphans += len(orphans)
        self._running.clear()
        self._last = 0
        return orphans
