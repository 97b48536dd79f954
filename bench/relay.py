"""A relay of UDP packets: a path with delay and a limited rate, without the kernel's help.

Without the limit a whole window of packets would arrive within a moment, more than a browser's
socket has room for: no real path does that.
"""

from __future__ import annotations

import re
import selectors
import socket
import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Address = tuple[str, int]

HOST = "127.0.0.1"
BUFFER = 4 * 1024 * 1024  # bytes of each socket
RATE = 25e6  # bytes a second, each way: 200 Mbit/s
AT_ONCE = 50  # packets that are read before those whose time has come are sent
_CANDIDATE = re.compile(r"a=candidate:\S+ 1 (?:udp|UDP) \d+ ([\d.]+) (\d+) typ host.*")
_CANDIDATES = re.compile(r"a=(candidate:.*|end-of-candidates)\r\n")


class Relay:
    """Stands between two pages: each is told an address here instead of the other's.

    Args:
        delay: seconds of each packet.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._selector = selectors.DefaultSelector()
        self._held: dict[bool, deque[tuple[float, socket.socket, bytes, Address]]] = {
            direction: deque() for direction in (False, True)
        }
        self._real: dict[socket.socket, Address] = {}  # who is behind an address
        self._free_at: dict[bool, float] = {}  # when the line of a direction is free
        self._running = True

    def between(self) -> tuple[socket.socket, socket.socket]:
        """Two sockets; what arrives at one leaves by the other."""
        pair = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
        for one, other in (pair, pair[::-1]):
            one.bind((HOST, 0))
            one.setblocking(False)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                one.setsockopt(socket.SOL_SOCKET, option, BUFFER)
            self._selector.register(one, selectors.EVENT_READ, (other, one is pair[0]))
        return pair

    def stand_for(self, place: socket.socket, sdp: str) -> str:
        """The description of a page, with an address here alone; packets for it go to its own."""
        found = _CANDIDATE.search(sdp)
        if found is None:
            raise RuntimeError("a page without an address")
        self._real[place] = found[1], int(found[2])
        port = place.getsockname()[1]
        return (
            _CANDIDATES.sub("", sdp)
            + f"a=candidate:1 1 udp 2122260223 {HOST} {port} typ host generation 0\r\n"
        )

    def run(self) -> None:
        """Relay until `stop`."""
        while self._running:
            soonest = min((held[0][0] for held in self._held.values() if held), default=None)
            wait = 0.05 if soonest is None else soonest - time.monotonic()
            for key, _ in self._selector.select(max(wait, 0.0)):
                self._take(key.fileobj, *key.data)  # type: ignore[arg-type]
            now = time.monotonic()
            for held in self._held.values():
                while held and held[0][0] <= now:
                    _, leaving, packet, to = held.popleft()
                    leaving.sendto(packet, to)

    def _take(self, arrived: socket.socket, leaving: socket.socket, direction: bool) -> None:
        now = time.monotonic()
        for _ in range(AT_ONCE):
            try:
                packet = arrived.recv(2048)
            except BlockingIOError:
                return
            if arrived in self._real:  # else the page behind it is not known yet
                free_at = max(self._free_at.get(direction, now), now) + len(packet) / RATE
                self._free_at[direction] = free_at
                to = self._real[arrived]
                self._held[direction].append((free_at + self._delay, leaving, packet, to))

    def stop(self) -> None:
        """End `run`."""
        self._running = False

    def close(self) -> None:
        """Close the sockets."""
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()


@contextmanager
def relay(delay: float) -> Iterator[Relay]:
    """A relay that runs in a thread of its own."""
    made = Relay(delay)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join()
        made.close()
