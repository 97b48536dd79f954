"""The events of a Peer, and what each calls its handlers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar, overload

from peerscript.aio.events import ErrorHandler, PlainHandler, TextHandler
from peerscript.data.connection import DataConnection
from peerscript.media.connection import MediaConnection

ConnectionHandler = TypeVar("ConnectionHandler", bound=Callable[[DataConnection], object])
CallHandler = TypeVar("CallHandler", bound=Callable[[MediaConnection], object])

PeerEvent = Literal["open", "connection", "call", "close", "disconnected", "error"]
PEER_EVENTS: dict[str, tuple[str, ...]] = {
    "open": ("id",),
    "connection": ("connection",),
    "call": ("call",),
    "close": (),
    "disconnected": ("id",),
    "error": ("error",),
}


class PeerOn(Protocol):
    """The type of `Peer.on` and `Peer.once`."""

    @overload
    def __call__(
        self, event: Literal["open", "disconnected"]
    ) -> Callable[[TextHandler], TextHandler]: ...
    @overload
    def __call__(
        self, event: Literal["open", "disconnected"], handler: TextHandler
    ) -> TextHandler: ...
    @overload
    def __call__(
        self, event: Literal["connection"]
    ) -> Callable[[ConnectionHandler], ConnectionHandler]: ...
    @overload
    def __call__(
        self, event: Literal["connection"], handler: ConnectionHandler
    ) -> ConnectionHandler: ...
    @overload
    def __call__(self, event: Literal["call"]) -> Callable[[CallHandler], CallHandler]: ...
    @overload
    def __call__(self, event: Literal["call"], handler: CallHandler) -> CallHandler: ...
    @overload
    def __call__(self, event: Literal["close"]) -> Callable[[PlainHandler], PlainHandler]: ...
    @overload
    def __call__(self, event: Literal["close"], handler: PlainHandler) -> PlainHandler: ...
    @overload
    def __call__(self, event: Literal["error"]) -> Callable[[ErrorHandler], ErrorHandler]: ...
    @overload
    def __call__(self, event: Literal["error"], handler: ErrorHandler) -> ErrorHandler: ...
