"""The events of Links, Link and Channel, and what each calls its handlers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar, overload

from peerscript.aio.events import PlainHandler, PlainOn
from peerscript.data.connection import DataConnection
from peerscript.errors import LinkRefused
from peerscript.link.channel_inbox import Message

T = TypeVar("T")
ALink = TypeVar("ALink")  # `Link`, whose module imports this one
RefusedHandler = TypeVar("RefusedHandler", bound=Callable[[LinkRefused, str], object])

ConnectionHandler = TypeVar("ConnectionHandler", bound=Callable[[DataConnection], object])

LinksEvent = Literal["link", "refused", "connection"]
LINKS_EVENTS: dict[str, tuple[str, ...]] = {
    "link": ("link",),
    "refused": ("error", "peer_id"),
    "connection": ("connection",),
}

LinkEvent = Literal["change", "restart", "call", "granted"]
LINK_EVENTS: dict[str, tuple[str, ...]] = {"change": (), "restart": (), "call": (), "granted": ()}
LinkOn = PlainOn[LinkEvent]

ChannelEvent = Literal["delivered", "restart", "missing", "opened"]
CHANNEL_EVENTS: dict[str, tuple[str, ...]] = {
    "delivered": ("message",),
    "restart": (),
    "missing": (),
    "opened": (),
}


class LinksOn(Protocol[ALink]):
    """The type of `Links.on` and `Links.once`."""

    @overload
    def __call__(
        self, event: Literal["link"]
    ) -> Callable[[Callable[[ALink], object]], Callable[[ALink], object]]: ...
    @overload
    def __call__(
        self, event: Literal["link"], handler: Callable[[ALink], object]
    ) -> Callable[[ALink], object]: ...
    @overload
    def __call__(self, event: Literal["refused"]) -> Callable[[RefusedHandler], RefusedHandler]: ...
    @overload
    def __call__(
        self, event: Literal["refused"], handler: Callable[[LinkRefused, str], object]
    ) -> Callable[[LinkRefused, str], object]: ...
    @overload
    def __call__(
        self, event: Literal["connection"]
    ) -> Callable[[ConnectionHandler], ConnectionHandler]: ...
    @overload
    def __call__(
        self, event: Literal["connection"], handler: Callable[[DataConnection], object]
    ) -> Callable[[DataConnection], object]: ...


class ChannelOn(Protocol[T]):
    """The type of `Channel.on` and `Channel.once`."""

    @overload
    def __call__(
        self, event: Literal["delivered"]
    ) -> Callable[[Callable[[Message[T]], object]], Callable[[Message[T]], object]]: ...
    @overload
    def __call__(
        self, event: Literal["delivered"], handler: Callable[[Message[T]], object]
    ) -> Callable[[Message[T]], object]: ...
    @overload
    def __call__(
        self, event: Literal["restart", "missing", "opened"]
    ) -> Callable[[PlainHandler], PlainHandler]: ...
    @overload
    def __call__(
        self, event: Literal["restart", "missing", "opened"], handler: Callable[[], object]
    ) -> Callable[[], object]: ...
