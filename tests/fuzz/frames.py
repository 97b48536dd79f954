"""Frames that no honest page sends, made from those that one does."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from peerscript.protocol.link.channels import Mode
from peerscript.protocol.link.envelope import Envelope
from peerscript.protocol.link.messages import (
    HANDSHAKE,
    SESSION,
    Ack,
    Away,
    Beat,
    Bye,
    Named,
    NoChannel,
    Opened,
    Resume,
)
from peerscript.protocol.remote.messages import CHANNEL, REMOTE
from peerscript.protocol.values import pythonpack
from peerscript.protocol.vocabulary import Vocabulary, data, text

Frame = str | bytes


@dataclass(frozen=True)
class Offer:
    """A typed message with every kind of field."""

    number: int
    name: str = text(60)
    folder: bool = False
    thumbnail: bytes = data(1000, default=b"")


@dataclass(frozen=True)
class Done:
    """One without any."""


TYPED = Vocabulary[Offer | Done]({"offer": Offer, "done": Done})

CHANNELS = {  # of a page under attack, and some that it has not
    "chat": Mode.KEPT,
    "talk": Mode.RELIABLE,
    "files": Mode.BULK,
    "laser": Mode.LIVE,
    "typed": Mode.RELIABLE,
    CHANNEL: Mode.RELIABLE,
    "nobodys": Mode.KEPT,
    "a/b": Mode.LIVE,
}
VALUES: tuple[Any, ...] = (
    *("hello", "", None, True, 0, -1, 2**53, 2**64, 10**400, 1.5, float("nan"), b"", b"bytes"),
    *([], {}, [[[]]], {"kind": "turn"}, {"a": {"b": [1, b"2", "3"]}}, "x" * 5000, bytes(70_000)),
)

ARGUMENTS = pythonpack.pack([[5], {}])  # of a remote function

NUMBERS = (
    *("null", "true", "-1", "0", "1", "2", "1.5", "1e400", "-1e400", "NaN", "Infinity", "-0"),
    *(str(2**31), str(2**53), str(2**63), str(2**64), "9" * 400, "9" * 5000, "1" + "0" * 30),
)
TEXTS = (
    *('""', '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\u202e"', '"x"', '"__proto__"'),
    *(json.dumps("x" * size) for size in (61, 64, 301, 1025, 5000, 70_000)),
)
NESTED = ("[]", "{}", '[{"a": []}]', "[" * 90 + "]" * 90, "[" * 3000 + "]" * 3000, '{"a":' * 500)


def on_the_wire(frame: Frame) -> Frame:
    """A text frame travels as UTF-8: half a pair of surrogates cannot be in one."""
    return frame if isinstance(frame, bytes) else frame.encode(errors="replace").decode()


def near_misses(value: Any) -> tuple[Any, ...]:
    """Of the right type, and yet not right."""
    if isinstance(value, str):
        return value[:-1], value + "A", value[::-1], value.swapcase()
    if isinstance(value, bool):
        return not value, int(value)
    return value + 1, value + 2, float(value), str(value)


class Forge:
    """Makes frames.

    Args:
        chance: what is made depends on this alone.

    Attributes:
        numbers: the last that was used on each channel.
        said: every frame that was made, to be said again.
    """

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.numbers = Counter[str]()
        self.said: list[Frame] = []

    def attack(self) -> Frame:
        """Anything at all."""
        make = self.chance.choice(
            (
                *(self.rubbish, self.again, self.plausible, self.mutated, self.mutated),
                *(self.enveloped, self.enveloped, self.harmed, self.typed),
            )
        )
        frame = on_the_wire(make())
        self.said.append(frame)
        return frame

    def again(self) -> Frame:
        return self.chance.choice(self.said) if self.said else ""

    def rubbish(self) -> Frame:
        chance = self.chance
        size = chance.choice((0, 1, 3, 7, 8, 9, 20, 100, 5000, 262_000))
        kind = chance.randrange(4)
        if kind == 0:
            return chance.randbytes(size)
        if kind == 1:
            return bytes(8) + chance.randbytes(size)
        if kind == 2:
            return chance.choice('[{"0\\ u\u2028😀\0') * size
        return "".join(chr(chance.randrange(1, 0xD800)) for _ in range(min(size, 500)))

    def honest(self) -> Any:
        """A message that is right, if its numbers happen to be."""
        near = self.chance.choice((0, 0, 1, 1, 2, 2**53 - 1))
        name = self.chance.choice(list(CHANNELS))
        mode = self.chance.choice((CHANNELS[name], CHANNELS[name], *Mode))
        return self.chance.choice(
            (
                Resume("Mallory", "epoch", ""),
                Resume("Mallory", self.chance.choice(("epoch", "another")), "epoch", "Move\nTurn"),
                *(Opened(near, name, mode.value), Opened(0, name, CHANNELS[name].value)),
                *(NoChannel(name), Ack(0, name), Ack(near, name)),
                *(Beat(), Away(), Bye(), Named("Mallory"), Named("Ada")),
            )
        )

    def plausible(self) -> Frame:
        return SESSION.encode(self.honest())

    def mutated(self, frame: str | None = None) -> Frame:
        """A good frame, and something is wrong with it."""
        chance = self.chance
        frame = SESSION.encode(self.honest()) if frame is None else frame
        table: dict[str, Any] = json.loads(frame)
        values = {name: json.dumps(value) for name, value in table.items()}
        name = chance.choice(list(values))
        kind = chance.randrange(10)
        if kind == 0:
            del values[name]
        elif kind <= 4:
            near = tuple(json.dumps(each) for each in near_misses(table[name]))
            values[name] = chance.choice(chance.choice((NUMBERS, TEXTS, NESTED, near)))
        elif kind == 5:
            values["kind"] = json.dumps(chance.choice([*SESSION.kinds, *HANDSHAKE.kinds]))
        elif kind == 6:
            return frame[: chance.randrange(len(frame))]
        elif kind == 7:
            return frame.encode()
        elif kind == 8:
            place = chance.randrange(len(frame))
            return frame[:place] + chance.choice('"{}[],:\\0x\0😀') + frame[place + 1 :]
        else:
            return frame + " " * chance.choice((1, 5000, 200_000))
        return "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in values.items()) + "}"

    def envelope(self, name: str, payload: bytes) -> Envelope:
        """In its turn, more often than not; whole, more often than not."""
        chance = self.chance
        if chance.random() < 0.9:
            self.numbers[name] += 1
        number = chance.choice((*[self.numbers[name]] * 8, 1, self.numbers[name] + 2))
        return Envelope(name, max(number, 1), payload, more=chance.random() < 0.1)

    def enveloped(self) -> bytes:
        """Any value, for any channel."""
        chance = self.chance
        payload = pythonpack.pack(chance.choice(VALUES))
        if chance.random() < 0.3:
            place = chance.randrange(len(payload))
            payload = chance.choice(
                (
                    *(payload[:place], payload + payload, payload[1:], b"", bytes(20_000)),
                    payload[:place] + chance.randbytes(chance.randrange(1, 9)) + payload[place:],
                    payload[:1] + chance.randbytes(20),
                )
            )
        return self.envelope(chance.choice(list(CHANNELS)), payload).encode()

    def harmed(self) -> Frame:
        """An envelope whose bytes are not what they were."""
        chance = self.chance
        frame = bytearray(self.enveloped())
        kind = chance.randrange(4)
        if kind == 0:
            frame[chance.randrange(min(len(frame), 16))] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del frame[chance.randrange(len(frame)) :]
        elif kind == 2:
            frame[2:10] = chance.choice((bytes(8), b"\xff" * 8, chance.randbytes(8)))
        else:
            frame[1] = chance.choice((0, 1, 32, 33, 255))
        return bytes(frame)

    def typed(self) -> Frame:
        """What is typed: fields of every kind, whatever they say."""
        chance = self.chance
        channel, words = chance.choice((("typed", TYPED), (CHANNEL, REMOTE), (CHANNEL, REMOTE)))
        name, kind = chance.choice(list(words.kinds.items()))
        table = {"kind": name} | {each.name: self._value(str(each.type)) for each in fields(kind)}
        if chance.random() < 0.3:
            table[chance.choice(list(table))] = chance.choice(VALUES)
        return self.envelope(channel, pythonpack.pack(table)).encode()

    def _value(self, type: str) -> Any:
        if type == "int":
            return self.chance.choice((1, 0, 2, 5, 2**53 - 1))
        if type == "bool":
            return self.chance.random() < 0.5
        if type == "bytes":
            return self.chance.choice((ARGUMENTS, ARGUMENTS, self.chance.randbytes(5)))
        if self.chance.random() < 0.5:
            return self.chance.choice(("wait", "count", "missing", "raised"))
        return self.chance.choice(("", "a.txt", "../etc/passwd", "\0", "\u202egpj.exe", "x" * 64))
