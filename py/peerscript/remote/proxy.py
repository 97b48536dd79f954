"""The other page's functions, as if they were here."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar, cast

from peerscript.aio.timeouts import check_timeout
from peerscript.errors import UnreadableMessage, UnreadableResult
from peerscript.protocol.remote.pending import Pending
from peerscript.protocol.values import pythonpack
from peerscript.remote.caller import Caller

TIMEOUT = 30.0  # seconds

Shape = TypeVar("Shape")


class Remote:
    """The functions that the other page of a Link serves: `await link.remote.add(1, 2)`.

    `async for value in link.remote.count(10)` reads an async generator. `link.remote["add"]` is
    the same as `link.remote.add`, for names that this class has itself.

    Args:
        caller: returns what carries the calls.
        timeout: see `with_options`.
    """

    def __init__(self, caller: Callable[[], Caller], timeout: float | None = TIMEOUT) -> None:
        self._caller = caller
        self._timeout = timeout

    def with_options(self, *, timeout: float | None) -> Remote:
        """The same functions, called with other options.

        Args:
            timeout: how many seconds a call may take, with the wait for a path and for its turn;
                of a stream, each of its values. None for any time; 30 by default.

        Raises:
            TypeError: `timeout` is no number of seconds.
        """
        check_timeout(timeout, may_be_none=True)
        return Remote(self._caller, timeout)

    def typed(self, shape: Callable[..., Shape]) -> Shape:
        """The same functions, for a type checker.

        Args:
            shape: a class, best a Protocol, that has them as methods: `async def`, and for an
                async generator `def` that returns an AsyncIterator. Nothing is checked here.
        """
        return cast(Shape, self)

    def __getattr__(self, name: str) -> RemoteFunction:
        if name.startswith("_"):  # no such function is served: Python and notebooks ask for these
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> RemoteFunction:
        return RemoteFunction(self._caller, name, self._timeout)


class RemoteFunction:
    """A function of the other page, whether it is there or not. Call it."""

    def __init__(self, caller: Callable[[], Caller], name: str, timeout: float | None) -> None:
        self._caller = caller
        self._name = name
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"<RemoteFunction {self._name!r}>"

    def __call__(self, *arguments: Any, **named: Any) -> RemoteCall:
        """Prepare a call; it is sent when it is awaited or iterated over."""
        return RemoteCall(self._caller, self._name, [list(arguments), named], self._timeout)


class RemoteCall(Coroutine[Any, Any, Any]):
    """A call: `await` it for a function's result, or `async for` over it for a stream's values.

    Cancelling the `await` or leaving the `async for` cancels the function on the other page. It is
    a coroutine: `asyncio.gather` and `TaskGroup.create_task` take it.

    Raises:
        RemoteError: the function has raised an exception.
        NoSuchFunction: the other page serves none of that name, or one of the other sort.
        WrongArguments: they do not fit its parameters.
        RemoteTimeout: there was no answer in time; the function is cancelled.
        RemoteLost: the other page was reloaded meanwhile; it may have run, or not.
        RemoteBusy: 1,000 calls wait here already, or 16 run there.
        LinkClosed: the Link is over, lost, or not established yet.
        SerializationError, MessageTooBig: the arguments cannot be sent, or take more than 1 MiB.
        UnreadableResult: the result is a dataclass that cannot be made here.
    """

    def __init__(
        self, caller: Callable[[], Caller], name: str, arguments: object, timeout: float | None
    ) -> None:
        self._caller = caller
        self._name = name
        self._arguments = arguments
        self._timeout = timeout
        self._coroutine: Coroutine[Any, Any, Any] | None = None
        self._used = False

    def __repr__(self) -> str:
        return f"<RemoteCall of {self._name!r}>"

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._begun().__await__()

    def __aiter__(self) -> RemoteStream:
        self._use()
        return RemoteStream(self._caller, self._name, self._arguments, self._timeout)

    def __del__(self) -> None:
        if not self._used:
            words = f"the call of {self._name!r} was never awaited, and so not sent"
            warnings.warn(words, RuntimeWarning, source=self, stacklevel=2)

    # A coroutine's

    def send(self, value: Any) -> Any:
        """See `Coroutine.send`."""
        return self._begun().send(value)

    def throw(self, *error: Any) -> Any:
        """See `Coroutine.throw`."""
        return self._begun().throw(*error)

    def close(self) -> None:
        """See `Coroutine.close`."""
        self._used = True
        if self._coroutine is not None:
            self._coroutine.close()

    def _begun(self) -> Coroutine[Any, Any, Any]:
        if self._coroutine is None:
            self._use()
            self._coroutine = self._run()
        return self._coroutine

    def _use(self) -> None:
        if self._used:
            raise RuntimeError(f"this call of {self._name!r} was made already")
        self._used = True

    async def _run(self) -> Any:
        caller = self._caller()
        call = await caller.begin(self._name, self._arguments, stream=False, timeout=self._timeout)
        while call.value is None:
            if call.error is not None:
                raise call.error
            await caller.wait(call)
        return _unpacked(self._name, call.value)


class RemoteStream:
    """The values of an async generator on the other page: `async for value in remote.count(10)`.

    At most 16 of them are on their way or unread: a slow reader holds up the generator. Leaving
    the loop closes the generator there; where the stream is kept in a variable, do it with
    `contextlib.aclosing`.
    """

    def __init__(
        self, caller: Callable[[], Caller], name: str, arguments: object, timeout: float | None
    ) -> None:
        self._caller = caller
        self._name = name
        self._arguments = arguments
        self._timeout = timeout
        self._call: Pending | None = None
        self._over = False
        self._reading = False

    def __aiter__(self) -> RemoteStream:
        return self

    async def __anext__(self) -> Any:
        """Return the next value.

        Raises:
            RuntimeError: another task waits for it already.
            PeerScriptError: see RemoteCall.
        """
        if self._reading:
            raise RuntimeError(f"two tasks read one stream of {self._name!r}: call it twice")
        self._reading = True
        try:
            return await self._next()
        except BaseException:
            self.close()
            raise
        finally:
            self._reading = False

    async def _next(self) -> Any:
        if self._over:
            raise StopAsyncIteration
        caller = self._caller()
        if self._call is None:
            self._call = await caller.begin(
                self._name, self._arguments, stream=True, timeout=self._timeout
            )
        else:
            caller.limit(self._call, self._timeout)
        call = self._call
        while not call.items:
            if call.error is not None:
                raise call.error
            if call.ended:
                raise StopAsyncIteration
            await caller.wait(call)
        caller.limit(call, None)  # the reader may take its time
        item, more = call.read()
        caller.post(call, more)
        return _unpacked(self._name, item)

    async def aclose(self) -> None:
        """Cancel the function, unless it has ended. Does not wait for that."""
        self.close()

    def close(self) -> None:
        """The same."""
        self._over = True
        if self._call is not None:
            self._caller().abandon(self._call)

    def __del__(self) -> None:
        # Left by `break`: unlike an async generator, this does not wait for the event loop.
        self.close()


def _unpacked(name: str, packed: bytes) -> Any:
    try:
        return pythonpack.unpack_one(packed)
    except UnreadableMessage as error:
        raise UnreadableResult(f"{name}: {error}") from error
