"""What a handler must be, and what it is called.

`Emitter.on` takes handlers for events, `handle_each` for what arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from inspect import signature


def name_of(handler: object) -> str:
    """A handler's name, for reports."""
    while isinstance(handler, partial):
        handler = handler.func
    return f"the handler {getattr(handler, '__name__', type(handler).__name__)!r}"


def check_handler(taker: str, handler: object, arguments: Sequence[str]) -> None:
    """Check that a handler can be called.

    Args:
        taker: what it was given to, for the error.
        arguments: the names of what it is called with.

    Raises:
        TypeError: it is no function, or takes something else.
    """
    if not callable(handler):
        raise TypeError(f"{taker} takes a function, not {handler!r}")
    try:
        takes = signature(handler)
    except (ValueError, TypeError):
        return  # a function of C or JavaScript does not say
    try:
        takes.bind(*arguments)
    except TypeError:
        raise TypeError(
            f"{name_of(handler)} must take ({', '.join(arguments)}): {taker} calls it so"
        ) from None
