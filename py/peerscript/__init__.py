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

from importlib import import_module

TYPE_CHECKING = False  # type checkers take it for true; importing `typing` costs more than all this

if TYPE_CHECKING:
    from peerscript import errors, media
    from peerscript import link as link
    from peerscript import slides as slides
    from peerscript import testing as testing
    from peerscript.browser import supports
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

# Where each name is found when it is first asked for: the same as above, for Python.
_MODULES = {
    "CallState": "media.connection",
    "ConnectionState": "data.state",
    "DataConnection": "data.connection",
    "IceServer": "options",
    "Link": "link.link",
    "Links": "link.links",
    "MediaConnection": "media.connection",
    "Peer": "peer.peer",
    "PeerScriptError": "errors",
    "PeerState": "peer.session",
    "Supports": "ports.support",
    "errors": "errors",
    "link": "link",
    "media": "media",
    "sendable": "protocol.values.sendable",
    "slides": "slides",
    "supports": "browser",
    "testing": "testing",
}

if not TYPE_CHECKING:  # to them it would mean that any name is there

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(f"{__name__}.{_MODULES[name]}")
        value = module if _MODULES[name] == name else getattr(module, name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
