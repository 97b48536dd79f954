"""Browsers inside other apps, which open links themselves and may cut off what is behind the #."""

from __future__ import annotations

import re

from app.language import N_, _

# What their User-Agent has in it (https://developer.mozilla.org/docs/Web/HTTP/Headers/User-Agent).
_APPS = (
    (re.compile(r"\bFB(?:AN|AV|_IAB)\b"), "Facebook"),
    (re.compile(r"\bInstagram\b"), "Instagram"),
    (re.compile(r"\bMicroMessenger/"), "WeChat"),
    (re.compile(r"\bLine/"), "LINE"),
    (re.compile(r"\bTelegram"), "Telegram"),
    (re.compile(r"\bSnapchat\b"), "Snapchat"),
    (re.compile(r"\b(?:TikTok|musical_ly|BytedanceWebview)"), "TikTok"),
    (re.compile(r"\bLinkedInApp\b"), "LinkedIn"),
    (re.compile(r"\bTwitter for\b"), "X"),
    (re.compile(r"; wv\)"), N_("another app")),  # Android's WebView
)


def in_app_hint(user_agent: str) -> str:
    """What to tell somebody who has come without an invite; "" in a browser of its own."""
    name = next((name for pattern, name in _APPS if pattern.search(user_agent)), None)
    if name is None:
        return ""
    return _(
        "This page is open inside {name}, which may have cut off a part of the link. "
        "Were you sent one? Copy the whole of it there, and paste it below; or open "
        "it in your own browser.",
        name=_(name),
    )
