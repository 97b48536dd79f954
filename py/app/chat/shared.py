"""What another app has shared with this one, as a message.

https://developer.mozilla.org/docs/Web/Progressive_web_apps/Manifest/Reference/share_target
"""

from __future__ import annotations

from collections.abc import Mapping

from app.language import N_

NAMES = ("title", "text", "url")  # as site/manifest.webmanifest has them
SHARED = N_("What you shared is in the message field. Connect to somebody, and send it.")


def shared_message(parts: Mapping[str, str]) -> str:
    """The parts that say something, a line each; "" for none.

    Apps put the same into several: Android's browsers have no `url` but give it as the text.
    """
    lines: list[str] = []
    for part in (parts.get(name, "").strip() for name in NAMES):
        if part and not any(part in line for line in lines):
            lines = [line for line in lines if line not in part] + [part]
    return "\n".join(lines)
