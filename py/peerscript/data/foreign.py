"""JavaScript's objects inside a value to send: their bytes take their place.

The codecs know Python's values alone, and refuse all others. Only a value that was refused is
searched here, so that sending one without JavaScript's objects costs nothing more.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from peerscript.browser import recognizer
from peerscript.errors import PeerScriptError, SerializationError
from peerscript.ports.foreign import Blob, Buffer, Foreign, Null
from peerscript.protocol.values.codecs import Codec
from peerscript.protocol.values.packing import MAX_DEPTH, MAX_VALUES, path_to

Place = tuple[object, ...]  # the keys that lead to it
Put = Callable[[Any], None]

_ORDINARY = frozenset({str, int, float, bool, bytes, type(None)})


class Draft:
    """A copy of a value to send, in which Python's values stand for JavaScript's objects.

    Attributes:
        value: the copy; Blobs are in it until `read` has put their bytes there.
        unread_size: the number of bytes that `read` will put in.
        foreign: whether there was anything of JavaScript's.

    Args:
        serialization: as errors name it.
        carries_bytes: whether it does.

    Raises:
        SerializationError: an object that no message carries; it says what to do instead.
    """

    def __init__(self, value: object, serialization: str, *, carries_bytes: bool) -> None:
        self._serialization = serialization
        self._carries_bytes = carries_bytes
        self._recognize = recognizer()
        self._unread: list[tuple[Blob, Place, Put]] = []
        self._searched = 0
        self.unread_size = 0
        self.foreign = False
        self.value: Any = self._native(value, (), partial(setattr, self, "value"))

    @property
    def complete(self) -> bool:
        """Whether there are no Blobs to read."""
        return not self._unread

    def incomplete(self) -> SerializationError:
        """Return the error for a draft that is not complete, where nothing may be awaited."""
        blob, place, _ = self._unread[0]
        return SerializationError(
            f"{path_to(place)}: {blob.kind} must be read first: `await send(…)` does so"
        )

    async def read(self) -> Any:
        """Read the Blobs, and return the value.

        Raises:
            SerializationError: one cannot be read.
        """
        for blob, place, put in self._unread:
            try:
                put(await blob.read())
            except OSError as error:
                raise _unreadable(blob, place, error) from error
        return self.value

    def _native(self, value: object, place: Place, put: Put) -> object:
        """Return what stands for a value; `put` puts something else there later."""
        found = self._recognize(value)
        if found is not None:
            self.foreign = True
            return self._native_of(found, value, place, put)
        if inspect.isawaitable(value):  # Pyodide makes a Python future of a promise
            raise self._refused(type(value).__name__, "await it first", place)
        return self._copied(value, place)

    def _native_of(self, found: Foreign, value: object, place: Place, put: Put) -> object:
        if isinstance(found, Null):
            return None
        if not isinstance(found, Blob | Buffer):
            raise self._refused(found.kind, found.advice, place)
        if not self._carries_bytes:
            raise self._refused(found.kind, 'it carries no bytes, "binary" does', place)
        if isinstance(found, Blob):
            self._unread.append((found, place, put))
            self.unread_size += found.size
            return value
        try:
            return found.copy()
        except OSError as error:
            raise _unreadable(found, place, error) from error

    def _copied(self, value: object, place: Place) -> object:
        """Return a copy of a container; anything else as it is."""
        made, items, put = _opened(value)
        for key, item in items:
            self._searched += 1
            if len(place) >= MAX_DEPTH or self._searched > MAX_VALUES:
                break  # a codec refuses so much
            if type(item) not in _ORDINARY:
                put(key, self._native(item, (*place, key), partial(put, key)))
        return made

    def _refused(self, kind: str, advice: str, place: Place) -> SerializationError:
        return SerializationError(
            f'{path_to(place)}: {kind} has no place in "{self._serialization}": {advice}'
        )


def _opened(
    value: Any,
) -> tuple[object, Iterable[tuple[Any, object]], Callable[[Any, object], None]]:
    """Return a copy of a container, its items, and what puts another item into the copy."""
    if isinstance(value, dict):
        entries = dict(value)
        return entries, value.items(), entries.__setitem__
    if isinstance(value, list | tuple):
        items = list(value)
        return items, enumerate(value), items.__setitem__
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        made = copy.copy(value)
        names = [field.name for field in dataclasses.fields(value) if hasattr(value, field.name)]
        fields = [(name, getattr(value, name)) for name in names]
        return made, fields, partial(object.__setattr__, made)  # also of a frozen one
    return value, (), lambda _key, _item: None


def _unreadable(found: Blob | Buffer, place: Place, error: OSError) -> SerializationError:
    return SerializationError(f"{path_to(place)}: {found.kind} cannot be read: {error}")


def draft_of(
    value: object,
    serialization: str,
    check_size: Callable[[int], None],
    *,
    carries_bytes: bool = True,
) -> Draft | None:
    """Return a draft of a value that a codec has refused; None without objects of JavaScript's.

    Args:
        check_size: raises an error if no message can have so many bytes in it.

    Raises:
        SerializationError: see Draft.
    """
    try:
        draft = Draft(value, serialization, carries_bytes=carries_bytes)
        if draft.foreign:
            check_size(draft.unread_size)
    except PeerScriptError as error:
        raise error from error.__cause__  # without the codec's error, which says less
    return draft if draft.foreign else None


def draft_for(
    codec: Codec, value: object, serialization: str, max_frame_size: int, refusal: Exception
) -> Draft | None:
    """Return a draft of a value that this codec has refused; None where it was only undecided.

    Raises:
        SerializationError: the refusal, if JavaScript has no part in it; or see Draft.
        MessageTooBig: the Blobs are larger than one message may be.
    """
    check = partial(codec.check_size, max_frame_size=max_frame_size)
    draft = draft_of(value, serialization, check, carries_bytes=codec.carries_bytes)
    if draft is None and isinstance(refusal, SerializationError):
        raise refusal
    return draft
