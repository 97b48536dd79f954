"""How the built page starts: what it loads, and the snapshot from which it starts the next time."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import snapshots
from actions import eventually, own_id, wait_ready
from harness import Browsers
from snapshots import MADE_WITHIN
from waiting import until

BUDGET = 5_000_000  # bytes of a first visit, compressed
ARCHIVE_BUDGET = 1_500_000  # of them, Python's own: our code and the standard library
SIZES = """() => ["navigation", "resource"]
  .flatMap((type) => performance.getEntriesByType(type))
  .map((entry) => [entry.name, entry.transferSize])"""
SNAPSHOTS = """async () => {
  const kept = await (await caches.open(new URL(".", location).href)).keys();
  return kept.map((request) => request.url);
}"""
# As an older version of the page has left it.
OLDER = """async () => {
  const store = await caches.open(new URL(".", location).href);
  await store.put("snapshot-older", new Response("of another version"));
}"""
# Nothing to import is beside the snapshot.
EMPTIED = """async (archive) => {
  const store = await caches.open(new URL(".", location).href);
  const request = (await store.keys()).find(({url}) => url.endsWith("/python.zip"));
  await store.put(request, new Response(new Uint8Array(archive)));
}"""
# As a page's first script: what makes a snapshot comes as soon as the page is ready, and has as
# little patience with the service worker. `makers` is how many there were.
SOON = """(() => {
  window.makers = 0;
  const {setTimeout} = window;
  let wait;
  window.setTimeout = (act, delay, ...rest) => {
    if (String(act).includes("new Worker")) {
      window.makers++;
      wait = delay;
    }
    return setTimeout(act, delay === wait ? 0 : delay, ...rest);
  };
})()"""
NEVER_READY = """(() => {
  const {prototype} = ServiceWorkerContainer;
  prototype.getRegistration = async () => ({});
  Object.defineProperty(prototype, "ready", {get: () => new Promise(() => {})});
})()"""
MADE = """(async () => {
  const store = await caches.open(new URL(".", location).href);
  const request = (await store.keys()).find(({url}) => url.includes("/snapshot-"));
  return request ? Number((await store.match(request)).headers.get("made")) : 0;
})()"""
AGED = """async () => {
  const store = await caches.open(new URL(".", location).href);
  const request = (await store.keys()).find(({url}) => url.includes("/snapshot-"));
  const {body} = await store.match(request);
  const made = Date.now() - 8 * 24 * 3600 * 1000;
  await store.put(request, new Response(body, {headers: {made}}));
}"""
# As a page's first script: `restored` is whether it has read something as large as a snapshot.
LOADS = """(() => {
  window.restored = false;
  const read = Response.prototype.arrayBuffer;
  Response.prototype.arrayBuffer = async function () {
    const content = await read.call(this);
    window.restored ||= content.byteLength > 20_000_000;
    return content;
  };
})()"""


@pytest.fixture
def context(browsers: Browsers, tmp_path: Path) -> BrowserContext:
    """A browser that keeps what pages store."""
    return browsers.context(camera=False, profile=tmp_path / "profile")


def visit(browsers: Browsers, context: BrowserContext) -> Page:
    page = context.new_page()
    browsers.watch.attach(page)
    page.goto(browsers.site.url)
    wait_ready(page)
    return page


def empty_archive() -> bytes:
    content = io.BytesIO()
    zipfile.ZipFile(content, "w").close()
    return content.getvalue()


def test_a_first_visit_is_within_its_budget(browsers: Browsers, context: BrowserContext) -> None:
    page = visit(browsers, context)
    sizes = dict(page.evaluate(SIZES))
    total = sum(sizes.values())
    assert 3_000_000 < total <= BUDGET, sizes
    (archive,) = (size for name, size in sizes.items() if name.endswith("python.zip"))
    assert 500_000 < archive <= ARCHIVE_BUDGET
    assert not [name for name in sizes if "pyscript/core" in name or "stdlib" in name]


def test_the_next_visit_starts_from_a_snapshot(browsers: Browsers, context: BrowserContext) -> None:
    first = visit(browsers, context)
    assert first.evaluate(SNAPSHOTS) == []
    first.evaluate(OLDER)
    first.evaluate(snapshots.MAKE)
    eventually(first, f"({SNAPSHOTS})().then((kept) => kept.length === 2)")  # the older one goes
    assert "older" not in str(first.evaluate(SNAPSHOTS))
    ids = [own_id(first)]
    first.close()
    for _ in range(2):
        page = context.new_page()
        browsers.watch.attach(page)
        page.add_init_script(LOADS)
        page.goto(browsers.site.url)
        wait_ready(page)
        assert page.evaluate("restored")
        # What it has imported is not fetched, and what it has not, it finds nevertheless.
        assert not [name for name, _ in page.evaluate(SIZES) if name.endswith("python.zip")]
        assert not page.evaluate("Object.hasOwn(Int8Array.prototype, 'set')")  # borrowed for that
        # What the library mends of the browser is done anew: else a full disk holds up the page.
        assert page.evaluate("'stack' in DOMException.prototype")
        ids.append(own_id(page))
        page.click("#settings-open")
        expect(page.locator("#settings-name")).to_be_visible()
    assert len(set(ids)) == 3  # nothing that must be secret comes from the snapshot
    page.evaluate(EMPTIED, list(empty_archive()))
    visit(browsers, context)  # whose start imports nothing, then: that would end it


def test_a_snapshot_of_no_use_is_thrown_away(browsers: Browsers, context: BrowserContext) -> None:
    first = visit(browsers, context)
    first.evaluate(snapshots.MAKE)
    first.evaluate(
        """async () => {
          const store = await caches.open(new URL(".", location).href);
          const request = (await store.keys()).find(({url}) => url.includes("/snapshot-"));
          await store.put(request, new Response(new Uint8Array(64 * 1024 * 16)));
        }"""
    )
    first.close()
    page = visit(browsers, context)
    assert page.evaluate(SNAPSHOTS) == []


def test_a_snapshot_is_made_anew_after_a_week(browsers: Browsers, context: BrowserContext) -> None:
    """Since an update of the browser takes the compiled code away."""
    context.add_init_script(SOON)
    page = visit(browsers, context)
    eventually(page, MADE, MADE_WITHIN)
    assert page.evaluate("makers") == 1
    first = page.evaluate(MADE)
    page.evaluate(AGED)
    page.close()
    page = visit(browsers, context)
    eventually(page, f"({MADE}).then((made) => made > {first})", MADE_WITHIN)
    assert page.evaluate("makers") == 1
    page.close()
    page = visit(browsers, context)
    assert page.evaluate("makers") == 0


def test_a_service_worker_that_is_never_ready_is_not_waited_for(
    browsers: Browsers, context: BrowserContext
) -> None:
    context.add_init_script(NEVER_READY)
    context.add_init_script(SOON)
    eventually(visit(browsers, context), MADE, MADE_WITHIN)


def test_a_full_disk_ends_what_makes_a_snapshot_and_the_next_visit_has_one(
    browsers: Browsers, context: BrowserContext
) -> None:
    browsers.watch.expected.append("Quota exceeded")
    context.add_init_script(SOON)
    page = context.new_page()
    browsers.watch.attach(page)
    session = context.new_cdp_session(page)
    origin = {"origin": browsers.site.url.rstrip("/")}
    session.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": 1_000_000})
    ended: list[object] = []
    page.on("worker", lambda worker: worker.on("close", lambda each: ended.append(each)))
    page.goto(browsers.site.url)
    wait_ready(page)
    until(page, lambda: ended, "what makes snapshots does not end", MADE_WITHIN)
    assert page.evaluate(MADE) == 0
    page.close()
    page = context.new_page()
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", origin)
    page.close()
    eventually(visit(browsers, context), MADE, MADE_WITHIN)


def test_the_browser_has_compiled_code_for_the_next_visit(
    browsers: Browsers, tmp_path: Path
) -> None:
    context = browsers.context(camera=False, profile=tmp_path / "profile", worker=True)
    first = visit(browsers, context)
    first.evaluate("navigator.serviceWorker.ready.then(() => null)")
    snapshots.make(first)
    first.close()
    assert "v8.wasm.moduleCacheHit" in noted_by_the_browser(browsers, context)


def noted_by_the_browser(browsers: Browsers, context: BrowserContext) -> set[str]:
    """What it notes of its own work while it starts a page."""
    assert context.browser
    session = context.browser.new_browser_cdp_session()
    noted: set[str] = set()
    session.on(
        "Tracing.dataCollected",
        lambda told: noted.update(event["name"] for event in told["value"]),
    )
    config = {"includedCategories": ["v8.wasm", "disabled-by-default-devtools.timeline"]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    page = visit(browsers, context)
    ended: list[object] = []
    session.on("Tracing.tracingComplete", lambda told: ended.append(told))
    session.send("Tracing.end")
    until(page, lambda: ended, "the browser does not tell what it has noted")
    return noted
