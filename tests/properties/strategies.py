"""Values that people might send, made by hypothesis."""

from __future__ import annotations

import array
import datetime
import struct
from typing import Any

from hypothesis import strategies as st

SAFE = 2**53
SMALLEST_NORMAL = 2.2250738585072014e-308

texts = st.text()
# Ints that a JavaScript number can be.
safe_integers = st.integers(-SAFE, SAFE) | st.integers(0, 300) | st.integers(-(2**31) - 5, 2**33)
large_integers = st.integers(-(2**200), 2**200) | st.sampled_from(
    [2**63 - 1, 2**63, 2**64, -(2**63), -(2**63) - 1, SAFE + 1, -SAFE - 1]
)
every_float = st.floats()
finite = st.floats(allow_nan=False, allow_infinity=False)
plain_floats = st.floats(allow_nan=False, allow_subnormal=False)
keys = st.text(max_size=20).filter(lambda key: key not in {"__proto__", "__peerData"})


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists and dicts of these."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=20) | st.dictionaries(keys, inner, max_size=20),
        max_leaves=12,
    )


common = st.none() | st.booleans() | texts | safe_integers
# What each serialization carries exactly between Python and any other page.
to_peerjs = {
    "binary": nested(common | plain_floats | st.binary()),
    "json": nested(common | finite),
    "msgpack": nested(
        common
        | every_float
        | st.binary()
        | st.datetimes(
            timezones=st.just(datetime.UTC), min_value=datetime.datetime(1900, 1, 1)
        ).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
    ),
    "raw": texts | st.binary(),
}
# What two PeerScript pages carry besides, in "binary".
moments = (
    st.datetimes()
    | st.datetimes(timezones=st.just(datetime.UTC))
    | st.dates()
    | st.times()
    | st.timedeltas()
)
to_peerscript = nested(
    common | large_integers | every_float | st.binary() | moments | st.complex_numbers()
)
# Arrays, which keep their format and shape between two PeerScript pages.
arrays = st.binary(max_size=100).map(lambda data: memoryview(data * 8).cast("d")) | st.lists(
    st.integers(-(2**15), 2**15 - 1), max_size=20
).map(lambda numbers: array.array("h", numbers))

# What a page of plain PeerJS sends, as the descriptions of tests/browser/pages/values.html.


def _number(value: float) -> list[Any]:
    return ["number", "NaN" if value != value else struct.pack(">d", value).hex()]


_js_numbers = (every_float | safe_integers | st.integers(-(2**80), 2**80)).map(_number)
_js_common = (
    st.just(["null"])
    | st.booleans().map(lambda value: ["boolean", value])
    | texts.map(lambda value: ["string", value])
    | _js_numbers
)
_js_bytes = st.binary().map(bytes.hex)
_js_arrays = _js_bytes.map(lambda content: ["Uint8Array", content])
_js_buffers = _js_bytes.map(lambda content: ["ArrayBuffer", content])
_FIRST_MOMENT, _LAST_MOMENT = -62_135_596_800_000, 253_402_300_799_999  # ms; Python's years
_js_dates = st.integers(_FIRST_MOMENT, _LAST_MOMENT).map(lambda moment: ["Date", moment])


def _js_nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=20).map(lambda items: ["Array", items])
            | st.dictionaries(keys, inner, max_size=20).map(
                lambda items: ["Object", [list(item) for item in items.items()]]
            )
        ),
        max_leaves=12,
    )


from_peerjs = {
    "binary": _js_nested(_js_common | st.just(["undefined"]) | _js_arrays | _js_buffers),
    "json": _js_nested(_js_common),
    "msgpack": _js_nested(_js_common | st.just(["undefined"]) | _js_arrays | _js_dates),
    "raw": texts.map(lambda value: ["string", value]) | _js_arrays | _js_buffers,
}


def damaged(frame: bytes) -> st.SearchStrategy[bytes]:
    """A frame in which some bytes are others, cut off anywhere."""

    def damage(changes: list[tuple[int, int]], size: int) -> bytes:
        spoilt = bytearray(frame)
        for place, byte in changes:
            spoilt[place % len(spoilt)] = byte
        return bytes(spoilt[:size])

    places = st.tuples(st.integers(0, len(frame) - 1), st.integers(0, 255))
    return st.builds(damage, st.lists(places, max_size=6), st.integers(0, len(frame)))
