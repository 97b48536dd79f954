"""One port for the page and the broker, so that one certificate is enough for a phone.

Paths under `/peerjs` go to the PeerServer, WebSockets too; everything else is a file. The page's
settings are served with this front as their broker.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import re
import ssl
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

_TYPES = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".py": "text/x-python; charset=utf-8",
    ".toml": "application/toml; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
_BROKER = re.compile(r"/peerjs(?:[/?]|$)")  # but not /peerjs.min.js
_REQUEST = re.compile(r"(?P<method>[A-Z]+) (?P<target>/[^ \r\n]*) HTTP/1\.[01]\r\n")
_HEAD_LIMIT = 64 * 1024  # bytes


@dataclass
class Front:
    """The server.

    Attributes:
        root: the folder of the page.
        broker_port: the PeerServer's port on this machine; None for no broker.
        ice_servers: a TOML array to serve instead of the page's own; None leaves that.
        tls: serve https.
        port: the port in use, once started.
    """

    root: Path
    broker_port: int | None
    ice_servers: str | None = None
    tls: ssl.SSLContext | None = None
    port: int = 0
    _server: asyncio.Server | None = field(default=None, repr=False)

    async def start(self, host: str, port: int = 0) -> None:
        """Begin to serve; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self._server = await asyncio.start_server(
            self._serve, host, port, ssl=self.tls, limit=_HEAD_LIMIT
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A browser that goes away in the middle is nobody's error.
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            request = _REQUEST.match(head.decode("latin-1"))
            if request is None:
                writer.write(_response(HTTPStatus.BAD_REQUEST, b"not HTTP", "text/plain"))
            elif self.broker_port is not None and _BROKER.match(request["target"]):
                await self._pass_on(head, reader, writer)
            else:
                writer.write(self._answer(request["method"], request["target"]))
            await writer.drain()
        writer.close()

    async def _pass_on(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        broker_reader, broker_writer = await asyncio.open_connection("127.0.0.1", self.broker_port)
        if b"upgrade: websocket" not in head.lower():
            head = head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        broker_writer.write(head)
        async with asyncio.TaskGroup() as pumps:
            pumps.create_task(_pump(reader, broker_writer))
            pumps.create_task(_pump(broker_reader, writer))

    def _answer(self, method: str, target: str) -> bytes:
        if method not in ("GET", "HEAD"):
            return _response(HTTPStatus.METHOD_NOT_ALLOWED, b"", "text/plain")
        path = self._find(unquote(urlsplit(target).path))
        if path is None:
            return _response(HTTPStatus.NOT_FOUND, b"not found", "text/plain")
        content = path.read_bytes()
        if path.name in self._SETTINGS and self.broker_port is not None:
            content = self._SETTINGS[path.name](self, content.decode()).encode()
        guess = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        kind = guess or "application/octet-stream"
        answer = _response(HTTPStatus.OK, content, kind)
        return answer if method == "GET" else answer[: -len(content) or None]

    def _find(self, path: str) -> Path | None:
        if "\0" in path:  # the system refuses such names, and Python raises
            return None
        root = self.root.resolve()
        found = (root / path.lstrip("/")).resolve()
        if not found.is_relative_to(root):
            return None
        found = found / "index.html" if found.is_dir() else found
        return found if found.is_file() else None

    def _own_broker(self) -> dict[str, Any]:
        secure = self.tls is not None
        return {"host": "/", "port": self.port, "path": "/", "key": "peerjs", "secure": secure}

    def _with_own_broker(self, toml: str) -> str:
        for name, value in self._own_broker().items():  # TOML writes these as JSON does
            line = f"{name} = {json.dumps(value)}"
            toml = re.sub(rf"^{name} = .*$", line, toml, flags=re.MULTILINE)
        if self.ice_servers is not None:
            servers = f"ice_servers = {self.ice_servers}"
            toml = re.sub(
                r"^ice_servers = \[.*?^\]$", servers, toml, flags=re.MULTILINE | re.DOTALL
            )
        return toml

    def _with_own_broker_in_json(self, text: str) -> str:
        options = json.loads(text) | self._own_broker()
        if self.ice_servers is not None:
            servers = tomllib.loads(f"servers = {self.ice_servers}")["servers"]
            options["config"] = {"iceServers": servers}
        return json.dumps(options)

    _SETTINGS: ClassVar = {
        "pyscript.toml": _with_own_broker,
        "broker.json": _with_own_broker_in_json,  # the examples' page in JavaScript
    }

    async def stop(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.close()


def _response(status: HTTPStatus, content: bytes, kind: str) -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(content)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + content


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(64 * 1024):
            writer.write(data)
            await writer.drain()
    writer.close()
