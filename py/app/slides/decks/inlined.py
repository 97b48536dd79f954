"""Scripts and style sheets, written into the document that needs them.

A deck's frame has no origin (decision 12), so no service worker answers it: it would have its files
from the host alone, and none without a network. The page gets them, and has the worker's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin

# Address and integrity hash, "" for none, of a file; raises OSError.
Fetch = Callable[[str, str], Awaitable[bytes]]

_FILE = re.compile(r'<(script|link)\b[^>]*\b(?:src|href)="([^"]+)"[^>]*>(?:</script>)?')
_INTEGRITY = re.compile(r'\bintegrity="([^"]+)"')
# Of a style sheet's own, and not of a picture in it.
_RELATIVE = re.compile(r"""(?i)(?<=[\s:,])url\(\s*+(["']?)(?!data:|https?:|#)([^)"']+?)\1\s*\)""")
_END_OF_SCRIPT = re.compile("(?i)<(?=!--|/script)")
_END_OF_STYLE = re.compile("(?i)<(?=/style)")


async def inlined(template: str, base: str, fetch: Fetch) -> str:
    """The HTML with its <script src> and <link href> replaced by <script> and <style>.

    Args:
        template: as a browser's `innerHTML` gives it; each `<link>` is a style sheet.
        base: what its addresses are relative to.

    Raises:
        OSError: a file is not to be had.
    """
    elements = [await _element(tag, base, fetch) for tag in _FILE.finditer(template)]
    given = iter(elements)
    return _FILE.sub(lambda _: next(given), template)


async def _element(tag: re.Match[str], base: str, fetch: Fetch) -> str:
    address = urljoin(base, html.unescape(tag[2]))
    integrity = _INTEGRITY.search(tag[0])
    content = await fetch(address, integrity[1] if integrity else "")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OSError(f"{address}: {error}") from error
    return _script(text) if tag[1] == "script" else _style(text, address)


def _script(text: str) -> str:
    """The element. What would end it, or hide its end, stands in strings and regular expressions,
    where a character may be written by its number.
    """
    safe = _END_OF_SCRIPT.sub(r"\\x3c", text)
    return f"<script>{safe}</script>"


def _style(text: str, address: str) -> str:
    """The element. Its addresses are relative to the file no more."""
    absolute = _RELATIVE.sub(lambda found: f'url("{urljoin(address, found[2])}")', text)
    safe = _END_OF_STYLE.sub(r"\\3c ", absolute)
    return f"<style>{safe}</style>"
