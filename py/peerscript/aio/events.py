"""Handlers under PeerJS's event names, for those who come from it.

    @peer.on("connection")
    def connected(conn):
        @conn.on("data")
        async def received(value):
            await conn.send(value)

Handlers are plain functions or `async` ones; an `async` one runs as a task of its own, except for
"data", whose handlers are awaited one message after the other. An exception in a handler is
reported to the event loop, as one in a task is, and disturbs nobody else.

The tasks belong to the Peer: `Peer.close` gives those that still run `GRACE` seconds to end, and
then cancels them. A handler may itself close its Peer: that one is neither cancelled nor waited
for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutine
from typing import Any, ClassVar, TypeVar, overload

from peerscript.aio.tasks import TaskOwner, report

Handler = TypeVar("Handler", bound=Callable[..., object])

GRACE = 1.0  # seconds that `async` handlers may still run after their emitter was closed


class Emitter:
    """An object with events: the part of PeerJS's EventEmitter that its documentation uses.

    Args:
        owner: who ends the handlers that run as tasks; without one, this object itself.
    """

    _EVENTS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, owner: TaskOwner | None = None) -> None:
        self._handlers: dict[str, list[tuple[Callable[..., object], bool]]] = {}
        self._running = TaskOwner(type(self).__name__, owner)

    @overload
    def on(self, event: str) -> Callable[[Handler], Handler]: ...
    @overload
    def on(self, event: str, handler: Handler) -> Handler: ...
    def on(
        self, event: str, handler: Handler | None = None
    ) -> Handler | Callable[[Handler], Handler]:
        """Call `handler` at each event of this name; without one, decorate it.

        For an "open", "stream" or "close" that has already happened, it is called soon.

        Raises:
            ValueError: there is no such event.
        """
        return self._subscribe(event, handler, once=False)

    @overload
    def once(self, event: str) -> Callable[[Handler], Handler]: ...
    @overload
    def once(self, event: str, handler: Handler) -> Handler: ...
    def once(
        self, event: str, handler: Handler | None = None
    ) -> Handler | Callable[[Handler], Handler]:
        """Like `on`, for the next event alone."""
        return self._subscribe(event, handler, once=True)

    def off(self, event: str, handler: Callable[..., object] | None = None) -> None:
        """Remove `handler`; without one, remove all handlers of this event."""
        self._require_event(event)
        kept = [entry for entry in self._handlers.get(event, []) if entry[0] != handler]
        self._handlers[event] = kept if handler is not None else []

    def _subscribe(
        self, event: str, handler: Handler | None, *, once: bool
    ) -> Handler | Callable[[Handler], Handler]:
        self._require_event(event)
        if handler is None:
            return lambda decorated: self._add(event, decorated, once=once)
        return self._add(event, handler, once=once)

    def _require_event(self, event: str) -> None:
        if event not in self._EVENTS:
            raise ValueError(f"event {event!r}: choose one of {', '.join(self._EVENTS)}")

    def _add(self, event: str, handler: Handler, *, once: bool) -> Handler:
        past = self._past(event)
        if past is not None:
            asyncio.get_running_loop().call_soon(self._call, handler, past)
        if past is None or not once:
            self._handlers.setdefault(event, []).append((handler, once))
        self._handler_added(event)
        return handler

    def _past(self, event: str) -> tuple[object, ...] | None:
        """Arguments for a handler that is added after its event; None if it did not happen."""
        return None

    def _handler_added(self, event: str) -> None:
        """A handler was added."""

    def _emit(self, event: str, *arguments: object) -> None:
        for handler in self._take(event):
            self._call(handler, arguments)

    async def _emit_in_turn(self, event: str, *arguments: object) -> None:
        """Call the handlers and wait for those that are `async`."""
        for handler in self._take(event):
            try:
                result = handler(*arguments)
                if isawaitable(result):
                    await result
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                _report(handler, error)  # of something that the handler awaited
            except Exception as error:
                _report(handler, error)

    def _take(self, event: str) -> list[Callable[..., object]]:
        handlers = self._handlers.get(event, [])
        if any(once for _, once in handlers):
            self._handlers[event] = [entry for entry in handlers if not entry[1]]
        return [handler for handler, _ in handlers]

    def _call(self, handler: Callable[..., object], arguments: tuple[object, ...]) -> None:
        try:
            result = handler(*arguments)
        except Exception as error:
            _report(handler, error)
            return
        if isawaitable(result):
            work = result if iscoroutine(result) else _wait_for(result)
            self._running.start(work, _name(handler))


async def _wait_for(result: Awaitable[Any]) -> None:
    await result


def _name(handler: Callable[..., object]) -> str:
    return f"the handler {getattr(handler, '__name__', handler)!r}"


def _report(handler: Callable[..., object], error: BaseException) -> None:
    report(_name(handler), error)
