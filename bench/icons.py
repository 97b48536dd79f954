"""Draws what browsers show of the page when it is installed: `python -m bench.icons`.

The icons come from site/icon.svg, the screenshots from two pages that talk.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))

from playwright.sync_api import expect

from actions import invite, say, set_name, wait_connected
from bench.measure import lab
from harness import Browsers
from serving.places import ROOT

SITE = ROOT / "site"
ICONS = {"180": (180, 1.0), "192": (192, 1.0), "512": (512, 1.0), "maskable": (512, 0.8)}
BLUE = "#1d4ed8"  # of site/icon.svg
SCREENSHOTS = {"wide": (1280, 720), "narrow": (390, 844)}
SAID = (
    ("guest", "Hello! I have just opened your link."),
    ("host", "Good to see you. Nobody is in between: it goes from my browser to yours."),
    ("guest", "And it is all Python? 😀"),
    ("host", 'Every line of it: `await conn.send("hello")`'),
)


def main() -> None:
    """Draw all of them."""
    with lab() as browsers:
        _icons(browsers)
        for name, (width, height) in SCREENSHOTS.items():
            _screenshot(browsers, name, width, height)


def _icons(browsers: Browsers) -> None:
    """Icons that systems cut to a shape are filled to the edge, their drawing in the middle."""
    page = browsers.page(camera=False)
    (SITE / "icons").mkdir(exist_ok=True)
    for name, (size, part) in ICONS.items():
        page.set_viewport_size({"width": size, "height": size})
        drawing = (SITE / "icon.svg").read_text()
        back = BLUE if part < 1 or name == "180" else "transparent"
        style = f"body{{margin:{size * (1 - part) / 2}px;background:{back}}}svg{{display:block}}"
        page.set_content(f"<style>{style}</style>{drawing}")
        page.locator("svg").evaluate(
            "(node, size) => node.setAttribute('width', size)", size * part
        )
        page.screenshot(path=SITE / "icons" / f"{name}.png", omit_background=True)


def _screenshot(browsers: Browsers, name: str, width: int, height: int) -> None:
    host = browsers.ready(camera=False, viewport={"width": width, "height": height})
    set_name(host, "Ada")
    guest = browsers.ready(camera=False)
    set_name(guest, "Bob")
    guest.goto(browsers.site.url + invite(host))
    guest.reload()
    for page in (host, guest):
        wait_connected(page)
    for number, (who, text) in enumerate(SAID, 1):
        say(host if who == "host" else guest, text)
        expect(host.locator(".message")).to_have_count(number)
    (SITE / "screenshots").mkdir(exist_ok=True)
    host.screenshot(path=SITE / "screenshots" / f"{name}.png")


if __name__ == "__main__":
    main()
