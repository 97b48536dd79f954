"""Calls of this page's functions by the other page."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, suppress
from typing import Any

from peerscript.aio.lifecycle import Announcer
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import PeerScriptError, UnreadableMessage
from peerscript.protocol.remote.checking import Mismatch
from peerscript.protocol.remote.failures import cancelled, failure, refusal
from peerscript.protocol.remote.functions import Functions, Served, find
from peerscript.protocol.remote.messages import (
    ARGUMENTS,
    BUSY,
    MAX_RUNNING,
    MISSING,
    Call,
    Cancel,
    End,
    Failed,
    Item,
    More,
    Result,
)
from peerscript.protocol.remote.running import Running, RunningCalls
from peerscript.protocol.values import pythonpack
from peerscript.protocol.vocabulary import Malformed
from peerscript.remote.wire import Wire, deliver

logger = logging.getLogger("peerscript")


class _Refused(Exception):
    """A call is not run."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


class Callee:
    """The functions that this page serves on a Link, and those of their calls that run.

    Attributes:
        functions: those of this Link alone.

    Args:
        tasks: each call is one of these.
    """

    def __init__(self, wire: Wire, tasks: TaskOwner) -> None:
        self.functions = Functions()
        self._shared: list[Functions] = []
        self._wire = wire
        self._tasks = tasks
        self._running = RunningCalls()
        self._tasks_of: dict[Running, asyncio.Task[Any]] = {}  # those that can be cancelled
        self._credits = Announcer()  # more values of a stream may be sent

    def share(self, functions: Functions) -> None:
        """Serve these too."""
        if functions not in self._shared:
            self._shared.append(functions)

    # What the endpoint tells

    def on_call(self, message: Call) -> None:
        """The other page calls a function.

        Raises:
            Malformed: it has used the call's number before, or calls on and on and reads nothing.
        """
        if call := self._running.begin(message):
            self._tasks.start(self._run(call, message), message.name)
            return
        try:
            words = f"{message.name}: {MAX_RUNNING} calls are running"
            self._wire.send_nowait(refusal(message.id, BUSY, words))
        except PeerScriptError as error:
            raise Malformed(f"more than {MAX_RUNNING} calls, and {error}") from error

    def on_message(self, message: More | Cancel) -> None:
        """A caller wants more values, or waits no more.

        Raises:
            Malformed: it has not called, or wants more than it may.
        """
        call = self._running.on_message(message)
        if call is None:
            return
        if call.cancelled:
            self._cancel(call)
        else:
            self._credits.announce()

    def forget(self) -> None:
        """The page that called is gone: cancel what runs for it."""
        for call in self._running.forget():
            self._cancel(call)

    def _cancel(self, call: Running) -> None:
        if task := self._tasks_of.pop(call, None):  # once: a second one would end its clean-up
            task.cancel()

    # One call

    async def _run(self, call: Running, message: Call) -> None:
        try:
            answer = await self._outcome(call, message)
            await deliver(self._wire, answer, lambda: not call.silent)
        finally:
            self._running.end(call)

    async def _outcome(self, call: Running, message: Call) -> Result | End | Failed:
        """Run the function; return what to answer."""
        task = asyncio.current_task()
        if call.cancelled or task is None:
            return cancelled(call.id)  # before it has begun
        self._tasks_of[call] = task
        try:
            return await self._called(call, message)
        except _Refused as refused:
            return refusal(call.id, refused.reason, str(refused))
        except asyncio.CancelledError as error:
            if call.cancelled:
                return cancelled(call.id)
            if task.cancelling():
                raise  # the Link is over
            return _failed(call, message.name, error)  # of something that the function awaited
        except Exception as error:
            return _failed(call, message.name, error)
        except BaseException as error:  # it ends this page, which may have a last word
            with suppress(PeerScriptError):
                self._wire.send_nowait(failure(call.id, error))
            raise
        finally:
            self._tasks_of.pop(call, None)

    async def _called(self, call: Running, message: Call) -> Result | End:
        served = self._find(message)
        try:
            given, named = served.arguments(*_unpacked(message.arguments))
        except (UnreadableMessage, Mismatch) as error:
            raise _Refused(ARGUMENTS, f"{message.name}: {error}") from error
        if not served.stream:
            value = await served.function(*given, **named)
            return Result(call.id, await self._packed(served, value))
        async with aclosing(served.function(*given, **named)) as values:
            async for value in values:
                call.credit -= 1
                item = Item(call.id, await self._packed(served, value))
                await deliver(self._wire, item, lambda: not call.silent)
                while not call.credit:  # a slow reader holds up the function
                    await self._credits.change()
        return End(call.id)

    async def _packed(self, served: Served, value: object) -> bytes:
        return await self._wire.pack(served.result(value), "result")

    def _find(self, message: Call) -> Served:
        """Return what is called.

        Raises:
            _Refused: there is none, or one of another sort.
        """
        name = message.name
        served = find(name, self.functions, *self._shared)
        if served is None:
            raise _Refused(MISSING, f"the other page serves no function {name!r}")
        if served.stream is not message.stream:
            hint = "`async for` over it" if served.stream else "`await` it"
            raise _Refused(MISSING, f"{name} is of another sort: {hint}")
        return served


def _failed(call: Running, name: str, error: BaseException) -> Failed:
    logger.error("%s, which the other page has called, raised", name, exc_info=error)
    return failure(call.id, error)


def _unpacked(arguments: bytes) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call.

    Raises:
        UnreadableMessage: they are none.
    """
    match pythonpack.unpack_one(arguments):
        case [list() as given, dict() as named] if all(type(name) is str for name in named):
            return given, named
    raise UnreadableMessage("these are no arguments")
