"""The events of a MediaConnection, and what each calls its handlers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar, overload

from peerscript.aio.events import ErrorHandler, PlainHandler, TextHandler
from peerscript.errors import PeerScriptError
from peerscript.ports.streams import MediaStream

StreamHandler = TypeVar("StreamHandler", bound=Callable[[MediaStream], object])

CallEvent = Literal["stream", "close", "error", "iceStateChanged", "willCloseOnRemote"]
CALL_EVENTS: dict[str, tuple[str, ...]] = {
    "stream": ("stream",),
    "close": (),
    "error": ("error",),
    "iceStateChanged": ("state",),
    "willCloseOnRemote": (),
}


class CallOn(Protocol):
    """The type of `MediaConnection.on` and `MediaConnection.once`."""

    @overload
    def __call__(self, event: Literal["stream"]) -> Callable[[StreamHandler], StreamHandler]: ...
    @overload
    def __call__(
        self, event: Literal["stream"], handler: Callable[[MediaStream], object]
    ) -> Callable[[MediaStream], object]: ...
    @overload
    def __call__(
        self, event: Literal["close", "willCloseOnRemote"]
    ) -> Callable[[PlainHandler], PlainHandler]: ...
    @overload
    def __call__(
        self, event: Literal["close", "willCloseOnRemote"], handler: Callable[[], object]
    ) -> Callable[[], object]: ...
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
