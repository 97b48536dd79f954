"""Dataclasses that can be sent: those that both pages have registered under the same name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from peerscript.errors import UnreadableMessage

T = TypeVar("T", bound=type)

_BY_NAME: dict[str, type] = {}
_NAMES: dict[type, str] = {}


@overload
def sendable(cls: T) -> T: ...
@overload
def sendable(*, name: str) -> Callable[[T], T]: ...
def sendable(cls: T | None = None, *, name: str | None = None) -> T | Callable[[T], T]:
    """Register a dataclass, so that it can be sent between two PeerScript pages in "binary".

        @sendable
        @dataclass
        class Move:
            piece: str
            to: tuple[int, int]

    The other page must register one of the same name, before the two connect. It is constructed
    there from the fields of `__init__`; the other side has chosen their values, so check them as
    you would check any message. Plain PeerJS receives an object.

    Args:
        name: its name in messages; the class's own name if not given.

    Raises:
        TypeError: it is not a dataclass.
        ValueError: another class has this name.
    """
    if cls is None:
        return lambda decorated: _register(decorated, name)
    return _register(cls, name)


def _register(cls: T, name: str | None) -> T:
    if not (isinstance(cls, type) and dataclasses.is_dataclass(cls)):
        raise TypeError(f"{cls!r} is no dataclass")
    name = name or cls.__name__
    taken = _BY_NAME.get(name)
    # A notebook or a reloaded module defines the same class again: the newest definition is used.
    if taken is not None and _origin(taken) != _origin(cls):
        raise ValueError(f"the name {name!r} is taken by {taken!r}; give `name=` another")
    _BY_NAME[name] = cls
    _NAMES[cls] = name
    return cls


def _origin(cls: type) -> tuple[str, str]:
    return cls.__module__, cls.__qualname__


def names() -> list[str]:
    """The names that this page has registered."""
    return sorted(_BY_NAME)


def listed(limit: int) -> str:
    """The names that this page has registered, a line each, cut at `limit` characters."""
    text = "\n".join(names())
    return text if len(text) <= limit else text[:limit].rpartition("\n")[0]


def name_of(value: object) -> str | None:
    """The registered name of a value's class; None if it is not registered."""
    return _NAMES.get(type(value))


def is_registered(cls: type) -> bool:
    """Whether values of a class can be sent."""
    return cls in _NAMES


def fields_of(value: Any) -> dict[object, object]:
    """The fields that `__init__` takes."""
    return {
        field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init
    }


def make(name: object, fields: object) -> object:
    """Construct a registered dataclass.

    Raises:
        UnreadableMessage: there is none of this name, or it cannot be made of these fields.
    """
    cls = _BY_NAME.get(name) if isinstance(name, str) else None
    if cls is None or not isinstance(fields, Mapping):
        raise UnreadableMessage(f"a dataclass {name!r:.60} that this page has not registered")
    try:
        return cls(**fields)
    except Exception as error:  # whatever a class of the user's raises about a stranger's values
        raise UnreadableMessage(f"no {name} can be made of what arrived: {error}") from error
