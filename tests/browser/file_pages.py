"""Pages that give and take files, in browsers that can be killed and started again."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, Playwright

from harness import PAGES, PATHS_KEPT, Browsers, served

PART = 8_000_000  # bytes that are read back from a page at a time
START = """async ([id, options]) => {
  const {loadPyodide} = await import("/vendor/pyodide/pyodide.mjs");
  window.py = await loadPyodide();
  py.unpackArchive(await (await fetch("/app.zip")).arrayBuffer(), "zip");
  py.FS.writeFile("filework.py", await (await fetch("/filework.py")).text());
  await py.runPythonAsync(
    `import asyncio, json\\nimport filework\\nfrom peerscript import *\\n` +
    `side = filework.Side('${id}', json.loads('${options}'))\\nawait side.start()`
  );
}"""
RUN = "code => py.runPythonAsync(code)"
READ = """([file, start, end]) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(arrived[file].slice(start, end));
})"""
_READ_SLOWLY = """() => {
  const read = Blob.prototype.arrayBuffer;
  Blob.prototype.arrayBuffer = async function () {
    await new Promise((resolve) => setTimeout(resolve, this.size / 1e4));
    return read.call(this);
  };
  window.readQuickly = () => { Blob.prototype.arrayBuffer = read; };
}"""
# Nobody can press the browser's dialog: this is another real folder.
PICKER = """() => {
  window.showDirectoryPicker = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle("mine", {create: true});
}"""
# Every file of the origin's private file system: its path, and its size; null for one that is
# removed meanwhile.
ON_DISK = """async () => {
  const found = [];
  const walk = async (folder, path) => {
    for await (const [name, entry] of folder.entries()) {
      const size = () => entry.getFile().then((file) => file.size, () => null);
      if (entry.kind === "file") found.push([path + name, await size()]);
      else await walk(entry, path + name + "/").catch(() => found.push([path + name, null]));
    }
  };
  await walk(await navigator.storage.getDirectory(), "");
  return found;
}"""


@contextmanager
def reading_slowly(page: Page) -> Iterator[None]:
    """What a page sends is read at 10 MB a second at most, until it is loaded again: a quick
    machine would be done too soon for anything to happen in the middle.
    """
    page.evaluate(_READ_SLOWLY)
    yield
    page.evaluate("window.readQuickly?.()")


class Evaluates(Protocol):
    """A page of either browser."""

    def evaluate(self, expression: str, arg: Any = None, /) -> Any: ...


class Side:
    """A page with the Python of pages/filework.py."""

    def __init__(self, lab: Browsers, page: Evaluates, id: str) -> None:
        broker = {"host": "/", "port": lab.site.front.port, "path": "/", "secure": False}
        self.id = id
        self.page = page
        page.evaluate(START, [id, json.dumps({**broker, "ice_servers": []})])

    def run(self, code: str) -> Any:
        """Run Python; the value of its last line."""
        return self.page.evaluate(RUN, code)

    def described(self) -> list[list[str]]:
        """The newest offer's files: path, state, checksum and problem of each."""
        found: list[list[str]] = json.loads(self.run("side.described()"))
        return found


def connect(guest: Side, host: Side) -> None:
    """Connect two pages, by the Link that they have or a new one."""
    secret = host.run("side.secret()")
    guest.run(f"await side.connect({host.id!r}, {secret!r})")


def read_back(page: Evaluates) -> list[str]:
    """The SHA-256 of each file that has arrived, of what the page's disk has."""
    sizes: list[int] = page.evaluate("() => arrived.map((file) => file.size)")
    return [_sha256_of(page, file, size) for file, size in enumerate(sizes)]


def _sha256_of(page: Evaluates, file: int, size: int) -> str:
    digest = hashlib.sha256()
    for start in range(0, size, PART):
        digest.update(base64.b64decode(page.evaluate(READ, [file, start, start + PART])))
    return digest.hexdigest()


def made(path: Path, size: int, seed: int) -> str:
    """Make a file of random bytes, always the same; its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source, digest = random.Random(seed), hashlib.sha256()
    with path.open("wb") as file:
        for start in range(0, size, PART):
            data = source.randbytes(min(PART, size - start))
            digest.update(data)
            file.write(data)
    return digest.hexdigest()


class Chromium:
    """A Chromium with a profile on disk and one page, which may be reloaded, killed and started
    again: what it has stored is still there.
    """

    def __init__(self, lab: Browsers, id: str, profile: Path) -> None:
        self._lab = lab
        self._id = id
        self._profile = profile
        self.page: Page
        self.side: Side
        self.start()

    def start(self) -> None:
        """Start the browser."""
        self._context = self._lab.context(camera=False, profile=self._profile)
        self.open()

    def open(self) -> None:
        """Open the page in a new tab."""
        self.page = self._context.new_page()
        self.page.set_default_timeout(30_000)
        self._lab.watch.attach(self.page)
        self.page.add_init_script(PATHS_KEPT)
        self.page.goto(f"{self._lab.site.url}files.html")
        self.load()

    def load(self) -> None:
        """Start Python."""
        self.side = Side(self._lab, self.page, self._id)

    def reload(self) -> None:
        self.page.reload()
        self.load()

    def kill(self) -> None:
        """Kill the browser."""
        self._lab.kill(self.page)

    def run(self, code: str) -> Any:
        return self.side.run(code)

    def choose(self, field: str, *paths: Path) -> None:
        """Choose files, or a folder, as a person would: the browser reads them from the disk."""
        self.page.set_input_files(f"#{field}", [str(path) for path in paths])


class Pair:
    """A page that gives and a page that takes, connected."""

    def __init__(self, lab: Browsers, profiles: Path) -> None:
        self.lab = lab
        self.taker = Chromium(lab, "taker", profiles / "taker")
        self.giver = Chromium(lab, "giver", profiles / "giver")
        self.connect()

    def connect(self) -> None:
        """Connect the pages, by the Link that they have or a new one."""
        connect(self.giver.side, self.taker.side)

    def give(self, field: str, *paths: Path) -> str:
        """Offer files, or a folder, which the other page accepts; the offer's key."""
        for each in (self.giver, self.taker):
            each.run("await side.forget()")
        self.giver.choose(field, *paths)
        return str(self.giver.run(f"await side.give({field!r})"))


@contextmanager
def file_lab(playwright: Playwright, built: Path, root: Path) -> Iterator[Browsers]:
    """The built page's parts, served with the page of these tests."""
    shutil.copytree(built, root, symlinks=True)
    for name in ("files.html", "filework.py"):
        shutil.copy(PAGES / name, root)
    with served(root) as site:
        lab = Browsers(playwright, site)
        try:
            yield lab
        finally:
            lab.close()
