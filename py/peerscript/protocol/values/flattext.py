"""Small messages between two PeerScript pages, as JSON text.

Python's JSON reader and writer are written in C, which matters for latency: in a page that was
idle, Python code runs several times slower than in a benchmark loop. So a plain value (a str, a
number, a dict of those, with a few dicts and lists in it) is sent as a text frame, and all else by
`pythonpack`. Unlike JavaScript's JSON it is exact: Python reads back every int and float, and NaN,
as it wrote it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from typing import Any

from peerscript.errors import UnreadableMessage
from peerscript.protocol.values import jsontext
from peerscript.protocol.values.packing import MAX_DEPTH

_SCALARS = frozenset({str, int, float, bool, type(None)})
_TEXTS = frozenset({str})
_CONTAINERS = frozenset({dict, list, tuple})
_PLAIN = _SCALARS | _CONTAINERS
_MAX_DEPTH = 4  # containers in one another; every one is looked through in Python

# What `json.JSONEncoder.encode` makes anew at every call, which takes longer than a small message:
# (markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
_chunks = c_make_encoder(None, None, encode_basestring_ascii, None, ":", ",", False, False, True)
_encode_unescaped = json.JSONEncoder(check_circular=False, ensure_ascii=False).encode
_decode = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # what `raw_decode` calls

# Signs of nesting: flat frames have none of these outside of strings.
_NESTED = re.compile(r"[:\[]\s*[\[{]|,\s*\[")


def text(value: Any) -> str | None:
    """Encode a plain value; None if it is not plain."""
    kind = type(value)
    if not (_is_plain(value, 1) if kind is dict else kind in _SCALARS):
        return None
    try:
        frame = "".join(_chunks(value, 0))
        if "\\ud" in frame:  # a surrogate, which may be a lone one
            _encode_unescaped(value).encode()
    except ValueError:
        return None  # a lone surrogate, or an int longer than sys.get_int_max_str_digits()
    return frame


def _is_plain(container: Any, depth: int) -> bool:
    if type(container) is dict:
        if not _TEXTS.issuperset(map(type, container)):
            return False  # JSON would turn other keys into strings
        container = container.values()
    if _SCALARS.issuperset(map(type, container)):
        return True
    if depth == _MAX_DEPTH or not _PLAIN.issuperset(map(type, container)):
        return False
    return all(_is_plain(each, depth + 1) for each in container if type(each) in _CONTAINERS)


def join(texts: Iterable[str]) -> str:
    """Join several frames into one: a JSON list. No single frame is a list."""
    return f"[{','.join(texts)}]"


def values(frame: str) -> list[Any]:
    """Read the value, or the values, of a text frame.

    Raises:
        UnreadableMessage: it is not JSON, or nested too deeply.
    """
    try:
        if len(frame) > MAX_DEPTH and _NESTED.search(frame, 1):
            jsontext.check_depth(frame)
        found, end = _decode(frame, 0)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(f"not JSON: {error}") from error
    except StopIteration as error:
        raise UnreadableMessage(f"not JSON: nothing can be read at {error}") from error
    if end != len(frame):
        raise UnreadableMessage(f"not JSON: {len(frame) - end} characters too many")
    return found if type(found) is list else [found]
