"""Checks of values against annotations, made once when a function is served.

A value is checked as it is after its way (docs/values.md): where a tuple is expected a list is
taken, and made a tuple. `int` and `float` take no bool, and `float` takes an int, as type checkers
do.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence as AbstractSequence
from dataclasses import fields, is_dataclass, replace
from inspect import Parameter
from operator import is_
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from peerscript.protocol.values import sendable

Check = Callable[[Any], Any]  # returns the value, or its tuple; raises Mismatch

_PLAIN: dict[Any, tuple[type, ...]] = {
    bool: (bool,),
    int: (int,),
    float: (float, int),
    complex: (complex, float, int),
    str: (str,),
    bytes: (bytes,),
    memoryview: (memoryview,),
    datetime.datetime: (datetime.datetime,),
    datetime.date: (datetime.date,),
    datetime.time: (datetime.time,),
    datetime.timedelta: (datetime.timedelta,),
    NoneType: (NoneType,),
    None: (NoneType,),
}
_LISTS = (list, AbstractSequence)
_DICTS = (dict, AbstractMapping)


class Mismatch(ValueError):
    """A value does not fit its annotation.

    Args:
        place: of the value within the whole one: "[3]".
    """

    def __init__(self, words: str, place: str = "") -> None:
        super().__init__(f"{place}: {words}" if place else words)
        self.words = words
        self.place = place

    def within(self, place: str) -> Mismatch:
        """The same, seen from further outside."""
        return Mismatch(self.words, place + self.place)


def check_for(annotation: Any) -> Check | None:
    """Make the check for an annotation; None if every value fits it.

    Raises:
        TypeError: values cannot be checked against it, or none that can be sent would fit.
    """
    return _check_for(annotation, {})


def _check_for(annotation: Any, dataclasses: dict[type, Check]) -> Check | None:
    if annotation is Any or annotation is object or annotation is Parameter.empty:
        return None
    if annotation is None or (isinstance(annotation, type) and annotation in _PLAIN):
        return _plain(annotation)
    origin, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if origin is Literal:
        return _literal(arguments)
    if origin is Union or origin is UnionType:
        return _union(annotation, [_check_for(each, dataclasses) for each in arguments])
    if origin in _LISTS:
        return _list(_check_for(arguments[0], dataclasses) if arguments else None)
    if origin in _DICTS:
        key, value = arguments or (str, Any)
        if key is not str and key is not Any:
            raise TypeError(f"{name_of(annotation)}: the keys of a dict that is sent are str")
        return _dict(_check_for(value, dataclasses))
    if origin is tuple:
        return _tuple(arguments, dataclasses)
    if isinstance(annotation, type) and sendable.is_registered(annotation):
        return dataclasses.get(annotation) or _dataclass(annotation, dataclasses)
    hint = "; decorate it with @sendable" if is_dataclass(annotation) else ""
    raise TypeError(f"values cannot be checked to be {name_of(annotation)}{hint}")


def name_of(annotation: Any) -> str:
    """An annotation as a person writes it."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation.__name__
    return str(annotation).replace("typing.", "")


def _wrong(value: object, expected: str) -> Mismatch:
    return Mismatch(f"{expected} is expected, not {type(value).__name__}")


def _plain(annotation: Any) -> Check:
    types = _PLAIN[annotation]
    expected = "None" if NoneType in types else annotation.__name__

    def check(value: Any) -> Any:
        if type(value) not in types:
            raise _wrong(value, expected)
        return value

    return check


def _literal(choices: tuple[Any, ...]) -> Check:
    exact = [(type(choice), choice) for choice in choices]
    expected = ", ".join(repr(choice) for choice in choices)

    def check(value: Any) -> Any:
        if (type(value), value) not in exact:
            raise Mismatch(f"one of {expected} is expected")
        return value

    return check


def _union(annotation: Any, checks: list[Check | None]) -> Check | None:
    certain = [check for check in checks if check is not None]
    if len(certain) < len(checks):
        return None

    def check(value: Any) -> Any:
        for one in certain:
            try:
                return one(value)
            except Mismatch:
                continue
        raise _wrong(value, name_of(annotation))

    return check


def _list(each: Check | None) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not list:
            raise _wrong(value, "list")
        return value if each is None else _kept(value, _checked(value, [each] * len(value)))

    return check


def _checked(values: Any, checks: list[Check | None]) -> list[Any]:
    done = []
    for place, (value, check) in enumerate(zip(values, checks, strict=True)):
        try:
            done.append(value if check is None else check(value))
        except Mismatch as error:
            raise error.within(f"[{place}]") from None
    return done


def _dict(each: Check | None) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not dict:
            raise _wrong(value, "dict")
        if each is None:
            return value
        done = {key: _item(key, entry, each) for key, entry in value.items()}
        return done if any(done[key] is not value[key] for key in value) else value

    return check


def _kept(before: Any, after: Any) -> Any:
    """The value itself if nothing in it was converted."""
    return before if all(map(is_, before, after)) else after


def _item(key: Any, value: Any, check: Check) -> Any:
    try:
        return check(value)
    except Mismatch as error:
        raise error.within(f"[{key!r:.40}]") from None


def _tuple(arguments: tuple[Any, ...], dataclasses: dict[type, Check]) -> Check:
    endless = not arguments or arguments[-1] is Ellipsis
    checks = [_check_for(each, dataclasses) for each in (arguments or (Any,)) if each is not ...]

    def check(value: Any) -> Any:
        if type(value) not in (list, tuple):
            raise _wrong(value, "tuple")
        if not endless and len(value) != len(checks):
            raise Mismatch(f"a tuple of {len(checks)} is expected, not of {len(value)}")
        done = tuple(_checked(value, checks * len(value) if endless else checks))
        return _kept(value, done) if type(value) is tuple else done

    return check


def _dataclass(cls: Any, dataclasses: dict[type, Check]) -> Check:
    checks: dict[str, Check] = {}

    def check(value: Any) -> Any:
        if not isinstance(value, cls):
            raise _wrong(value, cls.__name__)
        changed = {}
        for name, one in checks.items():
            before = getattr(value, name)
            try:
                after = one(before)
            except Mismatch as error:
                raise error.within(f".{name}") from None
            if after is not before:
                changed[name] = after
        return _replaced(value, changed) if changed else value

    dataclasses[cls] = check  # before its fields, which may be of the same class
    hints = get_type_hints(cls)
    for entry in fields(cls):
        one = _check_for(hints[entry.name], dataclasses) if entry.init else None
        if one is not None:
            checks[entry.name] = one
    return check


def _replaced(value: Any, changed: dict[str, Any]) -> Any:
    try:
        return replace(value, **changed)
    except Exception as error:  # whatever a class of the user's raises about a stranger's values
        raise Mismatch(f"no {type(value).__name__} can be made of it: {error}") from error
