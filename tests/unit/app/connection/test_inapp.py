"""Browsers of other apps are known, and the others are left in peace."""

from __future__ import annotations

import pytest

from app.connection.inapp import in_app_hint

ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8{}) AppleWebKit/537.36 Chrome/130.0 Mobile{}"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148{}"
)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (ANDROID.format("; wv", " [FB_IAB/FB4A;FBAV/480.0.0;]"), "Facebook"),
        (IPHONE.format(" [FBAN/FBIOS;FBAV/480.0]"), "Facebook"),
        (IPHONE.format(" Instagram 350.0 (iPhone15,2)"), "Instagram"),
        (ANDROID.format("; wv", " MicroMessenger/8.0.50"), "WeChat"),
        (IPHONE.format(" Safari Line/14.0.0"), "LINE"),
        (IPHONE.format(" musical_ly_35 BytedanceWebview/d8a21c6"), "TikTok"),
        (ANDROID.format("; wv", ""), "another app"),
    ],
)
def test_inside_an_app(user_agent: str, name: str) -> None:
    assert f"inside {name}," in in_app_hint(user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        ANDROID.format("", ""),
        IPHONE.format(" Version/18.0 Safari/604.1"),
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "",
    ],
)
def test_a_browser_of_its_own(user_agent: str) -> None:
    assert in_app_hint(user_agent) == ""
