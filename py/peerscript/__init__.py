"""PeerScript: web pages that talk directly to each other, in Python.

The packages, by capability:

- `peer/`: this page as others reach it; `data/`: messages with one other page; `media/`: cameras,
  microphones and PeerJS's calls; `errors` and `options`;
- `link/`: a session with another PeerScript page that is authenticated, and outlives broken paths
  and reloads; `slides/`: decks over a Link;
- `protocol/`: their logic without I/O: values to bytes and back, handshakes, acknowledgements;
- `ports/`: what is needed from a browser; `bridge/` implements it with a real one, `testing/` in
  memory;
- `aio/`: turns a browser's callbacks into `await` and `async for`.
"""

from peerscript import errors, media
from peerscript.browser import this_browser
from peerscript.data.connection import DataConnection
from peerscript.data.state import ConnectionState
from peerscript.errors import PeerScriptError
from peerscript.link.link import Link
from peerscript.link.links import Links
from peerscript.media.connection import CallState, MediaConnection
from peerscript.options import IceServer
from peerscript.peer.peer import Peer
from peerscript.peer.session import PeerState
from peerscript.ports.support import Supports
from peerscript.protocol.values.sendable import sendable

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
