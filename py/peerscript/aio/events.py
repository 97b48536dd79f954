"""Handlers under PeerJS's event names, for those who come from it.

    @peer.on("connection")
    def connected(conn):
        @conn.on("data")
        async def received(value):
            await conn.send(value)

Handlers are plain functions or `async` ones; an `async` one runs as a task of its own, except for
"data", whose handlers are awaited one message after the other. A handler that ends with
ConnectionClosed ends quietly, since the other page has gone. Any other exception in a handler is
reported to the event loop, as one in a task is, and disturbs nobody else.

The tasks belong to the Peer: `Peer.close` gives those that still run `GRACE` seconds to end, and
then cancels them. A handler may itself close its Peer: that one is neither cancelled nor waited
for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable, iscoroutine
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar, overload

from peerscript.aio.handlers import check_handler, name_of
from peerscript.aio.tasks import TaskOwner, report
from peerscript.errors import ConnectionClosed, PeerScriptError
from peerscript.peerjs_names import PeerJsNames

logger = logging.getLogger("peerscript")

Handler = TypeVar("Handler", bound=Callable[..., object])
# Handlers by what they are called with.
PlainHandler = TypeVar("PlainHandler", bound=Callable[[], object])
TextHandler = TypeVar("TextHandler", bound=Callable[[str], object])
ErrorHandler = TypeVar("ErrorHandler", bound=Callable[[PeerScriptError], object])

EventName = TypeVar("EventName", bound=str)  # a Literal
PlainName = TypeVar("PlainName", bound=str, contravariant=True)
On = TypeVar("On", covariant=True)


class PlainOn(Protocol[PlainName]):
    """The type of `on` and `once` for events whose handlers are called with nothing."""

    @overload
    def __call__(self, event: PlainName) -> Callable[[PlainHandler], PlainHandler]: ...
    @overload
    def __call__(self, event: PlainName, handler: Callable[[], object]) -> Callable[[], object]: ...


class Emitter(PeerJsNames, Generic[On, EventName]):
    """An object with events: the part of PeerJS's EventEmitter that its documentation uses.

    `On` is the type of `on` and `once`: which handler belongs to which event.

    Args:
        owner: who ends the handlers that run as tasks; without one, this object itself.
    """

    _EVENTS: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # what the handlers are called with
    _PEERJS_NAMES: ClassVar[Mapping[str, str]] = {
        "addListener": "on",
        "removeListener": "off",
        "removeAllListeners": "off",
    }

    def __init__(self, owner: TaskOwner | None = None) -> None:
        self._handlers: dict[str, list[tuple[Callable[..., object], bool]]] = {}
        self._running = TaskOwner(type(self).__name__, owner)

    if TYPE_CHECKING:

        @property
        def on(self) -> On: ...
        @property
        def once(self) -> On: ...
    else:

        def on(self, event: str, handler: Handler | None = None) -> Any:
            """Call `handler` at each event of this name; without one, decorate it.

            For an "open", "stream" or "close" that has already happened, it is called soon.

            Raises:
                ValueError: there is no such event.
                TypeError: the handler is no function, or cannot be called with what the event has
                    to say.
            """
            return self._subscribe(event, handler, once=False)

        def once(self, event: str, handler: Handler | None = None) -> Any:
            """Like `on`, for the next event alone."""
            return self._subscribe(event, handler, once=True)

    def off(self, event: EventName, handler: Callable[..., object] | None = None) -> None:
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

    def _require_handler(self, event: str, handler: object) -> None:
        check_handler(f"on({event!r})", handler, self._EVENTS[event])

    def _add(self, event: str, handler: Handler, *, once: bool) -> Handler:
        self._require_handler(event, handler)
        self._handler_added(event)
        past = self._past(event)
        if past is not None:
            asyncio.get_running_loop().call_soon(self._call, handler, past)
        if past is None or not once:
            self._handlers.setdefault(event, []).append((handler, once))
        return handler

    def _past(self, event: str) -> tuple[object, ...] | None:
        """Arguments for a handler that is added after its event; None if it did not happen."""
        return None

    def _handler_added(self, event: str) -> None:
        """A handler is being added; an exception keeps it out."""

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
            self._running.start(work, name_of(handler), quietly=(ConnectionClosed,))


async def _wait_for(result: Awaitable[Any]) -> None:
    await result


def _report(handler: Callable[..., object], error: BaseException) -> None:
    if isinstance(error, ConnectionClosed):
        logger.info("%s has ended: %s", name_of(handler), error)
    else:
        report(name_of(handler), error)
