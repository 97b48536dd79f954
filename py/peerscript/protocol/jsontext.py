"""JSON from another page.

In the browser, Python's own JSON reader does not notice that brackets nest too deeply: 20 kB of
"[" overflow WebAssembly's stack and end Python for good. So the nesting is looked at first.
"""

from __future__ import annotations

import json
import re

from peerscript.errors import UnreadableMessage

MAX_DEPTH = 100  # lists and objects inside each other

_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


def parse(text: str | bytes) -> object:
    """Read JSON.

    Raises:
        UnreadableMessage: it is not JSON, not UTF-8, or nested deeper than `MAX_DEPTH`.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode()
        _check_depth(decoded)
        value: object = json.loads(decoded)
    except ValueError as error:
        raise UnreadableMessage(f"not JSON: {error}") from error
    return value


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return  # what nearly every message is; it cannot be deeper than it has brackets
    depth = 0
    for found in _STRINGS_AND_BRACKETS.finditer(text):
        mark = found[0]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadableMessage(f"JSON nested deeper than {MAX_DEPTH}")
        elif mark in "]}":
            depth -= 1
