"""The functions that a page serves: by name, with the checks of their arguments and results."""

from __future__ import annotations

import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from functools import partial
from inspect import Parameter
from typing import Any, TypeVar, get_args, get_origin, get_type_hints, overload

from peerscript.protocol.remote.checking import Check, Mismatch, check_for
from peerscript.protocol.remote.messages import MAX_NAME

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])

_VARIADIC = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
_ASYNC_ITERATORS = (AsyncGenerator, AsyncIterable, AsyncIterator)


class Served:
    """A function that may be called by another page.

    Attributes:
        name: by which it is called.
        function: what is called.
        stream: whether it is an async generator.

    Raises:
        TypeError: it is no `async` function, or values cannot be checked against an annotation.
    """

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self.name = name
        self.function = function
        self.stream = inspect.isasyncgenfunction(function)
        if not (self.stream or inspect.iscoroutinefunction(function)):
            raise TypeError(f"{name}: write it with `async def`; {function!r} cannot be served")
        self._signature = inspect.signature(function)
        hints = _hints(function, name)
        parameters = self._signature.parameters.values()
        self._checks = {each.name: _check(hints, each.name, name) for each in parameters}
        self._result = _check(hints, "return", name, _item if self.stream else None)
        # Most calls give all by position; `Signature.bind` costs as much as the rest of a call.
        positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        self._in_order = [each.name for each in parameters if each.kind in positional]
        required = [each for each in parameters if each.default is Parameter.empty]
        self._enough = sum(each.kind in positional for each in required)
        self._simple = all(each.kind in positional for each in required)

    def arguments(
        self, given: Sequence[Any], named: Mapping[str, Any]
    ) -> tuple[Sequence[Any], Mapping[str, Any]]:
        """Check the arguments of a call; return those to call it with.

        Raises:
            Mismatch: one does not fit, is missing or unknown; the text names the parameter.
        """
        if self._simple and not named and self._enough <= len(given) <= len(self._in_order):
            names = self._in_order[: len(given)]
            return [self._fit(*each) for each in zip(names, given, strict=True)], {}
        try:
            bound = self._signature.bind(*given, **named)
        except TypeError as error:
            raise Mismatch(str(error)) from None
        for name, value in bound.arguments.items():
            bound.arguments[name] = self._fit_parameter(name, value)
        return bound.args, bound.kwargs

    def _fit_parameter(self, name: str, value: Any) -> Any:
        kind = self._signature.parameters[name].kind
        if kind is Parameter.VAR_POSITIONAL:
            return tuple(self._fit(name, each) for each in value)
        if kind is Parameter.VAR_KEYWORD:
            return {key: self._fit(name, each, key) for key, each in value.items()}
        return self._fit(name, value)

    def _fit(self, name: str, value: Any, shown: str = "") -> Any:
        check = self._checks[name]
        try:
            return value if check is None else check(value)
        except Mismatch as error:
            raise error.within(shown or name) from None

    def result(self, value: Any) -> Any:
        """Check what it has returned, or a value of the stream.

        Raises:
            TypeError: it does not fit the annotation: a bug of the function.
        """
        try:
            return value if self._result is None else self._result(value)
        except Mismatch as error:
            raise TypeError(f"what {self.name} gave: {error}") from None


def _hints(function: Callable[..., Any], name: str) -> dict[str, Any]:
    if isinstance(function, partial):
        raise TypeError(f"{name}: a partial has no annotations; write a function around it")
    try:
        return get_type_hints(function)
    except Exception as error:  # a name that is not there, or anything an annotation does
        raise TypeError(f"{name}: its annotations cannot be read: {error}") from error


def _check(
    hints: Mapping[str, Any], of: str, function: str, part: Callable[[Any], Any] | None = None
) -> Check | None:
    annotation = hints.get(of, Any)
    try:
        return check_for(annotation if part is None else part(annotation))
    except TypeError as error:
        raise TypeError(f"{function}: {of}: {error}") from None


def _item(annotation: Any) -> Any:
    """Of what an async generator is annotated with, what its values are."""
    arguments = get_args(annotation)
    return arguments[0] if arguments and get_origin(annotation) in _ASYNC_ITERATORS else Any


class Functions:
    """Functions that other pages may call by name; one collection may be served on many Links.

        functions = Functions()

        @functions.serve
        async def add(a: int, b: int) -> int:
            return a + b

        link.serve_all(functions)

    What is added later is served too.
    """

    def __init__(self) -> None:
        self._served: dict[str, Served] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._served)

    @overload
    def serve(self, function: AnyFunction, *, name: str | None = None) -> AnyFunction: ...
    @overload
    def serve(self, *, name: str | None = None) -> Callable[[AnyFunction], AnyFunction]: ...
    def serve(
        self, function: AnyFunction | None = None, *, name: str | None = None
    ) -> AnyFunction | Callable[[AnyFunction], AnyFunction]:
        """Let other pages call a function; returns it unchanged.

        Args:
            function: `async def`, with or without `yield`. Its annotations are checked at each
                call: None, bool, int, float, complex, str, bytes, memoryview, those of `datetime`,
                list, dict, tuple, unions, Literal, dataclasses that are `sendable`; Any, or none,
                takes everything.
            name: what others call it; its own name if not given.

        Raises:
            TypeError: it is not such a function, or values cannot be checked against an annotation.
            ValueError: the name is taken, no identifier, or begins with an underscore.
        """
        if function is None:
            return lambda decorated: self._add(decorated, name)
        return self._add(function, name)

    def _add(self, function: AnyFunction, name: str | None) -> AnyFunction:
        name = name or str(getattr(function, "__name__", function))
        if not name.isidentifier() or name.startswith("_") or len(name) > MAX_NAME:
            raise ValueError(
                f"{name!r} is no name for a served function: give `name=` an identifier of at most"
                f" {MAX_NAME} characters that does not begin with an underscore"
            )
        if name in self._served:
            raise ValueError(f"a function {name!r} is served already; give `name=` another")
        self._served[name] = Served(function, name)
        return function


def find(name: str, *collections: Functions) -> Served | None:
    """The function of this name, in the first collection that has it."""
    found = (each._served.get(name) for each in collections)
    return next((served for served in found if served is not None), None)
