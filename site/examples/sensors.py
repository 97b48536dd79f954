"""Sensors: the page that made the link plots how the phones that opened it are held."""

from collections import deque
from typing import Any

from pyscript import display, when, window
from pyscript.web import page

from peerscript import Link, Links, Peer, page_identity
from peerscript.errors import LinkClosed

SHOWN = 200  # numbers of each curve


async def plot(link: Link) -> None:
    """Draw what a phone sends, degrees to the front and to the side, as it comes."""
    page["receiver"].hidden = False
    curves: dict[str, deque[float]] = {"front": deque(maxlen=SHOWN), "side": deque(maxlen=SHOWN)}
    async for tilt in link.channel("tilt", "live"):  # the newest, if the network is slow
        match tilt:  # another page may send anything
            case [int() | float() as front, int() | float() as side]:
                curves["front"].append(front)
                curves["side"].append(side)
            case _:
                continue
        for name, curve in curves.items():
            points = (f"{x},{-y}" for x, y in enumerate(curve))
            page[name].setAttribute("points", " ".join(points))
            page[f"{name}-now"].textContent = f"{curve[-1]:.0f}°"


async def send_tilt(link: Link) -> None:
    """Send how this phone is held, for as long as the other page is there."""
    channel = link.channel("tilt", "live")

    @when("click", "#start")
    async def start() -> None:
        sensor = window.DeviceOrientationEvent
        if hasattr(sensor, "requestPermission"):  # iPhones ask
            await sensor.requestPermission()
        page["status"].textContent = "Turn this device: nothing comes from it yet."

        @when("deviceorientation", window)
        async def turned(event: Any) -> None:
            if isinstance(event.beta, int | float):  # else there is no sensor
                page["status"].textContent = f"Sending {event.beta:.0f}° and {event.gamma:.0f}°."
                try:
                    await channel.send([event.beta, event.gamma])
                except LinkClosed as error:
                    page["status"].textContent = str(error)

    async for _ in link.states():
        page["sender"].hidden = not link.connected
    page["status"].textContent = "The page that made the link has gone."


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer, Links(peer) as links:
        host_id, _, secret = window.location.hash[1:].partition(".")
        if secret:  # this page was opened by a link
            link = await links.connect(host_id, secret)
            page["status"].textContent = "Connected."
            await send_tilt(link)
        else:
            page["link"].hash = f"{peer.id}.{links.invites.issue().secret}"
            display(page["link"].href, target="link")
            page["status"].textContent = "Open the link on a phone."
            await links.handle_links(plot)


await main()  # type: ignore[top-level-await]  # PyScript allows it
