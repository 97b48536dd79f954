"""The events of a Room and a Member, and what each calls its handlers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar, overload

from peerscript.aio.events import PlainHandler, PlainOn
from peerscript.errors import PeerScriptError

AMember = TypeVar("AMember")  # `Member`, whose module imports this one
RefusedHandler = TypeVar("RefusedHandler", bound=Callable[[PeerScriptError, str], object])

MemberEvent = Literal["change", "reload", "leave"]
# What those who come from PeerJS may look for.
MEMBER_HINTS = {"data": "write `async for value in member`", "close": 'it is "leave"'}
ROOM_HINTS = {
    "data": "write `async for member, value in room.messages()`",
    "connection": 'it is "join"',
}

MEMBER_EVENTS: dict[str, tuple[str, ...]] = {"change": (), "reload": (), "leave": ()}
MemberOn = PlainOn[MemberEvent]

RoomEvent = Literal["join", "leave", "reload", "change", "refused"]
ROOM_EVENTS: dict[str, tuple[str, ...]] = {
    "join": ("member",),
    "leave": ("member",),
    "reload": ("member",),
    "change": (),
    "refused": ("error", "peer_id"),
}


class RoomOn(Protocol[AMember]):
    """The type of `Room.on` and `Room.once`."""

    @overload
    def __call__(
        self, event: Literal["join", "leave", "reload"]
    ) -> Callable[[Callable[[AMember], object]], Callable[[AMember], object]]: ...
    @overload
    def __call__(
        self, event: Literal["join", "leave", "reload"], handler: Callable[[AMember], object]
    ) -> Callable[[AMember], object]: ...
    @overload
    def __call__(self, event: Literal["change"]) -> Callable[[PlainHandler], PlainHandler]: ...
    @overload
    def __call__(
        self, event: Literal["change"], handler: Callable[[], object]
    ) -> Callable[[], object]: ...
    @overload
    def __call__(self, event: Literal["refused"]) -> Callable[[RefusedHandler], RefusedHandler]: ...
    @overload
    def __call__(
        self, event: Literal["refused"], handler: Callable[[PeerScriptError, str], object]
    ) -> Callable[[PeerScriptError, str], object]: ...
