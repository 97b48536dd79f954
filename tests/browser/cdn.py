"""The CDN and the package index of the un-built page, answered from this machine.

The same versions come from `node_modules`; Python's wheels are fetched once with pip. Anything
else is refused, and noted.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Route

from serving.places import CACHE, NODE_MODULES, ROOT
from serving.serve import certificate

TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
WHEELS = CACHE / "wheels"


def wheel(name: str, version: str) -> Path:
    """A wheel for the browser's Python, fetched once."""
    found = sorted(WHEELS.glob(f"{name}-{version}-*.whl"))
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
        wanted = ["--python-version", "3.14", "--only-binary", ":all:", f"{name}=={version}"]
        subprocess.run([*command, str(WHEELS), *wanted], check=True)
        found = sorted(WHEELS.glob(f"{name}-{version}-*.whl"))
    return found[0]


def lock_file() -> str:
    """Pyodide's lock file with the checksum of the wheel that is served here: PyPI's micropip is
    built anew and differs from the CDN's, whose bytes cannot be had."""
    lock = json.loads((NODE_MODULES / "pyodide" / "pyodide-lock.json").read_text())
    entry = lock["packages"]["micropip"]
    path = wheel("micropip", entry["version"])
    entry["file_name"] = path.name
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return json.dumps(lock)


class Cdn:
    """Answers a browser's requests to other hosts.

    Attributes:
        refused: what nothing here can answer.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.answered: list[str] = []

    def serve(self, context: BrowserContext) -> None:
        """Answer for every page of a browser."""
        context.route(re.compile(r"^https://"), self._answer)

    @contextmanager
    def reached_by_all(self) -> Iterator[list[str]]:
        """Answer over https as well, and yield a browser's flags for it: a sandboxed frame has a
        process of its own, whose first requests Playwright may be too late to take.
        """
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        server.socket = certificate("cdn.jsdelivr.net").wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield [
                f"--host-resolver-rules=MAP cdn.jsdelivr.net 127.0.0.1:{server.server_port}",
                "--ignore-certificate-errors",
            ]
        finally:
            server.shutdown()
            server.server_close()

    def _answer(self, route: Route) -> None:
        url = route.request.url
        self.answered.append(url)
        headers = {"Access-Control-Allow-Origin": "*"}
        if file := npm_file(url):
            self._send(route, file, headers)
        elif found := re.match(r"https://cdn\.jsdelivr\.net/pyodide/v([\d.]+)/full/(.+)", url):
            version, path = found.groups()
            manifest = json.loads((NODE_MODULES / "pyodide" / "package.json").read_text())
            assert manifest["version"] == version, f"pyodide: {version} on the page"
            if path == "pyodide-lock.json":
                route.fulfill(body=lock_file(), content_type="application/json", headers=headers)
            elif path.endswith(".whl"):
                self._send(route, WHEELS / path, headers)
            else:
                self._send(route, NODE_MODULES / "pyodide" / path, headers)
        elif re.match(r"https://[^/]+/(?:pypi|simple)/segno/", url):
            route.fulfill(
                body=index_page(wheel("segno", segno_version())),
                content_type="application/vnd.pypi.simple.v1+json",
                headers=headers,
            )
        elif url.startswith("https://wheels.test/"):
            self._send(route, WHEELS / url.rpartition("/")[2], headers)
        else:
            self.refused.append(url)
            route.abort()

    def _send(self, route: Route, path: Path, headers: dict[str, str]) -> None:
        if not path.is_file():
            self.refused.append(route.request.url)
            route.fulfill(status=404, headers=headers)
            return
        kind = TYPES.get(path.suffix, "application/octet-stream")
        route.fulfill(body=path.read_bytes(), content_type=kind, headers=headers)


class _Handler(BaseHTTPRequestHandler):
    """Answers for the files of npm's packages."""

    def __init__(self, cdn: Cdn, *given: Any) -> None:
        self._cdn = cdn
        super().__init__(*given)

    def do_GET(self) -> None:
        url = f"https://cdn.jsdelivr.net{self.path}"
        self._cdn.answered.append(url)
        path = npm_file(url)
        if path is None or not path.is_file():
            self._cdn.refused.append(url)
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(path.read_bytes())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def npm_file(url: str) -> Path | None:
    """Where a file of a package is in `node_modules`, if the URL is one of the CDN's."""
    found = re.match(r"https://cdn\.jsdelivr\.net/npm/((?:@[^/]+/)?[^@/]+)@([^/]+)/(.+)", url)
    if found is None:
        return None
    package, version, path = found.groups()
    manifest = json.loads((NODE_MODULES / package / "package.json").read_text())
    assert manifest["version"] == version, f"{package}: {version} on the page"
    return NODE_MODULES / package / path


def segno_version() -> str:
    """The version that pyscript.toml asks for."""
    found = re.search(r'"segno==([\d.]+)"', (ROOT / "pyscript.toml").read_text())
    assert found
    return found[1]


def index_page(path: Path) -> str:
    """The package index's answer (PEP 691) for a package with one wheel."""
    file = {
        "filename": path.name,
        "url": f"https://wheels.test/{path.name}",
        "hashes": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
        "size": path.stat().st_size,
    }
    name, version = path.name.split("-")[:2]
    return json.dumps(
        {"meta": {"api-version": "1.1"}, "name": name, "versions": [version], "files": [file]}
    )


def integrity(content: bytes) -> str:
    """The value of an `integrity` attribute."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
