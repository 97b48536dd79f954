"""What somebody does first with a peerscript that they installed: CPython and Pyodide run it.

Nothing but the library and what Python brings.
"""

from __future__ import annotations

import asyncio

import peerscript
from peerscript import Links, Peer
from peerscript.testing import MemoryNetwork

VALUE = {"n": [1, 2.5, None], "bytes": b"\x00\xff"}


async def main() -> None:
    """Raise whatever goes wrong."""
    network = MemoryNetwork()
    async with Peer("host", browser=network) as host, Peer(browser=network) as guest:
        await connection(host, guest)
    async with Peer("host", browser=network) as host, Peer(browser=network) as guest:
        await link(host, guest)


async def connection(host: Peer, guest: Peer) -> None:
    """A value there and back."""
    async with guest.connect("host") as here, await anext(host.connections()) as there:
        await here.send(VALUE)
        await there.send(await there.receive())
        if await here.receive() != VALUE:
            raise AssertionError("the value came back as another")


async def link(host: Peer, guest: Peer) -> None:
    """A text on a channel, and each knows who is there."""
    async with Links(host, name="Ada") as hosting, Links(guest, name="Bob") as visiting:
        invite = hosting.invites.issue()
        here = await visiting.connect("host", invite.secret)
        there = await anext(aiter(hosting))
        await here.channel("chat").send("hello")
        text = await anext(aiter(there.channel("chat")))
        if (text, there.name, here.verification.verified) != ("hello", "Bob", True):
            raise AssertionError("the Link did not do its work")


if __name__ == "__main__":
    asyncio.run(main())
    print(peerscript.__file__)
