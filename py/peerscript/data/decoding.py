"""The values of frames that have arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peerscript.protocol.values.codecs import Codec, Frame, Signal

VALUE_SIZE = 64  # bytes of memory that a value takes at least, besides its encoded bytes

Sized = tuple[Any, int]  # a value, and the bytes that it takes in an inbox


def decoded(codec: Codec, frames: Sequence[Frame]) -> tuple[list[Sized], list[Exception], bool]:
    """Decode frames: the values, what was wrong with others, and whether the other side closes.

    One that cannot be read takes neither what stands before it nor the next ones along.
    """
    arrived: list[Sized] = []
    problems: list[Exception] = []
    for frame in frames:
        values: list[Any] = []
        try:
            values += codec.decode(frame)  # what comes before an error is kept
        except Exception as error:
            problems.append(error)
        closes = bool(values) and values[-1] is Signal.CLOSE
        if closes:
            values.pop()
        if values:
            size = len(frame) // len(values) + VALUE_SIZE
            arrived += [(value, size) for value in values]
        if closes:
            return arrived, problems, True
    return arrived, problems, False
