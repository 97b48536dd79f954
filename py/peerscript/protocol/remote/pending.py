"""The calls of this page that have not ended: what came of them, and when each is due."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from peerscript.errors import PeerScriptError
from peerscript.protocol.remote.failures import error_of
from peerscript.protocol.remote.messages import CREDIT, Cancel, End, Failed, Item, More, Result
from peerscript.protocol.vocabulary import Malformed


class Pending:
    """A call.

    Attributes:
        id: its number; 0 before it is sent.
        timeout: how many seconds the caller waits; None for ever.
        deadline: when it stops waiting, or None.
        changed: is called when an answer has come.
        value: what the function has returned; None before.
        error: why there is nothing more; None if there is no reason.
        items: values of a stream that nobody has read.
        ended: whether nothing more comes from the other page.
        abandoned: whether the caller waits no more.
    """

    __slots__ = ("_credit", "_read", "abandoned", "changed", "deadline", "ended", "error", "id",
                 "items", "name", "stream", "timeout", "value")  # fmt: skip

    def __init__(self, name: str, *, stream: bool) -> None:
        self.id, self.name, self.stream = 0, name, stream
        self.timeout: float | None = None
        self.deadline: float | None = None
        self.changed: Callable[[], None] | None = None
        self.value: bytes | None = None
        self.error: PeerScriptError | None = None
        self.items: deque[bytes] = deque()
        self.ended = self.abandoned = False
        self._credit = CREDIT  # values that the other page may send yet
        self._read = 0  # values that were read since it was told so

    def take(self, item: bytes) -> None:
        """A value of the stream has arrived.

        Raises:
            Malformed: more came than were asked for.
        """
        self._credit -= 1
        if not self.stream or self._credit < 0:
            raise Malformed("a value that was not asked for")
        if not self.abandoned:
            self.items.append(item)

    def read(self) -> tuple[bytes, More | None]:
        """The oldest value, and what to tell the other page, which sends so many more."""
        item = self.items.popleft()
        self._read += 1
        if self._read < CREDIT // 2 or self.ended:
            return item, None
        more, self._read = More(self.id, self._read), 0
        self._credit += more.count
        return item, more

    def fail(self, error: PeerScriptError) -> None:
        """It gives nothing more."""
        self.error = error
        if self.changed is not None:
            self.changed()

    def abandon(self) -> Cancel | None:
        """The caller waits no more; return what to tell the other page."""
        if self.abandoned or self.ended:
            return None
        self.abandoned = True
        self.items.clear()
        return Cancel(self.id)


class Calls:
    """All of them, by number. Those that the caller has abandoned stay until they have ended."""

    def __init__(self) -> None:
        self._pending: dict[int, Pending] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def next_id(self) -> int:
        """The number of the next call."""
        return self._last + 1

    def add(self, call: Pending) -> None:
        """A call was sent, under `next_id`."""
        self._last = call.id = self.next_id
        self._pending[call.id] = call

    def on_message(self, message: Result | Item | End | Failed) -> Pending:
        """The other page has answered; return whose call that is.

        Raises:
            Malformed: there is no such call, or it is not of that sort.
        """
        call = self._pending.get(message.id)
        if call is None:
            raise Malformed(f"an answer to call {message.id}, which is not pending")
        if isinstance(message, Item):
            call.take(message.value)
            return call
        if not isinstance(message, Failed) and call.stream is not isinstance(message, End):
            raise Malformed(f"call {message.id} ends as one of another sort")
        if isinstance(message, Failed):
            call.error = call.error or error_of(message)
        elif isinstance(message, Result):
            call.value = message.value
        call.ended = True
        del self._pending[message.id]
        return call

    def take_all(self) -> list[Pending]:
        """Nothing that was sent is answered any more; return the calls."""
        lost = list(self._pending.values())
        self._pending.clear()
        for call in lost:
            call.ended = True
        return lost

    def overdue(self, now: float) -> list[Pending]:
        """The calls whose caller has waited long enough."""
        return [call for call in self._waiting() if (call.deadline or 0) <= now]

    def next_deadline(self) -> float | None:
        """When the next one is due."""
        return min((call.deadline or 0 for call in self._waiting()), default=None)

    def _waiting(self) -> Iterator[Pending]:
        for call in self._pending.values():
            if not call.abandoned and call.deadline is not None:
                yield call
