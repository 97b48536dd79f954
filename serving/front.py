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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from serving.answer import answer, headers, refusal, without_body
from serving.brotli import BROTLI
from serving.names import lasts

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
    _serving: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    async def start(self, host: str, port: int = 0) -> None:
        """Start serving; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self._server = await asyncio.start_server(
            self._begin, host, port, ssl=self.tls, limit=_HEAD_LIMIT
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        task.add_done_callback(lambda _: writer.transport.abort())  # cancelled before it began

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A browser that closes the connection is no error.
        gone = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
        async with _closing(writer):
            with suppress(*gone):
                head = await reader.readuntil(b"\r\n\r\n")
                request = _REQUEST.match(head.decode("latin-1"))
                if request is None:
                    writer.write(refusal(HTTPStatus.BAD_REQUEST, "not HTTP"))
                elif self.broker_port is not None and _BROKER.match(request["target"]):
                    await self._pass_on(head, reader, writer)
                else:
                    whole = await asyncio.to_thread(self._answer, request, head)
                    writer.write(without_body(whole) if request["method"] == "HEAD" else whole)
                await writer.drain()

    async def _pass_on(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        broker_reader, broker_writer = await asyncio.open_connection("127.0.0.1", self.broker_port)
        if b"upgrade: websocket" not in head.lower():
            head = head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        async with _closing(broker_writer):
            broker_writer.write(head)
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(_pump(reader, broker_writer))
                pumps.create_task(_pump(broker_reader, writer))

    def _answer(self, request: re.Match[str], head: bytes) -> bytes:
        """Runs in a thread: compressing takes a while, and the broker's traffic must not wait."""
        if request["method"] not in ("GET", "HEAD"):
            return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD")
        path = self._find(unquote(urlsplit(request["target"]).path))
        if path is None:
            return refusal(HTTPStatus.NOT_FOUND, "not found")
        content = path.read_bytes()
        compressed = path.with_name(path.name + BROTLI)
        brotli = compressed.read_bytes() if compressed.exists() else None
        if path.name in self._SETTINGS and self.broker_port is not None:
            content = self._SETTINGS[path.name](self, content.decode()).encode()
        guess = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        return answer(
            headers(head),
            content,
            guess or "application/octet-stream",
            brotli,
            lasts=lasts(path.relative_to(self.root.resolve()).as_posix()),
        )

    def _find(self, path: str) -> Path | None:
        root = self.root.resolve()
        try:
            found = (root / path.lstrip("/")).resolve()
            found = found / "index.html" if found.is_dir() else found
            there = found.is_relative_to(root) and found.is_file()
        except (OSError, ValueError):  # too long, or with a zero byte: no file can be named so
            return None
        return found if there else None

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
        """Stop serving, and end every connection."""
        if self._server is not None:
            # Whoever is just being accepted would stay open if the server were closed at once.
            with suppress(NotImplementedError):  # Windows
                for listening in self._server.sockets:
                    asyncio.get_running_loop().remove_reader(listening.fileno())
            await _rounds()
            self._server.close()
        for task in self._serving:
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving)
        await _rounds()  # what was aborted is closed in one of them


async def _rounds() -> None:
    """Let the event loop go round as often as a connection takes from `accept` to its task."""
    for _ in range(5):
        await asyncio.sleep(0)


@asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Close a connection after the block, when all is sent; at once if that is cancelled."""
    try:
        yield
        writer.close()
        with suppress(OSError):  # the browser has closed it
            await writer.wait_closed()
    finally:
        writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(64 * 1024):
            writer.write(data)
            await writer.drain()
    writer.close()
