"""The page of your own that the README and the tutorial show runs to the letter."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect

from actions import READY_WITHIN
from cdn import Cdn
from harness import Browsers, served, watched
from serving.node import packages
from serving.places import ROOT
from serving.serve import certificate

BROKER = "0.peerjs.com"  # PeerJS's, which is what a page of your own begins with
UNBUILT_WITHIN = 3 * READY_WITHIN  # PyScript, and micropip over a stand-in for the CDN
# A page, and the Python after it.
SAVED = r"^```html\n(.*?)^```.*?^```python\n(.*?)^```"
README = (ROOT / "README.md").read_text()


@pytest.fixture
def own_pages(playwright: Playwright, tmp_path: Path) -> Iterator[Browsers]:
    """Browsers of a folder with what somebody saves there: the README's page, its Python and the
    wheel. PeerJS's broker is on this machine.
    """
    packages()
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    page, code = re.findall(SAVED, README, re.MULTILINE | re.DOTALL)[0]
    (tmp_path / "index.html").write_text(page)
    (tmp_path / "main.py").write_text(code)
    with (
        served(tmp_path, tls=certificate(BROKER)) as site,
        watched(playwright, site) as browsers,
    ):
        browsers.watch.sites.append("https://")  # the CDN's stand-in refuses what it must
        yield browsers


def test_the_page_of_your_own_is_a_chat(own_pages: Browsers) -> None:
    cdn, site = Cdn(), own_pages.site
    flags = [
        f"--host-resolver-rules=MAP {BROKER}:443 127.0.0.1:{site.front.port}",
        "--ignore-certificate-errors",
    ]

    def opened(url: str, context: BrowserContext) -> None:
        page = context.new_page()
        own_pages.watch.attach(page)
        page.goto(url)

    context = own_pages.context(flags=flags)
    cdn.serve(context)
    here = re.compile(rf"^https://(localhost:{site.front.port}|{re.escape(BROKER)})/")
    context.route(here, lambda route: route.continue_())
    opened(site.url, context)
    (host,) = context.pages
    expect(host.locator("#link")).to_contain_text("#", timeout=UNBUILT_WITHIN)
    opened(host.locator("#link").inner_text(), context)
    guest = context.pages[1]
    for page, other, words in ((guest, host, "hello 😀"), (host, guest, "good morning")):
        page.get_by_label("Your message").fill(words, timeout=UNBUILT_WITHIN)
        page.get_by_role("button", name="Send").click()
        expect(other.locator("#log")).to_contain_text(words)
    for page in (host, guest):
        expect(page.locator("#log > *")).to_have_text(["hello 😀", "good morning"])
    assert cdn.refused == []
