"""Pages with the library alone, in plain Pyodide, and pages of unmodified PeerJS."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from harness import Browsers

START = """async () => {
  const {loadPyodide} = await import("/vendor/pyodide/pyodide.mjs");
  window.py = await loadPyodide();
  py.unpackArchive(await (await fetch("/app.zip")).arrayBuffer(), "zip");
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
    page.evaluate("code => py.runPythonAsync(code)", PRELUDE % lab.site.front.port)
    return page


def run(page: Page, code: str) -> Any:
    """Run Python in a page; the value of its last line."""
    return page.evaluate("code => py.runPythonAsync(code)", code)


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
