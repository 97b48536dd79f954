"""PeerScript: web pages that talk directly to each other, in Python.

The packages, by capability:

- `peer/`: this page as others reach it; `data/`: messages with one other page; `media/`: cameras,
  microphones and PeerJS's calls; `errors` and `options`;
- `link/`: a session with another PeerScript page that is authenticated, and outlives broken paths
  and reloads; `room/`: everybody who came by one invite; `remote/`: functions that the other page
  may call; `transfer/`: files over a Link; `calls/`: camera, microphone and screen over a Link;
  `mesh/`: calls of several; `slides/`: decks over a Link;
- `protocol/`: their logic without I/O: values to bytes and back, handshakes, acknowledgements;
- `ports/`: what is needed from a browser; `bridge/` implements it with a real one, `testing/` in
  memory;
- `aio/`: turns a browser's callbacks into `await` and `async for`.
"""

from importlib import import_module

TYPE_CHECKING = False  # type checkers take it for true; importing `typing` costs more than all this

if TYPE_CHECKING:
    from peerscript import calls as calls
    from peerscript import errors, media
    from peerscript import link as link
    from peerscript import mesh as mesh
    from peerscript import remote as remote
    from peerscript import room as room
    from peerscript import slides as slides
    from peerscript import testing as testing
    from peerscript import transfer as transfer
    from peerscript.browser import supports
    from peerscript.calls.call import Call, RemoteMedia
    from peerscript.data.connecting import Connecting
    from peerscript.data.connection import DataConnection
    from peerscript.data.state import ConnectionState
    from peerscript.errors import PeerScriptError
    from peerscript.link.channel import Channel
    from peerscript.link.channel_inbox import Message
    from peerscript.link.invites import Invites
    from peerscript.link.link import Link
    from peerscript.link.links import Links
    from peerscript.media.connection import CallState, MediaConnection
    from peerscript.mesh.callmesh import CallMesh
    from peerscript.options import IceServer, PeerOptions
    from peerscript.peer.connectivity import Connectivity, check_connectivity
    from peerscript.peer.identity import PageIdentity, page_identity
    from peerscript.peer.peer import Peer
    from peerscript.peer.session import PeerState
    from peerscript.ports.certificate import Fingerprints
    from peerscript.ports.ice import IceCandidateError
    from peerscript.ports.mediapath import Slot
    from peerscript.ports.streams import Device
    from peerscript.ports.support import Supports
    from peerscript.protocol.calls.session import CallEnd, LinkCallState
    from peerscript.protocol.calls.stats import CallStats
    from peerscript.protocol.link.handshake import Reason
    from peerscript.protocol.link.invites import InviteSecret
    from peerscript.protocol.link.state import LinkState, Verification
    from peerscript.protocol.remote.functions import Functions
    from peerscript.protocol.transfer.manifest import FileInfo
    from peerscript.protocol.transfer.transfer import FileState, FileStatus
    from peerscript.protocol.values.codecs import Codec, OwnSerialization, Serialization
    from peerscript.protocol.values.sendable import sendable
    from peerscript.protocol.vocabulary import Vocabulary
    from peerscript.room.broadcast import Broadcast
    from peerscript.room.joining import Joining
    from peerscript.room.member import Member
    from peerscript.room.room import Room
    from peerscript.transfer.incoming import IncomingOffer
    from peerscript.transfer.offer import Progress
    from peerscript.transfer.outgoing import OutgoingOffer
    from peerscript.transfer.writing import ReceivedFile

__version__ = "0.1.0"

__all__ = [
    "Broadcast",
    "Call",
    "CallEnd",
    "CallMesh",
    "CallState",
    "CallStats",
    "Channel",
    "Codec",
    "Connecting",
    "ConnectionState",
    "Connectivity",
    "DataConnection",
    "Device",
    "FileInfo",
    "FileState",
    "FileStatus",
    "Fingerprints",
    "Functions",
    "IceCandidateError",
    "IceServer",
    "IncomingOffer",
    "InviteSecret",
    "Invites",
    "Joining",
    "Link",
    "LinkCallState",
    "LinkState",
    "Links",
    "MediaConnection",
    "Member",
    "Message",
    "OutgoingOffer",
    "OwnSerialization",
    "PageIdentity",
    "Peer",
    "PeerOptions",
    "PeerScriptError",
    "PeerState",
    "Progress",
    "Reason",
    "ReceivedFile",
    "RemoteMedia",
    "Room",
    "Serialization",
    "Slot",
    "Supports",
    "Verification",
    "Vocabulary",
    "check_connectivity",
    "errors",
    "media",
    "page_identity",
    "sendable",
    "supports",
]

# Where each name is found when it is first asked for: the same as above, for Python.
_MODULES = {
    "Broadcast": "room.broadcast",
    "Call": "calls.call",
    "CallEnd": "protocol.calls.session",
    "CallMesh": "mesh.callmesh",
    "CallStats": "protocol.calls.stats",
    "CallState": "media.connection",
    "Channel": "link.channel",
    "Codec": "protocol.values.codecs",
    "Connecting": "data.connecting",
    "ConnectionState": "data.state",
    "Connectivity": "peer.connectivity",
    "DataConnection": "data.connection",
    "Device": "ports.streams",
    "FileInfo": "protocol.transfer.manifest",
    "FileState": "protocol.transfer.transfer",
    "FileStatus": "protocol.transfer.transfer",
    "Fingerprints": "ports.certificate",
    "Functions": "protocol.remote.functions",
    "IceCandidateError": "ports.ice",
    "IceServer": "options",
    "IncomingOffer": "transfer.incoming",
    "InviteSecret": "protocol.link.invites",
    "Invites": "link.invites",
    "Joining": "room.joining",
    "Link": "link.link",
    "LinkCallState": "protocol.calls.session",
    "LinkState": "protocol.link.state",
    "Links": "link.links",
    "MediaConnection": "media.connection",
    "Member": "room.member",
    "Message": "link.channel_inbox",
    "OutgoingOffer": "transfer.outgoing",
    "OwnSerialization": "protocol.values.codecs",
    "PageIdentity": "peer.identity",
    "Peer": "peer.peer",
    "PeerOptions": "options",
    "PeerScriptError": "errors",
    "PeerState": "peer.session",
    "Progress": "transfer.offer",
    "Reason": "protocol.link.handshake",
    "ReceivedFile": "transfer.writing",
    "RemoteMedia": "calls.call",
    "Room": "room.room",
    "Serialization": "protocol.values.codecs",
    "Slot": "ports.mediapath",
    "Supports": "ports.support",
    "Verification": "protocol.link.state",
    "Vocabulary": "protocol.vocabulary",
    "calls": "calls",
    "check_connectivity": "peer.connectivity",
    "errors": "errors",
    "link": "link",
    "media": "media",
    "mesh": "mesh",
    "page_identity": "peer.identity",
    "remote": "remote",
    "room": "room",
    "sendable": "protocol.values.sendable",
    "slides": "slides",
    "supports": "browser",
    "testing": "testing",
    "transfer": "transfer",
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
