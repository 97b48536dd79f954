"""What PeerJS's names are called here, for those who write them out of habit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, ClassVar, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def in_snake_case(name: str) -> str:
    """`listAllPeers` is `list_all_peers`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), name)


class PeerJsNames:
    """An object that tells what it calls a thing when it is asked for PeerJS's name of it."""

    # Names that differ in more than their spelling; see docs/peerjs.md.
    _PEERJS_NAMES: ClassVar[Mapping[str, str]] = {}

    if not TYPE_CHECKING:  # with it, type checkers would believe in any name

        def __getattr__(self, name: str) -> object:
            owner = type(self)
            here = owner._PEERJS_NAMES.get(name, in_snake_case(name))
            known = here != name and (hasattr(owner, here) or here in vars(self))
            hint = f": it is {here}" if known else ""
            raise AttributeError(
                f"{owner.__name__} has no {name!r}{hint}", name=name, obj=self
            ) from None


def keyword_options(function: Callable[P, T]) -> Callable[P, T]:
    """Explain PeerJS's way to give options, as an object or by its names, where somebody tries it.

    `function` takes its options as keyword arguments alone.
    """
    code = function.__code__
    known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    options = known[code.co_argcount :]
    title = function.__qualname__.removesuffix(".__init__")

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        if len(args) > code.co_argcount:
            before = "…, " if code.co_argcount else ""
            raise TypeError(
                f"{title} takes its options as keyword arguments: {title}({before}{options[0]}=…)"
            )
        for name in kwargs:
            if name not in known:
                here = in_snake_case(name)
                hint = f"it is {here}" if here in known else f"there are {', '.join(options)}"
                raise TypeError(f"{title} has no option {name!r}: {hint}")
        return function(*args, **kwargs)

    return checked
