"""Calls over a Link: camera, microphone and screen, with one other page.

    async with link.call(camera=True, microphone=True) as call:
        await call.answered()
        show(call.remote.camera)
        await call.ended()

    async for call in link.calls():  # on the other page
        await call.accept(camera=True, microphone=True)

`call` is what users have of a call, `linkcalls` all calls of one Link, `negotiation` and `path` the
connection of its media, `sources` what this page sends. What they decide is in `protocol/calls/`.
"""

from peerscript.calls.call import Call, RemoteMedia
from peerscript.calls.sources import Source
from peerscript.ports.mediapath import MediaTrack, Slot
from peerscript.protocol.calls.session import CallEnd, LinkCallState
from peerscript.protocol.calls.stats import CallStats, Quality

__all__ = [
    "Call",
    "CallEnd",
    "CallStats",
    "LinkCallState",
    "MediaTrack",
    "Quality",
    "RemoteMedia",
    "Slot",
    "Source",
]


def __dir__() -> list[str]:
    return __all__
