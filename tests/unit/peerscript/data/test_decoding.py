"""Several frames are decoded at once, and none spoils another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from peerscript.data.decoding import VALUE_SIZE, decoded
from peerscript.errors import UnreadableMessage
from peerscript.protocol.values.codecs import Codec, Frame, Signal


class Letters(Codec):
    """A value for each letter, but for those that mean something else."""

    def encode(self, value: object, max_frame_size: int) -> Sequence[Frame]:
        return (str(value),)

    def decode(self, frame: Frame) -> Iterable[object]:
        for letter in frame:
            if letter == "!":
                raise UnreadableMessage("an exclamation mark")
            if letter == "0":
                raise ZeroDivisionError
            yield Signal.CLOSE if letter == "." else letter


def test_values_come_in_order_each_with_its_size() -> None:
    values, problems, closes = decoded(Letters(), ["a", "", "bcd"])
    assert values == [(each, 1 + VALUE_SIZE) for each in "abcd"]
    assert problems == []
    assert not closes


def test_what_cannot_be_read_takes_nothing_along() -> None:
    values, problems, closes = decoded(Letters(), ["a!b", "c", "0", "d"])
    assert [value for value, _ in values] == ["a", "c", "d"]
    assert [type(problem) for problem in problems] == [UnreadableMessage, ZeroDivisionError]
    assert not closes


def test_nothing_is_read_behind_the_end() -> None:
    values, problems, closes = decoded(Letters(), ["ab.", "c", "!"])
    assert [value for value, _ in values] == ["a", "b"]
    assert problems == []
    assert closes
