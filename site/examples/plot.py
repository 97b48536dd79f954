"""Plot: the page that made the link sends a wave of numbers, the other one draws it live."""

import asyncio
import math
import time
from array import array
from collections import deque

from pyscript import display, window
from pyscript.web import page

from peerscript import DataConnection, Peer

RATE = 500  # numbers a second


async def send_wave(conn: DataConnection) -> None:
    page["sender"].hidden = False
    angle, then = 0.0, time.monotonic()
    while conn.open:
        await asyncio.sleep(0.05)
        numbers = array("d")
        while then < time.monotonic():
            then += 1 / RATE
            angle += math.tau * float(page["speed"].value) / RATE
            numbers.append(math.sin(angle))
        await conn.send(numbers)


async def draw_wave(conn: DataConnection) -> None:
    page["receiver"].hidden = False
    wave: deque[float] = deque(maxlen=2 * RATE)  # the last two seconds
    count = 0
    async for numbers in conn:  # an array of doubles, as it was sent
        wave.extend(numbers)
        count += len(numbers)
        points = [f"{x},{-y:.3f}" for x, y in enumerate(wave)]  # in SVG, up is minus
        page["curve"].setAttribute("points", " ".join(points))
        page["count"].textContent = f"{count:,}"


peer = Peer()


async def main() -> None:
    await peer.start()
    if other_id := window.location.hash[1:]:  # this page was opened by a link
        await draw_wave(await peer.connect(other_id))
    else:
        page["link"].hash = peer.id
        display(page["link"].href, target="link")
        peer.on("connection", send_wave)


await main()  # type: ignore[top-level-await]  # PyScript allows it
