"""What the library needs from a browser, in Python words; a capability a module.

`bridge/` fills these Protocols with the real thing, `testing/` with a network inside one process.
Calls go down as methods; news comes up through the `…Events` that were handed in, synchronously
and possibly inside the browser's own callback.
"""

from peerscript.ports.broker import Broker, BrokerEvents
from peerscript.ports.browser import Browser, PageEvent
from peerscript.ports.call import CallChannel, CallEvents, CallOffer
from peerscript.ports.certificate import Certificate, Fingerprints
from peerscript.ports.channel import (
    Channel,
    ChannelEvents,
    Offer,
    SdpTransform,
    Wire,
    WireEvents,
)
from peerscript.ports.ice import Gathered, IceCandidateError

__all__ = [
    "Broker",
    "BrokerEvents",
    "Browser",
    "CallChannel",
    "CallEvents",
    "CallOffer",
    "Certificate",
    "Channel",
    "ChannelEvents",
    "Fingerprints",
    "Gathered",
    "IceCandidateError",
    "Offer",
    "PageEvent",
    "SdpTransform",
    "Wire",
    "WireEvents",
]
