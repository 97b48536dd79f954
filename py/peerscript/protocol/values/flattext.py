"""Small messages between two PeerScript pages, as JSON text.

Python's JSON reader and writer are written in C, which matters for latency: in a page that was
idle, Python code runs several times slower than in a benchmark loop. So a flat value (a str, a
number, a dict of those) is sent as a text frame, and all else by `pythonpack`. Unlike JavaScript's
JSON it is exact: Python reads back every int and float, and NaN, as it wrote it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import jsontext

_SCALARS = frozenset({str, int, float, bool, type(None)})
_TEXTS = frozenset({str})
_encode = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode
_encode_unescaped = json.JSONEncoder(check_circular=False, ensure_ascii=False).encode
_decode = json.JSONDecoder().raw_decode

# Signs of nesting: our own frames have none of these outside of strings.
_NESTED = re.compile(r"[:\[]\s*[\[{]|,\s*\[")


def text(value: Any) -> str | None:
    """Encode a flat value; None if it is not flat."""
    kind = type(value)
    if kind is dict:
        # JSON would turn other keys into strings.
        if not (
            _SCALARS.issuperset(map(type, value.values())) and _TEXTS.issuperset(map(type, value))
        ):
            return None
    elif kind not in _SCALARS:
        return None
    try:
        frame = _encode(value)
        if "\\ud" in frame:  # a surrogate, which may be a lone one
            _encode_unescaped(value).encode()
    except ValueError:
        return None  # a lone surrogate, or an int longer than sys.get_int_max_str_digits()
    return frame


def join(texts: Iterable[str]) -> str:
    """Join several frames into one: a JSON list. No single frame is a list."""
    return f"[{','.join(texts)}]"


def values(frame: str) -> list[Any]:
    """Read the value, or the values, of a text frame.

    Raises:
        UnreadableMessage: it is not JSON, or nested too deeply.
    """
    try:
        if _NESTED.search(frame, 1):
            jsontext.check_depth(frame)
        found, end = _decode(frame)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(f"not JSON: {error}") from error
    if end != len(frame):
        raise UnreadableMessage(f"not JSON: {len(frame) - end} characters too many")
    return found if type(found) is list else [found]
