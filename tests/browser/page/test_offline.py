"""A version of the page is kept: it starts without a network, and is replaced as a whole.

One browser with a profile visits one site, and each test goes on where the one before has stopped.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from actions import READY_WITHIN, wait_ready
from harness import Browsers, served, watched
from serving import offline
from waiting import until

BUDGET = 5_000_000  # bytes of a first visit, with what is kept for later ones
PLACE = "repository"  # on its host, as GitHub Pages has it
# As a page's first script: what its Content-Security-Policy has refused is told.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  violated(`${event.effectiveDirective} ${event.blockedURI}`));"""
UPDATE = "async () => { await (await navigator.serviceWorker.getRegistration()).update(); }"
FORGET = """async () => {
  for (const name of await caches.keys()) {
    const store = await caches.open(name);
    for (const request of await store.keys()) {
      if (request.url.includes("python.zip")) await store.delete(request);
    }
  }
}"""


@dataclass
class Visitor:
    """A browser, what it has asked the site for, and what that was."""

    browsers: Browsers
    context: BrowserContext
    asked: list[str]
    sent: list[int]  # bytes of each answer
    violations: list[str] = field(default_factory=list)
    page: Page | None = None

    @property
    def root(self) -> Path:
        return self.browsers.site.front.root / PLACE

    @property
    def url(self) -> str:
        return f"{self.browsers.site.url}{PLACE}/"

    def visit(self, query: str = "") -> Page:
        """Close the page, and open it anew."""
        if self.page is not None:
            self.page.close()
        self.asked.clear()
        self.page = self.context.new_page()
        self.browsers.watch.attach(self.page)
        self.page.goto(self.url + query)
        return self.page


