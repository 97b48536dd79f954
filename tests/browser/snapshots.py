"""Pages of the tests start as on a second visit: from a memory snapshot (decision 20).

That takes a quarter off a start's work. A browser without a profile has no second visit, so its
pages are given a snapshot that was made once.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from serving.places import CACHE
from waiting import until

MADE_WITHIN = 90.0  # seconds; Python starts once more for it, and imports everything
PATH = "/snapshot"  # where the tests' server has it, and with each suffix one of its two parts
PARTS = {".bin": "/snapshot-", ".zip": "/python.zip"}  # by suffix, a part of the name in the cache
# As a page's first script: its snapshot comes from there, and it makes none.
_GIVEN = f"""(() => {{
  if (origin === "null" || !window.caches) return;  // a deck's frame, and plain http
  const open = caches.open.bind(caches);
  const match = async (name) => {{
    const answer = await fetch("{PATH}" + (name.endsWith(".zip") ? ".zip" : ".bin"));
    return new Response(answer.body, {{status: answer.status, headers: {{made: Date.now()}}}});
  }};
  caches.open = async (name) => name === new URL(".", location).href ? {{match}} : open(name);
}})()"""
# As a page's first script: it makes none for a next visit, which takes seconds of a processor.
_NONE = """(() => {
  const {Worker} = window;
  window.Worker = function (url, options) {
    return String(url).endsWith("/start.mjs") ? {} : new Worker(url, options);
  };
})()"""
# As the page does by itself some seconds after it is ready: until the snapshot is there.
MAKE = """async () => {
  const store = await caches.open(new URL(".", location).href);
  const kept = async () => (await store.keys())
    .map((request) => request.url).filter((url) => url.includes("/snapshot-"));
  const before = await kept();
  const {src} = document.querySelector("script[src$='/start.mjs']");
  const worker = new Worker(src, {type: "module"});
  await new Promise((made, failed) => {
    worker.onerror = (event) => failed(new Error(event.message));
    const look = async () => {
      if ((await kept()).some((name) => !before.includes(name))) made();
      else setTimeout(look, 50);
    };
    look();
  });
}"""
_SAVE = """async (part) => {
  const store = await caches.open(new URL(".", location).href);
  const link = document.createElement("a");
  const name = (await store.keys()).find((request) => request.url.includes(part));
  link.href = URL.createObjectURL(await (await store.match(name)).blob());
  link.download = "snapshot";
  link.click();
}"""


def make(page: Page) -> None:
    """Have a page make its snapshot, and wait until what made it has ended."""
    page.evaluate(MAKE)
    until(page, lambda: not page.workers, "what makes snapshots does not end", MADE_WITHIN)


def snapshot(root: Path) -> Path | None:
    """Where the snapshot of a built page is, once it is made; None for a page that has none."""
    module = next(root.glob("page-*/start.mjs"), None)
    found = re.search(r"snapshot-(\w+)", module.read_text()) if module else None
    return CACHE / f"test-snapshot-{found[1]}.bin" if found else None


def is_made(root: Path) -> bool:
    """Whether there is a snapshot of the page."""
    made = snapshot(root)
    return made is not None and made.exists()


def keep(page: Page, root: Path) -> None:
    """Have a page that is ready make its snapshot, and keep it."""
    target = snapshot(root)
    assert target is not None
    for old in CACHE.glob("test-snapshot-*"):
        old.unlink()
    page.evaluate(MAKE)
    for suffix in (".zip", ".bin"):  # which says that both are made
        with page.expect_download() as download, tempfile.TemporaryDirectory(dir=CACHE) as folder:
            page.evaluate(_SAVE, PARTS[suffix])
            shutil.copy(download.value.path(), Path(folder, "whole"))
            Path(folder, "whole").rename(target.with_suffix(suffix))


def give(context: BrowserContext, root: Path, *, first_visit: bool) -> None:
    """Let the pages of a browser without a profile start from the snapshot, or as for the first
    time where there is none.
    """
    context.add_init_script(_NONE if first_visit or not is_made(root) else _GIVEN)
