"""Everything that can go wrong, in one tree.

PeerScriptError
├── BrowserUnsupported        no WebRTC, no PeerJS or an old one, or Python runs in no page
├── BrokerError               between this page and the broker (PeerServer)
│   ├── BrokerUnreachable     no answer, or an answer that is not a broker's
│   ├── Disconnected          the broker's socket is gone; `Peer.reconnect` may help
│   ├── IdTaken               another page holds this ID
│   ├── InvalidId             not an ID that a broker accepts
│   └── InvalidKey            the broker refuses this API key
├── ConnectError              between this page and another, before anything is open
│   ├── PeerUnavailable       the broker knows nobody by that ID
│   ├── ConnectTimeout        nobody answered in time
│   ├── OwnId                 a page cannot connect to itself
│   ├── LinkRefused           the other page, or this one, refuses the Link
│   └── NegotiationFailed     no network path was found, or WebRTC refused
├── ConnectionClosed          the connection was closed, by this side or the other
│   ├── ConnectionLost        it broke: nobody closed it
│   ├── NotDelivered          `close` could not flush everything in time
│   ├── LinkClosed            the Link is over
│   │   └── LinkMisused       the other page broke the protocol, and was dropped
│   ├── CallEnded             the call over a Link is over, or was not taken
│   └── InboxFull             nobody read what arrived, and the inbox's limit is reached
├── MessageError              one message, not the connection
│   ├── SerializationError    the value cannot be carried by this serialization
│   ├── MessageTooBig         larger than one message may be
│   ├── OutboxFull            too much waits to be delivered already
│   └── UnreadableMessage     what arrived is not a message of this serialization
├── NoSuchChannel             the other page has no channel of that name, or one of another kind
├── RemoteFailed              a call of a function that the other page serves
│   ├── RemoteError           the function raised an exception
│   ├── NoSuchFunction        the other page serves no function of that name
│   ├── WrongArguments        they do not fit the function's parameters
│   ├── RemoteTimeout         no answer in time; the function is cancelled
│   ├── RemoteLost            the other page was reloaded before it had answered
│   ├── RemoteBusy            too many calls at once
│   └── UnreadableResult      the result is no value that can be made here
├── TransferError             files that were offered and are not all there
│   ├── OfferDeclined         none was wanted
│   ├── TransferCancelled     somebody has ended it
│   ├── TransferFailed        one could not be read or kept, or is not what was sent
│   └── TransferLost          the Link is over or lost, or the other page was reloaded
├── StorageFull               the browser stores nothing more for this page
├── CallDeclined              the other side did not answer the call, or is in another
└── MediaError                camera, microphone, screen
    ├── MediaDenied           the person or the system said no
    ├── MediaNotFound         there is no such device
    ├── MediaInUse            the device is there but another program holds it
    └── InsecurePage          browsers give cameras and screens to https and localhost only
"""


class PeerScriptError(Exception):
    """The root: catch this to catch everything that PeerScript raises on purpose."""


class BrowserUnsupported(PeerScriptError):
    """This page cannot do WebRTC, PeerJS's script is not loaded or too old, or Python runs in no
    page: in a web worker, or outside a browser.
    """


class BrokerError(PeerScriptError):
    """A failure between this page and the broker."""


class BrokerUnreachable(BrokerError):
    """The broker did not answer, or what answered is not a broker."""


class Disconnected(BrokerError):
    """The broker's socket is gone. Open connections stay open; new ones need `Peer.reconnect`."""


class IdTaken(BrokerError):
    """Another page holds this ID at the broker."""


class InvalidId(BrokerError, ValueError):
    """Not an ID: letters and digits, with single spaces, dashes or underscores between them."""


class InvalidKey(BrokerError):
    """The broker refuses this API key."""


class ConnectError(PeerScriptError):
    """A connection or call that never opened."""


class PeerUnavailable(ConnectError):
    """The broker knows nobody by that ID."""


class ConnectTimeout(ConnectError, TimeoutError):
    """Nobody answered in time."""


class OwnId(ConnectError, ValueError):
    """A page cannot connect to itself."""


class NegotiationFailed(ConnectError):
    """No network path between the two pages was found, or WebRTC refused one."""


class ConnectionClosed(PeerScriptError):
    """The connection is closed."""


class ConnectionLost(ConnectionClosed):
    """The connection broke: neither side closed it."""


class NotDelivered(ConnectionClosed):
    """The connection closed before everything that was sent had left this page."""


class InboxFull(ConnectionClosed):
    """More arrived than the inbox may hold, and nobody read it."""


