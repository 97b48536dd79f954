"""The Python side of test_values.py, in the page and in the test: values as typed descriptions."""

from __future__ import annotations

import array
import asyncio
import dataclasses
import datetime
import functools
import json
import math
import struct
from typing import Any, cast

import peerscript
from peerscript.errors import MessageError

PATIENCE = 20.0  # seconds
# What the examples in docs/values.md may name; the page adds its dataclasses.
NAMES: dict[str, Any] = {"array": array, "datetime": datetime, "functools": functools}
Description = list[Any]


def bits_of(number: float) -> str:
    """A number by its eight bytes."""
    return "NaN" if math.isnan(number) else struct.pack(">d", number).hex()


def of_bits(bits: str) -> float:
    """The number of these bytes."""
    return math.nan if bits == "NaN" else float(struct.unpack(">d", bytes.fromhex(bits))[0])


def describe(value: Any) -> Description:
    """A value as [its type, what tells it from others of its type]."""
    kind = type(value)
    if value is None:
        return ["None"]
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return ["dataclass", kind.__name__, [[n, describe(getattr(value, n))] for n in names]]
    return [kind.__name__, _DESCRIBED.get(kind, repr)(value)]


def build(description: Description) -> Any:
    """The value that is described so."""
    kind, *content = description
    return _BUILT[kind](*content)


_DESCRIBED: dict[type, Any] = {
    bool: lambda value: value,
    int: str,
    float: bits_of,
    complex: lambda value: [bits_of(value.real), bits_of(value.imag)],
    str: lambda value: value,
    bytes: bytes.hex,
    list: lambda value: [describe(item) for item in value],
    dict: lambda value: [[key, describe(item)] for key, item in value.items()],
    memoryview: lambda value: [value.format, list(value.shape), value.tobytes().hex()],
    array.array: lambda value: [value.typecode, value.tobytes().hex()],
    datetime.datetime: datetime.datetime.isoformat,
    datetime.date: datetime.date.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: lambda value: [value.days, value.seconds, value.microseconds],
}
_BUILT: dict[str, Any] = {
    "None": lambda: None,
    "bool": lambda content: content,
    "int": int,
    "float": of_bits,
    "complex": lambda content: complex(*map(of_bits, content)),
    "str": lambda content: content,
    "bytes": bytes.fromhex,
    "list": lambda content: [build(item) for item in content],
    "dict": lambda content: {key: build(item) for key, item in content},
    "memoryview": lambda content: _memoryview(*content),
    "array": lambda content: array.array(content[0], bytes.fromhex(content[1])),
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": lambda content: datetime.timedelta(*content),
    "dataclass": lambda name, fields: NAMES[name](**{key: build(item) for key, item in fields}),
}


def _memoryview(form: Any, shape: list[int], data: str) -> memoryview:
    flat: Any = memoryview(bytes.fromhex(data))
    made: memoryview = flat.cast(form, *([shape] if len(shape) > 1 else []))
    return made


class Side:
    """A page's peer and its connections, by label."""

    def __init__(self, peer: peerscript.Peer) -> None:
        self._peer = peer
        self._connections: dict[str, peerscript.DataConnection] = {}
        self._arrived = asyncio.Event()

    async def start(self) -> None:
        await self._peer.start()
        self._adopting = asyncio.ensure_future(self._adopt())

    async def _adopt(self) -> None:
        async for conn in self._peer.connections():
            self._connections[conn.label] = conn
            self._arrived.set()

    async def connect(self, peer_id: str, label: str, serialization: str) -> None:
        self._connections[label] = await self._peer.connect(
            peer_id, label=label, serialization=cast(Any, serialization)
        )

    async def _connection(self, name: str) -> peerscript.DataConnection:
        async with asyncio.timeout(PATIENCE):
            while name not in self._connections:
                self._arrived.clear()
                await self._arrived.wait()
        return self._connections[name]

    async def send_described(self, name: str, descriptions: str) -> str:
        """Send each; what refused it, or None, as JSON."""
        answers = [await self._send(name, build(item)) for item in json.loads(descriptions)]
        return json.dumps(answers)

    async def send(self, name: str, expression: str) -> str | None:
        """Send the value of an expression; what refused it."""
        return await self._send(name, eval(expression, NAMES))

    async def _send(self, name: str, value: Any) -> str | None:
        try:
            await (await self._connection(name)).send(value)
        except MessageError as refusal:
            return str(refusal)
        return None

    async def until(self, name: str, mark: str) -> str:
        """What arrived before the str `mark`, as JSON."""
        conn = await self._connection(name)
        descriptions = []
        async with asyncio.timeout(PATIENCE):
            while (value := await conn.receive()) != mark:
                descriptions.append(describe(value))
        return json.dumps(descriptions)

    async def receive(self, name: str) -> str:
        """The next value, as JSON."""
        conn = await self._connection(name)
        async with asyncio.timeout(PATIENCE):
            return json.dumps(describe(await conn.receive()))

    async def is_open(self, name: str) -> bool:
        return (await self._connection(name)).open

    def description(self, expression: str) -> str:
        return json.dumps(describe(eval(expression, NAMES)))
