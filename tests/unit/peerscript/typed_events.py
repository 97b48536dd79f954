"""What the types say of events, and what the emitters do."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, get_args, get_overloads, get_type_hints


def overloaded(on: Any) -> dict[str, int]:
    """How many overloads of a type of `on` name each event: one for a call, one to decorate."""
    found: dict[str, int] = {}
    # `on.__call__` itself is what `typing` puts in the place of every overload.
    method: Any = SimpleNamespace(
        __module__=on.__module__, __qualname__=f"{on.__qualname__}.__call__"
    )
    for form in get_overloads(method):
        for name in get_args(get_type_hints(form)["event"]):
            found[name] = found.get(name, 0) + 1
    return found


def check_events(name: Any, events: Mapping[str, tuple[str, ...]], on: Any) -> None:
    """Assert that a Literal, what is emitted and the overloads are about the same events."""
    assert set(get_args(name)) == set(events)
    assert overloaded(on) == dict.fromkeys(events, 2)
