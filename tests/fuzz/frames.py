"""Frames that no honest page sends, made from those that one does."""

from __future__ import annotations

import json
from dataclasses import fields
from random import Random
from typing import Any

from app.files import messages
from peerscript.protocol.link.messages import (
    WORDS,
    Ack,
    Away,
    Beat,
    Bye,
    Kept,
    Live,
    Resume,
    encode_bytes,
)

Frame = str | bytes

NUMBERS = (
    *("null", "true", "-1", "0", "1", "2", "1.5", "1e400", "-1e400", "NaN", "Infinity", "-0"),
    *(str(2**31), str(2**53), str(2**63), str(2**64), "9" * 400, "9" * 5000, "1" + "0" * 30),
)
TEXTS = (
    *('""', '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\u202e"', '"x"', '"__proto__"'),
    *(json.dumps("x" * size) for size in (61, 64, 301, 1025, 5000, 70_000)),
)
NESTED = ("[]", "{}", '[{"a": []}]', "[" * 90 + "]" * 90, "[" * 3000 + "]" * 3000, '{"a":' * 500)
WORDS_OF_FILES = (
    *(messages.FileAccept, messages.FileCancel, messages.FileDecline, messages.FileDone),
    *(messages.FileOffer, messages.FileProgress, messages.FileReceived, messages.FileStop),
)


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
        kept, live: the last numbers that were used.
        said: every frame that was made, to be said again.
    """

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.kept = self.live = 0
        self.said: list[Frame] = []

    def attack(self) -> Frame:
        """Anything at all."""
        make = self.chance.choice(
            (self.rubbish, self.mutated, self.mutated, self.plausible, self.about_files, self.again)
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
        """A word that is right, if its numbers happen to be."""
        near = self.chance.choice((0, 0, 1, 1, 2, 2**53 - 1))
        self.kept += 1
        self.live += 1
        return self.chance.choice(
            (
                Resume(near, 0, "Mallory", "epoch", ""),
                Resume(0, near, "Mallory", self.chance.choice(("epoch", "another")), "epoch"),
                Kept(self.kept, "hello"),
                Kept(self.kept, "x" * self.chance.choice((0, 10 * 1024)), more=True),
                Live(self.live, "hello"),
                Ack(near, 0),
                Ack(0, near),
                *(Beat(), Away(), Bye()),
            )
        )

    def plausible(self) -> Frame:
        return WORDS.encode(self.honest())

    def mutated(self, frame: str | None = None) -> Frame:
        """A good frame, and something is wrong with it."""
        chance = self.chance
        frame = WORDS.encode(self.honest()) if frame is None else frame
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
            values["kind"] = json.dumps(chance.choice(list(WORDS._kinds)))
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

    def about_files(self) -> Frame:
        """What the app hears: live messages in good order, whatever they say."""
        chance = self.chance
        number = chance.choice((0, 1, 1, 2, 2**32 - 1))
        self.live += 1
        if chance.random() < 0.3:
            offset = chance.choice((0, 5, 2**63))
            piece = messages.encode_piece(number, offset, chance.randbytes(chance.choice((0, 9))))
            return encode_bytes(self.live, piece[: chance.choice((None, 3, 11))])
        kind = chance.choice(WORDS_OF_FILES)
        values = {field.name: self._value(field.type, number) for field in fields(kind)}
        text: Frame = messages.encode(kind(**values))
        if chance.random() < 0.4:
            text = on_the_wire(self.mutated(str(text)))
        if isinstance(text, bytes):
            return encode_bytes(self.live, text)
        return WORDS.encode(Live(self.live, text[: 64 * 1024]))

    def _value(self, type: Any, number: int) -> Any:
        if type == "int":
            return self.chance.choice((number, number, 0, 5, 2**53 - 1))
        if type == "bool":
            return self.chance.random() < 0.5
        return self.chance.choice(("", "a.txt", "../etc/passwd", "\0", "\u202egpj.exe", "x" * 64))
