"""Small messages between two PeerScript pages, as JSON text.

Python's JSON reader and writer are C, and a page that has waited for a message is cold: Python's
own steps then take several times what a loop of them shows. So what most small messages are (a
text, a number, a dict of those) travels as a text frame; `pythonpack` has all else. Unlike between
JavaScript pages it is exact: Python writes every int and float, and NaN, as it reads them back.
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

# Where something could nest: our own frames have none of these outside of their texts.
_NESTED = re.compile(r"[:\[]\s*[\[{]|,\s*\[")


def text(value: Any) -> str | None:
    """Write a flat value; None if it is another one."""
    kind = type(value)
    if kind is dict:
        # JSON would make texts of other keys.
        if not (
            _SCALARS.issuperset(map(type, value.values())) and _TEXTS.issuperset(map(type, value))
        ):
            return None
    elif kind not in _SCALARS:
        return None
    try:
        frame = _encode(value)
        if "\\ud" in frame:  # half of a character; its other half may be missing
            _encode_unescaped(value).encode()
    except ValueError:
        return None  # a lone surrogate, or an int with more digits than Python likes to write
    return frame


def join(texts: Iterable[str]) -> str:
    """Make one frame of several. None of them is a list by itself."""
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
