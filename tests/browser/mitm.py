"""A broker that stands in the middle of every connection: what any broker can do to PeerJS.

It speaks PeerServer's protocol. Each offer of a data connection it answers in the callee's name,
makes the callee one in the caller's, and passes on what goes between its two ends, reading along.
Calls go through it untouched.

aiortc gathers no candidates on loopback: this needs a network interface, as Chromium does.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

# aiortc writes fingerprints of three kinds, browsers one; a page could refuse it for that alone.
_FOREIGN_FINGERPRINTS = re.compile(r"^a=fingerprint:(?!sha-256 ).*\r\n", re.MULTILINE)

Message = dict[str, Any]  # of PeerServer's protocol


@contextmanager
def hostile_broker() -> Iterator[HostileBroker]:
    """Run such a broker for as long as the block lasts; what went wrong in it is raised there."""
    broker = HostileBroker()
    started: Future[None] = Future()
    with ThreadPoolExecutor(max_workers=1) as thread:
        running = thread.submit(asyncio.run, broker.run(started))
        wait((started, running), return_when=FIRST_COMPLETED)
        try:
            yield broker
        finally:
            broker.stop()
            running.result()


class HostileBroker:
    """The broker.

    Attributes:
        port: where it listens, on 127.0.0.1.
        seen: every message that came through, as the data channel had it.
    """

    def __init__(self) -> None:
        self.port = 0
        self.seen: list[str | bytes] = []
        self._pages: dict[str, ServerConnection] = {}
        self._middles: dict[str, _Middle] = {}  # by the connection's ID
        self._inbox: asyncio.Queue[Message | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, started: Future[None]) -> None:
        """Serve until it is stopped."""
        self._loop = asyncio.get_running_loop()
        async with serve(self._attend, "127.0.0.1", 0, process_request=_give_id) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            started.set_result(None)
            while (message := await self._inbox.get()) is not None:
                await self._take(message)
        for middle in self._middles.values():
            await middle.close()

    def stop(self) -> None:
        """Have it end; from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself; its future says why
                self._loop.call_soon_threadsafe(self._inbox.put_nowait, None)

    async def _attend(self, page: ServerConnection) -> None:
        assert page.request is not None
        (peer_id,) = _query(page.request)["id"]
        self._pages[peer_id] = page
        with suppress(ConnectionClosed):
            await page.send(json.dumps({"type": "OPEN"}))
            async for text in page:
                self._inbox.put_nowait({**json.loads(text), "src": peer_id})
        if self._pages[peer_id] is page:
            del self._pages[peer_id]

    async def _take(self, message: Message) -> None:
        payload = message.get("payload") or {}
        middle = self._middles.get(payload.get("connectionId", ""))
        if message["type"] == "OFFER" and payload["type"] == "data":
            middle = self._middles[payload["connectionId"]] = _Middle(message, self.seen)
            for forged in (await middle.answer(), await middle.offer()):
                await self._send(forged)
        elif middle is not None:
            await middle.take(message)
        elif message["type"] != "HEARTBEAT":
            await self._send(message)

    async def _send(self, message: Message) -> None:
        page = self._pages.get(message["dst"])
        if page is not None:
            with suppress(ConnectionClosed):
                await page.send(json.dumps(message))
        elif message["type"] == "OFFER":
            await self._send({"type": "EXPIRE", "src": message["dst"], "dst": message["src"]})


def _query(request: Request) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.path).query)


def _give_id(page: ServerConnection, request: Request) -> Response | None:
    """PeerServer's one answer without a WebSocket."""
    if urlsplit(request.path).path.endswith("/id"):
        return page.respond(HTTPStatus.OK, str(uuid.uuid4()))
    return None


class _Middle:
    """One connection, cut in two: an end for the caller and an end for the callee."""

    def __init__(self, offer: Message, seen: list[str | bytes]) -> None:
        alone = RTCConfiguration(iceServers=[])  # aiortc's own choice would be Google's
        self._caller, self._callee = RTCPeerConnection(alone), RTCPeerConnection(alone)
        self._offered = offer
        self._there, self._back = _Way(seen), _Way(seen)
        payload = offer["payload"]
        far = self._callee.createDataChannel(payload["label"], ordered=bool(payload["reliable"]))
        far.on("message", self._back.take)
        self._there.lead_to(far)
        self._caller.once("datachannel", partial(self._join, far))

    async def answer(self) -> Message:
        """The answer for the caller, in the callee's name."""
        offered = self._offered["payload"]
        await self._caller.setRemoteDescription(RTCSessionDescription(**offered["sdp"]))
        await self._caller.setLocalDescription(await self._caller.createAnswer())
        kept = {name: offered[name] for name in ("type", "connectionId")}
        answer = {"type": "ANSWER", "src": self._offered["dst"], "dst": self._offered["src"]}
        return {**answer, "payload": {**kept, "sdp": _forged(self._caller)}}

    async def offer(self) -> Message:
        """The offer for the callee, in the caller's name; all but its way is the caller's own."""
        await self._callee.setLocalDescription(await self._callee.createOffer())
        return {
            **self._offered,
            "payload": {**self._offered["payload"], "sdp": _forged(self._callee)},
        }

    async def take(self, message: Message) -> None:
        """What one of the two sends to the other, and does not get there."""
        end = self._caller if message["src"] == self._offered["src"] else self._callee
        payload = message["payload"]
        if message["type"] == "ANSWER":
            await end.setRemoteDescription(RTCSessionDescription(**payload["sdp"]))
        elif message["type"] == "CANDIDATE":
            candidate = candidate_from_sdp(payload["candidate"]["candidate"].partition(":")[2])
            candidate.sdpMid = payload["candidate"]["sdpMid"]
            await end.addIceCandidate(candidate)

    def _join(self, far: RTCDataChannel, near: RTCDataChannel) -> None:
        near.on("message", self._there.take)
        self._back.lead_to(near)
        near.on("close", far.close)
        far.on("close", near.close)

    async def close(self) -> None:
        await self._caller.close()
        await self._callee.close()


class _Way:
    """One direction; it keeps what comes until there is an open channel to put it in."""

    def __init__(self, seen: list[str | bytes]) -> None:
        self._seen = seen
        self._waiting: list[str | bytes] = []
        self._target: RTCDataChannel | None = None

    def take(self, message: str | bytes) -> None:
        self._seen.append(message)
        self._waiting.append(message)
        self._go_on()

    def lead_to(self, target: RTCDataChannel) -> None:
        self._target = target
        target.on("open", self._go_on)
        self._go_on()

    def _go_on(self) -> None:
        if self._target is not None and self._target.readyState == "open":
            while self._waiting:
                self._target.send(self._waiting.pop(0))


def _forged(end: RTCPeerConnection) -> dict[str, str]:
    own = end.localDescription
    return {"type": own.type, "sdp": _FOREIGN_FINGERPRINTS.sub("", own.sdp)}