@pytest.fixture(scope="module")
def visitor(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(built, root / PLACE, symlinks=True)
    asked: list[str] = []
    sent: list[int] = []
    with pytest.MonkeyPatch.context() as patch, served(root) as site:
        answer = site.front._answer

        def noted(request: re.Match[str], head: bytes) -> bytes:
            asked.append(request["target"])
            answered = answer(request, head)
            sent.append(len(answered))
            return answered

        patch.setattr(site.front, "_answer", noted)
        with watched(playwright, site) as browsers:
            profile = tmp_path_factory.mktemp("profile")
            context = browsers.context(camera=False, profile=profile, worker=True)
            visitor = Visitor(browsers, context, asked, sent)
            context.expose_binding("violated", lambda _, what: visitor.violations.append(what))
            context.add_init_script(TELL_VIOLATIONS)
            yield visitor
            context.close()


@pytest.fixture(autouse=True)
def checked(visitor: Visitor) -> Iterator[None]:
    with visitor.browsers.watch.checked():
        yield
    visitor.context.set_offline(False)
    assert visitor.violations == []


def test_what_the_first_visit_has_loaded_is_kept_and_not_asked_for_again(visitor: Visitor) -> None:
    page = visitor.visit()
    wait_ready(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    large = [path for path in visitor.asked if re.search(r"-[0-9a-f]{16}/", path)]
    assert len(large) > 5
    assert len(large) == len(set(large))
    assert 3_000_000 < sum(visitor.sent) < BUDGET
    told = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")
    assert told["installabilityErrors"] == []
    manifest = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert manifest["errors"] == []


def test_it_starts_offline_and_comes_online(visitor: Visitor) -> None:
    # The last attempt may see that the device is online again.
    visitor.browsers.watch.expected += ["ERR_INTERNET_DISCONNECTED", "broker: BrokerUnreachable"]
    visitor.context.set_offline(True)
    page = visitor.visit("?title=A+page&text=https%3A%2F%2Fexample.org%2F")
    status = page.locator("#status")
    expect(status).to_have_attribute("data-state", "offline", timeout=READY_WITHIN)
    expect(status).to_have_text("Offline")
    expect(page.locator("#loading-stage")).to_contain_text("You are offline")
    expect(page.locator("#loading progress")).to_be_hidden()
    expect(page.locator("#notices")).to_be_empty()
    assert not [path for path in visitor.asked if "peerjs" not in path]
    visitor.context.set_offline(False)
    wait_ready(page)
    expect(status).to_have_text("Ready")
    # What another app has shared waits for somebody to be connected, out of the address bar.
    assert page.locator("#chat-input").input_value() == "A page\nhttps://example.org/"
    assert page.url == visitor.url


def test_the_owners_settings_are_asked_for_at_every_start(visitor: Visitor) -> None:
    page = visitor.visit()
    wait_ready(page)
    files = [path for path in visitor.asked if not path.startswith("/peerjs")]
    assert [path for path in files if not path.endswith("/worker.js")] == [
        f"/{PLACE}/pyscript.toml"
    ]


def stop(page: Page) -> None:
    """End the presentation, and wait until its deck is gone."""
    page.click("#slides-stop")
    expect(page.locator("#slides-stage > iframe")).to_have_count(0)


def test_decks_are_shown_without_a_network(visitor: Visitor) -> None:
    page = visitor.page
    assert page
    shown = page.frame_locator("#slides-frame").frame_locator("iframe")
    visitor.context.set_offline(True)
    page.click("#slides-open")
    page.click("#slides-sample")
    expect(shown.locator("section.present h1").first).to_be_visible()
    expect(shown.locator("section.present h1").first).to_have_css("font-weight", "650")  # deck.css
    stop(page)
    visitor.context.set_offline(False)


def test_formulas_are_drawn_without_a_network_once_some_were(visitor: Visitor) -> None:
    page = visitor.page
    assert page
    shown = page.frame_locator("#slides-frame").frame_locator("iframe")
    for offline_now in (False, True):
        visitor.context.set_offline(offline_now)
        page.set_input_files("#slides-file", "tests/decks/formulas.html")
        expect(shown.locator("section.present .katex").first).to_be_visible()
        stop(page)


def test_a_new_version_waits_for_the_presentation_and_is_taken_whole(visitor: Visitor) -> None:
    page = visitor.visit()
    wait_ready(page)
    index = visitor.root / "index.html"
    text = index.read_text()
    assert ">PeerScript</h1>" in text
    index.write_text(text.replace(">PeerScript</h1>", ">PeerScript 2</h1>"))
    offline.write(visitor.root)
    page.click("#slides-open")
    page.click("#slides-sample")
    expect(page.locator("#slides-next")).to_be_visible()
    page.evaluate(UPDATE)
    version = page.locator("#version")
    expect(version).to_contain_text("It can be taken once the presentation is over.")
    expect(page.locator("#version-take")).to_be_hidden()
    expect(page.locator("h1")).to_have_text("PeerScript")
    page.click("#slides-stop")
    page.click("#version-take")
    expect(page.locator("h1")).to_have_text("PeerScript 2")
    wait_ready(page)
    expect(version).to_be_hidden()


def test_trying_again_does_without_what_is_kept(visitor: Visitor) -> None:
    visitor.browsers.watch.expected += [""]  # the browser complains about what is missing, rightly
    assert visitor.page
    visitor.page.evaluate(FORGET)
    archive = next(visitor.root.glob("page-*/python.zip"))
    hidden = archive.rename(archive.with_suffix(".hidden"))
    visitor.page.evaluate("caches.delete(location.href)")  # the snapshot, which would do without
    visitor.context.new_cdp_session(visitor.page).send("Network.clearBrowserCache")
    page = visitor.visit()
    expect(page.locator("#loading-stage")).to_contain_text("python.zip", timeout=READY_WITHIN)
    hidden.rename(archive)
    page.click("#loading-again")
    wait_ready(page)
    expect(page.locator("h1")).to_have_text("PeerScript 2")


def test_a_violation_would_have_been_seen(visitor: Visitor) -> None:
    visitor.browsers.watch.expected += ["Content Security Policy"]
    assert visitor.page
    visitor.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
        }"""
    )
    assert visitor.page.evaluate("window.ran") is None
    until(visitor.page, lambda: visitor.violations, "the page is not told")
    assert visitor.violations == ["script-src-elem inline"]
    visitor.violations.clear()
