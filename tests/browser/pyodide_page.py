"""Pages with the library alone, in plain Pyodide, and pages of unmodified PeerJS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright

from harness import PAGES, Browsers, served
from serving.places import NODE_MODULES

MSGPACK = NODE_MODULES / "peerjs" / "dist" / "serializer.msgpack.mjs"

START = """async () => {
  const {loadPyodide} = await import("/vendor/pyodide/pyodide.mjs");
  window.py = await loadPyodide();
  py.unpackArchive(await (await fetch("/app.zip")).arrayBuffer(), "zip");
}"""
# Playwright would wait for ever: what takes as long as this waits for something that never comes.
RUN_WITHIN = 120  # seconds
# Where each task is: the frames of what it awaits, too, which `Task.print_stack` leaves out.
WHERE = """
import asyncio

def _where(task):
    waiting, lines = task.get_coro(), [task.get_name()]
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "ag_frame", None)
        if frame is None:
            lines.append(repr(waiting))
        else:
            lines.append(f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}")
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "ag_await", None)
    return "\\n    ".join(lines)

"\\n".join(map(_where, asyncio.all_tasks()))
"""
RUN = """async ([code, seconds, where]) => {
  let timer;
  const late = new Promise((_, reject) => {
    const tell = () => reject(new Error(`not over after ${seconds} s\\n${py.runPython(where)}`));
    timer = setTimeout(tell, 1000 * seconds);
  });
  try {
    return await Promise.race([py.runPythonAsync(code), late]);
  } finally {
    clearTimeout(timer);
  }
}"""
PRELUDE = """
import asyncio
from peerscript import *
from peerscript.errors import *
broker = dict(host="/", port=%d, path="/", secure=False, ice_servers=[])
"""


def python(lab: Browsers, page: Page | None = None) -> Page:
    """A page with Python: in a new browser process, or the one that is given."""
    page = page or lab.page()
    page.goto(f"{lab.site.url}pyodide.html")
    return with_python(lab, page)


def with_python(lab: Browsers, page: Page) -> Page:
    """The same page, with Python."""
    page.evaluate(START)
    run(page, PRELUDE % lab.site.front.port)
    return page


def run(page: Page, code: str) -> Any:
    """Run Python in a page; the value of its last line. If it takes too long, the error
    says where each of its tasks is.
    """
    return page.evaluate(RUN, [code, RUN_WITHIN, WHERE])


def peerjs(lab: Browsers, peer_id: str, page: Page | None = None) -> Page:
    """An unmodified PeerJS page that echoes every message, as its documentation writes it: in a
    new browser process, or the page that is given.
    """
    page = page or lab.page()
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(
        """([id, port]) => new Promise((resolve, reject) => {
          window.options = {host: "/", port, path: "/", secure: false, config: {iceServers: []}};
          window.peer = new Peer(id, options);
          window.received = [];
          peer.on("connection", (conn) => conn.on("data", (data) => {
            received.push(data); conn.send(data);
          }));
          peer.on("call", (call) => { window.call = call; });
          peer.on("open", resolve);
          peer.on("error", reject);
        })""",
        [peer_id, lab.site.front.port],
    )
    return page


@contextmanager
def two_pythons_and_peerjs(
    playwright: Playwright, built: Path, root: Path, ready: str, script: str
) -> Iterator[tuple[Browsers, Page, Page, Page]]:
    """Two pages with Python, "python" and "other", and one of unmodified PeerJS with MsgPack.

    Args:
        root: a folder that is not there yet.
        ready: Python that both run first, with the place of their ID in it.
        script: a function of JavaScript that the third runs, given the broker's port.
    """
    shutil.copytree(built, root, symlinks=True)
    shutil.copy(PAGES / "pyodide.html", root)
    shutil.copy(MSGPACK, root)
    with served(root) as site:
        lab = Browsers(playwright, site)
        try:
            near, other = python(lab), python(lab)
            for page, peer_id in ((near, "python"), (other, "other")):
                run(page, ready % peer_id)
            plain = lab.page()
            plain.goto(f"{site.url}pyodide.html")
            plain.evaluate(script, [site.front.port])
            yield lab, near, other, plain
        finally:
            lab.close()
