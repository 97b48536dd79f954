"""Python in the picture: one page draws a video, the other changes each picture that comes."""

import asyncio
import math
import time

from pyscript import display, window
from pyscript.web import page

from peerscript import Link, Links, Peer, page_identity
from peerscript.errors import CallEnded
from peerscript.media import MediaTrack, Picture, frames

WIDTH, HEIGHT = 96, 72  # pixels
NEGATIVE = bytes(range(255, -1, -1))


def show(track: MediaTrack) -> None:
    page["video"].srcObject = stream = window.MediaStream.new()
    stream.addTrack(track)


def drawn(seconds: float) -> bytes:
    """A disc that goes round on blue: red, green, blue and alpha of each pixel."""
    x = (0.5 + 0.3 * math.cos(seconds)) * WIDTH
    y = (0.5 + 0.3 * math.sin(seconds)) * HEIGHT
    disc, ground = bytes([255, 200, 0, 255]), bytes([0, 0, 160, 255])
    return b"".join(
        disc if math.hypot(column - x, row - y) < HEIGHT / 6 else ground
        for row in range(HEIGHT)
        for column in range(WIDTH)
    )


async def send_pictures(link: Link) -> None:
    """Call the other page with a drawn picture, for as long as it is there."""
    page["drawing"].hidden = False
    with Picture(WIDTH, HEIGHT) as picture:
        show(picture.track)
        async with link.call(camera=picture.track) as call:
            while not call.end:
                picture.show(drawn(time.monotonic()))
                await asyncio.sleep(1 / 15)


async def change_pictures(link: Link) -> None:
    """Take each call, and show the negative of what is to be seen in it."""
    async for call in link.calls():
        try:
            await call.accept()
            await call.answered()
        except CallEnded:
            continue
        page["negative"].hidden = False
        with Picture(WIDTH, HEIGHT) as picture:
            show(picture.track)
            count = 0
            async for frame in frames(call.remote.camera, width=WIDTH):
                pixels = bytearray(frame.pixels)
                for colour in range(3):  # alpha stays
                    pixels[colour::4] = pixels[colour::4].translate(NEGATIVE)
                picture.show(pixels)
                count += 1
                page["count"].textContent = f"{count:,}"


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer, Links(peer) as links:
        other_id, _, secret = window.location.hash[1:].partition(".")
        if not secret:
            page["link"].hash = f"{peer.id}.{links.invites.issue().secret}"
            display(page["link"].href, target="link")
            await links.handle_links(send_pictures)
        else:  # this page was opened by a link
            if not links.all:
                await links.connect(other_id, secret)
            await links.handle_links(change_pictures)


await main()  # type: ignore[top-level-await]  # PyScript allows it
