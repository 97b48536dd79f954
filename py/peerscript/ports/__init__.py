"""What the library needs from a browser, as Protocols; a module for each capability.

`bridge/` implements them over a real browser, `testing/` with a network inside one process. The
library calls methods; what happens is reported through the `…Events` object that was given to
`bind` or to the constructor, synchronously and possibly inside the browser's own callback.
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
    "Offer",
    "PageEvent",
    "SdpTransform",
    "Wire",
    "WireEvents",
]
