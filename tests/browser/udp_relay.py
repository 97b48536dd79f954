"""A relay of UDP packets: a path with delay, a limited rate and loss, without the kernel's help.

Without the limit a whole window of packets would arrive within a moment, more than a browser's
socket has room for: no real path does that.
"""

from __future__ import annotations

import random
import selectors
import socket
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

Address = tuple[str, int]

HOST = "127.0.0.1"
BUFFER = 4 * 1024 * 1024  # bytes of each socket
RATE = 25e6  # bytes a second: 200 Mbit/s
LARGE = 600  # bytes; of those that are full of data
AT_ONCE = 50  # packets that are read before those whose time has come are sent

# The page is told the relay's addresses instead of those that the other page's candidates have.
REDIRECT = r"""() => {
  const own = RTCPeerConnection.prototype, {setRemoteDescription, addIceCandidate} = own;
  const known = {};
  const redirected = async (line) => {
    const found = /^(.*candidate:\S+ 1) (udp) (\d+) ([\d.]+) (\d+) (typ host)/i.exec(line);
    if (!found) return null;
    const [, head, kind, priority, address, port, tail] = found;
    const there = known[address + ":" + port] ??= window.standFor(address, Number(port));
    return `${head} ${kind} ${priority} 127.0.0.1 ${await there} ${tail}`;
  };
  own.setRemoteDescription = async function (description) {
    const lines = [];
    for (const line of description.sdp.split("\r\n"))
      lines.push(line.startsWith("a=candidate:") ? await redirected(line) : line);
    const sdp = lines.filter((line) => line !== null).join("\r\n");
    return setRemoteDescription.call(this, {type: description.type, sdp});
  };
  own.addIceCandidate = async function (candidate) {
    const line = candidate?.candidate;
    if (!line) return;
    const other = await redirected(line);
    if (other === null) return;
    const {sdpMid, sdpMLineIndex} = candidate;
    return addIceCandidate.call(this, {candidate: other, sdpMid, sdpMLineIndex});
  };
}"""


@dataclass(frozen=True)
class _End:
    """A page's address, and the socket that stands for it."""

    address: Address
    page: int
    place: socket.socket


class Relay:
    """Stands between two pages: each is told an address here instead of the other's.

    Args:
        delay: seconds of each packet.
        rate: bytes a second, each way.
        loss: the share of large packets that is lost, at random.
    """

    def __init__(self, delay: float, rate: float, loss: float) -> None:
        self._delay = delay
        self._rate = rate
        self._loss = loss
        self._selector = selectors.DefaultSelector()
        self._held: dict[int, deque[tuple[float, _End, bytes, _End]]] = {0: deque(), 1: deque()}
        # By port: what is sent from a page to this host's address may come from that address.
        self._ends: dict[int, _End] = {}
        self._free_at: dict[int, float] = {}  # when the line to a page is free
        self._adding = threading.Lock()
        self._running = True

    def stand_for(self, page: int, address: Address) -> int:
        """The port here of an address of a page (0 or 1): packets to it go there, and come from the
        port of who sends them.

        Raises:
            RuntimeError: the relay is closed; nobody would close what was opened now.
        """
        with self._adding:
            if not self._running:
                raise RuntimeError("the relay is closed; close its pages before it")
            port = address[1]
            if port not in self._ends:
                place = socket.socket(type=socket.SOCK_DGRAM)
                place.bind((HOST, 0))
                place.setblocking(False)
                for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                    place.setsockopt(socket.SOL_SOCKET, option, BUFFER)
                self._ends[port] = end = _End(address, page, place)
                self._selector.register(place, selectors.EVENT_READ, end)
            return int(self._ends[port].place.getsockname()[1])

    def between(self, *pages: Page) -> None:
        """From now on, whatever these two connect to each other goes by here."""
        for at, page in enumerate(pages):
            page.expose_function(
                "standFor",
                lambda address, port, other=1 - at: self.stand_for(other, (address, port)),
            )
            page.evaluate(REDIRECT)

    def run(self) -> None:
        """Relay until `stop`."""
        while self._running:
            soonest = min((held[0][0] for held in self._held.values() if held), default=None)
            wait = 0.05 if soonest is None else soonest - time.monotonic()
            for key, _ in self._selector.select(max(wait, 0.0)):
                self._take(key.data)
            now = time.monotonic()
            for held in self._held.values():
                while held and held[0][0] <= now:
                    _, sender, packet, to = held.popleft()
                    sender.place.sendto(packet, to.address)

    def _take(self, to: _End) -> None:
        now = time.monotonic()
        for _ in range(AT_ONCE):
            try:
                packet, source = to.place.recvfrom(2048)
            except BlockingIOError:
                return
            if sender := self._ends.get(source[1]):  # else nobody was told of it yet
                free_at = max(self._free_at.get(to.page, now), now) + len(packet) / self._rate
                self._free_at[to.page] = free_at
                if len(packet) < LARGE or random.random() >= self._loss:
                    self._held[to.page].append((free_at + self._delay, sender, packet, to))

    def stop(self) -> None:
        """End `run`."""
        with self._adding:
            self._running = False

    def close(self) -> None:
        """Close the sockets."""
        for end in self._ends.values():
            end.place.close()
        self._selector.close()


@contextmanager
def relay(delay: float, rate: float = RATE, loss: float = 0.0) -> Iterator[Relay]:
    """A relay that runs in a thread of its own; see `Relay`. Its pages are closed before it: while
    they are open they connect anew, which asks for addresses here.
    """
    made = Relay(delay, rate, loss)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join()
        made.close()
