"""Calls of several pages, each with each other one, over Links.

    async with Peer() as peer, Links(peer, name="Ada") as links, CallMesh(links) as mesh:
        async for link in mesh.introduced():  # somebody in the same call
            await link.call(camera=True, microphone=True).start()

Whoever is in a call with two pages introduces them, and they make a Link and a call of their own.
`callmesh` carries out what `protocol/calls/mesh.py` decides (docs/decisions/0019).
"""

from peerscript.mesh.callmesh import CallMesh, introducer_of

__all__ = ["CallMesh", "introducer_of"]


def __dir__() -> list[str]:
    return __all__
