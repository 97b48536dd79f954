"""Rooms: everybody who came by one invite, at the page that gave it out.

    async with Peer() as peer, Room(peer, name="Ms. Lee") as room:
        print(f"https://example.org/#{peer.id}.{room.invite.secret}")
        async for member, answer in room.messages():
            print(member.name, answer)
            room.broadcast((member.name, answer), besides=member)

A page that comes by the invite talks to the host alone, and is told by it what the others say:

    async with Peer() as peer, Room.join(peer, host_id, secret, name="Ada") as host:
        await host.send(42)
        async for name, answer in host:
            print(name, answer)

`room` (with its `broadcast`) and `joining` are the two sides, `member` is what both have of the
other; `transports` carry its values: a Link, or a connection of a plain PeerJS page
(docs/decisions/0015).
"""

from peerscript.room.broadcast import Broadcast
from peerscript.room.joining import Joining
from peerscript.room.member import Member
from peerscript.room.room import Room

__all__ = ["Broadcast", "Joining", "Member", "Room"]


def __dir__() -> list[str]:
    return __all__
