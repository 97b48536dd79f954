"""Calls of the other page's functions."""

from __future__ import annotations

import asyncio

from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import TaskOwner
from peerscript.aio.waiter import Waiter, wake
from peerscript.errors import (
    NoSuchChannel,
    NoSuchFunction,
    OutboxFull,
    PeerScriptError,
    RemoteBusy,
    RemoteLost,
    RemoteTimeout,
)
from peerscript.protocol.remote.messages import (
    MAX_NAME,
    MAX_RUNNING,
    Call,
    Cancel,
    End,
    Failed,
    Item,
    More,
    Result,
)
from peerscript.protocol.remote.pending import Calls, Pending
from peerscript.remote.wire import Wire, deliver

MAX_WAITING = 1000  # calls that wait for one of the MAX_RUNNING to end, or for a path


class Caller:
    """The calls of this page.

    Args:
        tasks: what is sent later is sent by one of these.
    """

    def __init__(self, wire: Wire, tasks: TaskOwner) -> None:
        self._wire = wire
        self._tasks = tasks
        self._calls = Calls()
        self._freed = Announcer()  # a call has ended
        self._turn = asyncio.Lock()  # whose turn it is, of those that could not be sent at once
        self._waiting = 0
        self._now = asyncio.get_running_loop().time
        # One for all calls: a timer costs a browser more than a call does.
        self._timer: tuple[float, asyncio.TimerHandle] | None = None

    async def begin(
        self, name: str, arguments: object, *, stream: bool, timeout: float | None
    ) -> Pending:
        """Call a function; returns when that is sent. Cancelling before sends nothing.

        Raises:
            PeerScriptError: it was not sent, and why.
        """
        if len(name) > MAX_NAME:
            raise NoSuchFunction(f"no name has {len(name)} characters: {name[:MAX_NAME]!r}")
        call = Pending(name, stream=stream)
        self.limit(call, timeout)
        packed = await self._wire.pack(arguments, "arguments")
        if self._is_free and not self._turn.locked() and self._wire.is_open:
            try:
                self._send(call, packed)
                return call
            except OutboxFull:
                pass  # it waits for its turn
        if self._waiting >= MAX_WAITING:
            raise RemoteBusy(f"{name}: {self._waiting} calls wait already")
        self._waiting += 1
        try:
            await self._send_in_turn(call, packed)
        finally:
            self._waiting -= 1
        return call

    async def _send_in_turn(self, call: Pending, packed: bytes) -> None:
        try:
            async with asyncio.timeout_at(call.deadline), self._turn:
                while call.id == 0:
                    await self._may_send()
                    try:
                        self._send(call, packed)
                    except OutboxFull:
                        await self._wire.change()
        except NoSuchChannel as error:
            raise NoSuchFunction(f"{call.name}: the other page serves no functions") from error
        except TimeoutError as error:
            why = "there is no path" if self._is_free else f"{MAX_RUNNING} others have not ended"
            words = f"{call.name}: not called within {call.timeout:g} s: {why}"
            raise RemoteTimeout(words) from error

    async def _may_send(self) -> None:
        while not self._is_free:
            await self._freed.change()
        # Sent before the other page has opened the channel, it could run long afterwards.
        await self._wire.opened()

    @property
    def _is_free(self) -> bool:
        return len(self._calls) < MAX_RUNNING

    def _send(self, call: Pending, packed: bytes) -> None:
        self._wire.send_nowait(Call(self._calls.next_id, call.stream, call.name, packed))
        self._calls.add(call)
        self._arm(call.deadline)

    def limit(self, call: Pending, timeout: float | None) -> None:
        """Set how many seconds a call may take from now on; None for ever."""
        call.timeout = timeout
        call.deadline = None if timeout is None else self._now() + timeout
        if call.id:
            self._arm(call.deadline)

    async def wait(self, call: Pending) -> None:
        """Return at the next change of a call. Cancelling cancels the function."""
        waiter: Waiter = asyncio.Future()
        call.changed = lambda: wake(waiter)
        try:
            await waiter
        except BaseException:
            self.abandon(call)
            raise
        finally:
            call.changed = None

    def abandon(self, call: Pending) -> None:
        """Cancel a call that nobody waits for."""
        self.post(call, call.abandon())

    def post(self, call: Pending, message: Cancel | More | None) -> None:
        """Send a message that belongs to a call, if there is one; it may leave later."""
        if message is None:
            return
        try:
            self._wire.send_nowait(message)
        except PeerScriptError:
            self._tasks.start(deliver(self._wire, message, lambda: not call.ended), "a message")

    # What the endpoint tells

    def on_message(self, message: Result | Item | End | Failed) -> None:
        """The other page has answered.

        Raises:
            Malformed: it has not been asked.
        """
        call = self._calls.on_message(message)
        if call.changed is not None:
            call.changed()
        if call.ended:
            self._freed.announce()

    def lose_all(self, error: PeerScriptError | None = None) -> None:
        """No call that was sent is answered any more.

        Args:
            error: why, if the Link is over.
        """
        for call in self._calls.take_all():
            call.fail(error or RemoteLost(f"{call.name}: the other page was reloaded meanwhile"))
            call.ended = True
        if error is not None and self._timer is not None:
            self._timer[1].cancel()
        self._freed.announce()

    # Time

    def _arm(self, deadline: float | None) -> None:
        if deadline is None or (self._timer is not None and self._timer[0] <= deadline):
            return
        if self._timer is not None:
            self._timer[1].cancel()
        # Not `call_at`: Pyodide's refuses a moment that has just passed, and `_look` may be early.
        later = max(deadline - self._now(), 0.0)
        self._timer = deadline, asyncio.get_running_loop().call_later(later, self._look)

    def _look(self) -> None:
        """End what is overdue."""
        self._timer = None
        for call in self._calls.overdue(self._now()):
            call.fail(RemoteTimeout(f"{call.name}: no answer within {call.timeout:g} s"))
            self.abandon(call)
        self._arm(self._calls.next_deadline())
