"""Values that people might send, made by hypothesis."""

from __future__ import annotations

import datetime
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
