"""The document of the sandboxed frame in which reveal.js shows a deck (decision 12)."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from urllib.parse import urlsplit

from app.slides.decks.outline import Outline

_PLACE = '<div class="slides"></div>'
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


# What a source in a policy may be made of: a host may be called `a;b`, which would end the rule.
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?")


def frame_policy(origin: str = "") -> str:
    """The policy of the document around the deck's frame: where that frame may navigate.

    Args:
        origin: the only origin allowed, for a deck shown by address; none by default.
    """
    allowed = origin if _ORIGIN.fullmatch(origin) else "'none'"
    return f"frame-src {allowed}"


def document(template: str, base: str, deck: Outline) -> str:
    """Put a deck into the template.

    Args:
        template: an empty place for slides, and then reveal.js's scripts and the line that starts
            it, all of them written in it (`inlined`).
        base: the page's own address.
    """
    if _PLACE not in template:
        raise ValueError(f"the deck's template lacks {_PLACE}")
    shown = f'<div class="slides">{deck.markup}</div>'
    content = html.escape(policy(template, base))
    return (
        '<!doctype html><html lang=""><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{content}"><base target="_blank">'
        f"</head><body>{template.replace(_PLACE, shown, 1)}{deck.styles}</body></html>"
    )


def policy(template: str, base: str) -> str:
    """What a deck may do: run the template's own scripts and no other, and load what it shows."""
    hashes = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(template))
    scripts = (f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    parts = urlsplit(base)
    own = f"{parts.scheme}://{parts.netloc}"
    return (
        f"default-src 'none'; script-src {' '.join(scripts)}; "
        f"style-src 'unsafe-inline' https:; img-src https: data: blob: {own}; "
        f"media-src https: data: blob:; font-src https: data:; "
        "base-uri 'none'; form-action 'none'"
    )
