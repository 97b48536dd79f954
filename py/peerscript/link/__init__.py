"""Links: authenticated sessions between two PeerScript pages, over broken paths and reloads.

    async with Peer() as peer, Links(peer) as links:
        link = await links.connect(peer_id, secret)
        chat = link.channel("chat")  # exactly once and in order, over reloads of either page
        await chat.send({"text": "Hello"})
        async for value in chat:
            print(value)

`link`, `links` and `channel` are what a page uses. Behind them, `session` and `sessions` keep what
outlives a path, `channel_session` a channel's numbers; `path` is one connection, `guest` and `host`
its two handshakes, `bulk` its second data channel; `reconnection` looks for the next path. What
they decide is in `protocol/link/`.
"""

from peerscript.link.channel import Channel
from peerscript.link.channel_inbox import Message
from peerscript.link.invites import Invites
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.protocol.link.handshake import Reason
from peerscript.protocol.link.invites import InviteSecret
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.protocol.vocabulary import Vocabulary

__all__ = [
    "Channel",
    "InviteSecret",
    "Invites",
    "Link",
    "LinkState",
    "Links",
    "Message",
    "Reason",
    "Verification",
    "Vocabulary",
]


def __dir__() -> list[str]:
    return __all__
