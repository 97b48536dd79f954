"""HTTP responses: compressed where the browser accepts it, and 304 where its copy is current.

What the build names by its content (serving/names.py) a browser keeps for a year without asking.
It may keep everything else, too, but asks each time whether it is still the same (`no-cache`).
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from email.message import Message
from email.parser import HeaderParser
from http import HTTPStatus

_LEVEL = 6  # 9 takes twice as long for half a percent less
_LASTS = "public, max-age=31536000, immutable"
_WORTH = 0.9  # ratio above which a file is sent uncompressed: archives, pictures

_compressed: dict[str, bytes | None] = {}  # by the content's digest
_compressing = threading.Lock()


def headers(head: bytes) -> Message:
    """Parse the headers of a request."""
    return HeaderParser().parsestr(head.partition(b"\r\n")[2].decode("latin-1"))


def answer(
    asked: Message, content: bytes, kind: str, brotli: bytes | None = None, *, lasts: bool = False
) -> bytes:
    """The response to a request: the content, or 304 if the browser has it.

    Args:
        lasts: whether its name would change with the content.
        brotli: the content as the build has compressed it; browsers take it over https and from
            this machine itself.
    """
    digest = hashlib.sha256(content).hexdigest()[:32]
    packed, encoding = brotli, "br"
    if packed is None or not _takes(asked, "br"):
        packed, encoding = _gzipped(digest, content) if _takes(asked, "gzip") else None, "gzip"
    # Two encodings are two representations, and each has a tag of its own (RFC 9110, 8.8.3).
    tag = f'"{digest}"' if packed is None else f'"{digest}-{encoding}"'
    keep = _LASTS if lasts else "no-cache"
    told = [f"ETag: {tag}", "Vary: Accept-Encoding", f"Cache-Control: {keep}"]
    if _has(asked, tag):
        return _head(HTTPStatus.NOT_MODIFIED, *told)
    if packed is not None:
        told.append(f"Content-Encoding: {encoding}")
    body = content if packed is None else packed
    told += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return _head(HTTPStatus.OK, *told) + body


def refusal(status: HTTPStatus, words: str) -> bytes:
    """The response for a path that is not served."""
    told = ("Content-Type: text/plain", f"Content-Length: {len(words)}", "Cache-Control: no-store")
    return _head(status, *told) + words.encode("ascii")


def without_body(whole: bytes) -> bytes:
    """The response to HEAD: the same without the body."""
    return whole[: whole.index(b"\r\n\r\n") + 4]


def _head(status: HTTPStatus, *told: str) -> bytes:
    lines = (f"HTTP/1.1 {status.value} {status.phrase}", *told, "Connection: close", "", "")
    return "\r\n".join(lines).encode("latin-1")


def _listed(asked: Message, name: str) -> list[str]:
    """The values of a header that is a list and may be repeated."""
    values = ",".join(asked.get_all(name, [])).split(",")
    return [value.strip() for value in values if value.strip()]


def _takes(asked: Message, encoding: str) -> bool:
    weights = {}
    for value in _listed(asked, "Accept-Encoding"):
        name, _, weight = value.lower().replace(" ", "").partition(";q=")
        weights[name] = weight or "1"
    weight = weights.get(encoding, weights.get("*", "0"))
    return weight.strip("0.") != ""  # 0, 0.0 and the like forbid it


def _has(asked: Message, tag: str) -> bool:
    tags = [each.removeprefix("W/") for each in _listed(asked, "If-None-Match")]
    return tag in tags or tags == ["*"]


def _gzipped(digest: str, content: bytes) -> bytes | None:
    """The content compressed; None if that is not worth it."""
    if digest not in _compressed:
        with _compressing:  # two phones may ask at once
            if digest not in _compressed:
                packed = gzip.compress(content, _LEVEL, mtime=0)
                worth = len(packed) <= len(content) * _WORTH
                _compressed[digest] = packed if worth else None
    return _compressed[digest]
