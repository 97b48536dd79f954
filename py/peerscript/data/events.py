"""The events of a DataConnection, and what each calls its handlers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeVar, overload

from peerscript.aio.events import ErrorHandler, PlainHandler, TextHandler
from peerscript.errors import PeerScriptError

DataHandler = TypeVar("DataHandler", bound=Callable[[Any], object])

ConnectionEvent = Literal["open", "data", "close", "error", "iceStateChanged"]
CONNECTION_EVENTS: dict[str, tuple[str, ...]] = {
    "open": (),
    "data": ("data",),
    "close": (),
    "error": ("error",),
    "iceStateChanged": ("state",),
}


class ConnectionOn(Protocol):
    """The type of `DataConnection.on` and `DataConnection.once`."""

    @overload
    def __call__(
        self, event: Literal["open", "close"]
    ) -> Callable[[PlainHandler], PlainHandler]: ...
    @overload
    def __call__(
        self, event: Literal["open", "close"], handler: Callable[[], object]
    ) -> Callable[[], object]: ...
    @overload
    def __call__(self, event: Literal["data"]) -> Callable[[DataHandler], DataHandler]: ...
    @overload
    def __call__(
        self, event: Literal["data"], handler: Callable[[Any], object]
    ) -> Callable[[Any], object]: ...
    @overload
    def __call__(self, event: Literal["error"]) -> Callable[[ErrorHandler], ErrorHandler]: ...
    @overload
    def __call__(
        self, event: Literal["error"], handler: Callable[[PeerScriptError], object]
    ) -> Callable[[PeerScriptError], object]: ...
    @overload
    def __call__(
        self, event: Literal["iceStateChanged"]
    ) -> Callable[[TextHandler], TextHandler]: ...
    @overload
    def __call__(
        self, event: Literal["iceStateChanged"], handler: Callable[[str], object]
    ) -> Callable[[str], object]: ...
