"""The events of a Peer, and what each calls its handlers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar, overload

from peerscript.aio.events import ErrorHandler, PlainHandler, TextHandler
from peerscript.data.connection import DataConnection
from peerscript.errors import PeerScriptError
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
        self, event: Literal["open", "disconnected"], handler: Callable[[str], object]
    ) -> Callable[[str], object]: ...
    @overload
    def __call__(
        self, event: Literal["connection"]
    ) -> Callable[[ConnectionHandler], ConnectionHandler]: ...
    @overload
    def __call__(
        self, event: Literal["connection"], handler: Callable[[DataConnection], object]
    ) -> Callable[[DataConnection], object]: ...
    @overload
    def __call__(self, event: Literal["call"]) -> Callable[[CallHandler], CallHandler]: ...
    @overload
    def __call__(
        self, event: Literal["call"], handler: Callable[[MediaConnection], object]
    ) -> Callable[[MediaConnection], object]: ...
    @overload
    def __call__(self, event: Literal["close"]) -> Callable[[PlainHandler], PlainHandler]: ...
    @overload
    def __call__(
        self, event: Literal["close"], handler: Callable[[], object]
    ) -> Callable[[], object]: ...
    @overload
    def __call__(self, event: Literal["error"]) -> Callable[[ErrorHandler], ErrorHandler]: ...
    @overload
    def __call__(
        self, event: Literal["error"], handler: Callable[[PeerScriptError], object]
    ) -> Callable[[PeerScriptError], object]: ...