class LinkRefused(ConnectError):
    """The other page, or this one, refuses the Link.

    Attributes:
        reason: the value of a `protocol.link.handshake.Reason`: "proof" (the secret is not known
            there, or somebody is in the middle), "expired", "used-up", "revoked",
            "session", "version", "rubbish", "oneself", "busy", "glare", "person", "other".
        told: whether the other page refused, rather than this one.
        scope: of the invite that was proved here, and is not valid any more; "" if none was.
    """

    def __init__(
        self, words: str, *, reason: str = "other", told: bool = False, scope: str = ""
    ) -> None:
        super().__init__(words)
        self.reason = reason
        self.told = told
        self.scope = scope


class LinkClosed(ConnectionClosed):
    """The Link is over."""


class StorageFull(PeerScriptError):
    """The browser stores nothing more for this page."""


class CallEnded(ConnectionClosed):
    """The call over a Link is over, or was not taken."""


class LinkMisused(LinkClosed):
    """The other page broke the protocol, and was dropped."""


class NoSuchChannel(PeerScriptError):
    """The other page has opened no channel of that name, or one of another kind."""


class RemoteFailed(PeerScriptError):
    """A call of a function that the other page serves gave no result."""


class RemoteError(RemoteFailed):
    """The function raised an exception on the other page.

    Attributes:
        kind: the name of the exception's class: "ValueError".
        words: the exception's text.
    """

    def __init__(self, kind: str, words: str = "") -> None:
        super().__init__(f"{kind}: {words}" if words else kind)
        self.kind = kind
        self.words = words


class NoSuchFunction(RemoteFailed):
    """The other page serves no function of that name, or one of another sort."""


class WrongArguments(RemoteFailed, TypeError):
    """The arguments do not fit the function's parameters: it was not run. The text names which."""


class RemoteTimeout(RemoteFailed, TimeoutError):
    """There was no answer in time; the function is cancelled on the other page."""


class RemoteLost(RemoteFailed):
    """The other page was reloaded before it had answered: the function may have run, or not."""


class RemoteBusy(RemoteFailed):
    """Too many calls at once; the function was not run."""


class TransferError(PeerScriptError):
    """Files that were offered and are not all there."""


class OfferDeclined(TransferError):
    """No file of the offer was wanted."""


class TransferCancelled(TransferError):
    """Somebody has ended it, on either page."""


class TransferFailed(TransferError):
    """A file could not be read or kept, or is not what was sent. The text names it."""


class TransferLost(TransferError):
    """The Link is over or lost, or the other page was reloaded, before all was there."""


class MessageError(PeerScriptError):
    """One message could not be sent or read; the connection stays open."""


class SerializationError(MessageError, ValueError):
    """The value cannot be carried exactly; the text names the path to it."""


class MessageTooBig(MessageError, ValueError):
    """Larger than the other side accepts in one message."""


class OutboxFull(MessageError):
    """Too much is waiting to be delivered; nothing was sent."""


class UnreadableMessage(MessageError):
    """What arrived is not a message of this connection's serialization."""


class UnreadableResult(RemoteFailed, UnreadableMessage):
    """The function's result, or a value of its stream, is no value that can be made here."""


class CallDeclined(PeerScriptError):
    """The other side closed the call without answering it."""


class MediaError(PeerScriptError):
    """No access to a camera, a microphone or the screen."""


class MediaDenied(MediaError):
    """The person, the browser or the system refused."""


class MediaNotFound(MediaError):
    """There is no device of that kind."""


class MediaInUse(MediaError):
    """The device is there, but the system or another program holds it."""


class InsecurePage(MediaError):
    """The page is not served over https (or from localhost)."""


# PeerJS's error types (peerjs 1.5.5, lib/enums.ts) and what they are here.
FROM_PEERJS: dict[str, type[PeerScriptError]] = {
    "browser-incompatible": BrowserUnsupported,
    "disconnected": Disconnected,
    "invalid-id": InvalidId,
    "invalid-key": InvalidKey,
    "network": BrokerUnreachable,
    "peer-unavailable": PeerUnavailable,
    "ssl-unavailable": BrokerUnreachable,
    "server-error": BrokerUnreachable,
    "socket-error": BrokerUnreachable,
    "socket-closed": BrokerUnreachable,
    "unavailable-id": IdTaken,
    "webrtc": NegotiationFailed,
    "negotiation-failed": NegotiationFailed,
    "connection-closed": ConnectionClosed,
    "not-open-yet": ConnectionClosed,
    "message-too-big": MessageTooBig,
}
