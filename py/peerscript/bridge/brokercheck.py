"""Where PeerJS looks for its broker, and why none is there."""

from __future__ import annotations

import js
from pyodide.ffi import JsException, JsProxy

from peerscript.bridge.peerjs import PeerJs
from peerscript.bridge.values import plain_object
from peerscript.errors import BrokerUnreachable
from peerscript.options import PeerOptions
from peerscript.protocol.unreachable import LONGEST_ID, Answer, BrokerAddress, why

CHECK_TIMEOUT = 1.5  # seconds for each of two requests


def broker_address(options: PeerOptions, script: PeerJs) -> BrokerAddress:
    """What PeerJS makes of the options (peerjs 1.5.5, lib/peer.ts)."""
    cloud = str(script.util.CLOUD_HOST)
    host = options.host or cloud
    path = (options.path or "/").strip("/")
    secure = options.secure is True or (options.secure is None and _page_is_secure())
    return BrokerAddress(
        host=str(js.location.hostname) if host == "/" else host,
        port=options.port or int(script.util.CLOUD_PORT),
        path=f"/{path}/" if path else "/",
        key=options.key or "peerjs",
        secure=secure or host == cloud,
    )


async def unreachable(broker: BrokerAddress) -> BrokerUnreachable:
    """Ask the broker for an ID, as PeerJS does, and return why it cannot be reached."""
    answer = await _ask(broker, "cors")
    if answer is None:  # it is silent, or the browser hides its answer
        answer = await _ask(broker, "no-cors")
    return no_broker(broker, answer)


def no_broker(broker: BrokerAddress, answer: Answer | None = None) -> BrokerUnreachable:
    """The error for this answer."""
    online = bool(js.navigator.onLine)
    return BrokerUnreachable(why(broker, answer, page_is_secure=_page_is_secure(), online=online))


def _page_is_secure() -> bool:
    return str(js.location.protocol) == "https:"


async def _ask(broker: BrokerAddress, mode: str) -> Answer | None:
    signal = js.AbortSignal.timeout(CHECK_TIMEOUT * 1000)
    request = plain_object({"mode": mode, "cache": "no-store", "signal": signal})
    try:
        response: JsProxy = await js.fetch(broker.url("id"), request)
        if response.type == "opaque":
            return Answer()
        return Answer(int(response.status), str(await response.text())[: LONGEST_ID + 1])
    except JsException:
        return None  # the browser tells no more
