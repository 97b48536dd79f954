"""PeerScript: web pages that talk directly to each other, in Python.

The map of the house:

- `peer` (a page that others can reach), `connection` (messages), `call` (sound and pictures),
  `media` (cameras and microphones), `options`, `support`, `errors`: what you use;
- `link` (a session with another PeerScript page that is proven, and outlives broken paths and
  reloads), `links` (all of a page, and its invites), `tab` (the same ID after a reload),
  `connectivity` (which STUN and TURN servers work);
- under a Link: `reception` and `greeting` (who is let in), `healing`, `path`, `conversation`,
  `sessions`;
- `events`: the same in PeerJS's style, `on("data")`;
- `inbox`, `outbox`, `waiter`, `lifecycle`: how a browser's callbacks become `await` and
  `async for`;
- `protocol/`: values to bytes and back, handshakes, acknowledgements: no browser and no waiting;
- `ports`: what is needed from a browser; `bridge/` has the real one, `memory` one for tests.
"""

from peerscript import errors, media
from peerscript.browser import this_browser
from peerscript.call import CallState, MediaConnection
from peerscript.connection import ConnectionState, DataConnection
from peerscript.errors import PeerScriptError
from peerscript.link import Link
from peerscript.links import Links
from peerscript.options import IceServer
from peerscript.peer import Peer
from peerscript.presence import PeerState
from peerscript.protocol.sendable import sendable
from peerscript.support import Supports

__version__ = "0.1.0"

__all__ = [
    "CallState",
    "ConnectionState",
    "DataConnection",
    "IceServer",
    "Link",
    "Links",
    "MediaConnection",
    "Peer",
    "PeerScriptError",
    "PeerState",
    "Supports",
    "errors",
    "media",
    "sendable",
    "supports",
]


def supports() -> Supports:
    """Tell what this browser can do: PeerJS's `util.supports`.

    Raises:
        BrowserUnsupported: Python runs in no page.
    """
    return this_browser().supports()
