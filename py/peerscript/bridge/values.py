"""Conversion of plain values: options, metadata, and JavaScript's errors."""

from __future__ import annotations

import logging
from typing import Any

from js import JSON, Object
from pyodide.ffi import JsException, JsProxy, to_js

from peerscript.errors import (
    NegotiationFailed,
    PeerScriptError,
    UnreadableMessage,
)
from peerscript.protocol.failures import from_peerjs
from peerscript.protocol.values import jsontext

logger = logging.getLogger("peerscript")


def plain_object(entries: dict[str, Any]) -> JsProxy:
    """Make a JavaScript object, leaving out the entries that are None."""
    present = {key: value for key, value in entries.items() if value is not None}
    made: JsProxy = to_js(present, dict_converter=Object.fromEntries)
    return made


def metadata_object(value: Any) -> Any:
    """Convert metadata to a JavaScript value by way of JSON, as PeerJS sends it.

    Raises:
        SerializationError: JSON cannot carry it.
    """
    return None if value is None else JSON.parse(jsontext.text(value, "metadata"))


def from_json_object(value: Any) -> Any:
    """Convert metadata to a Python value; None for undefined, null and what cannot be read."""
    text = JSON.stringify(value)
    try:
        return jsontext.parse(text) if isinstance(text, str) else None
    except UnreadableMessage as error:
        logger.warning("another page's metadata was dropped: %s", error)
        return None


def peer_error(error: Any) -> PeerScriptError:
    """Convert PeerJS's PeerError, or whatever else was thrown, to one of our errors."""
    kind = getattr(error, "type", None)
    return from_peerjs(kind if isinstance(kind, str) else "", str(getattr(error, "message", error)))


def thrown(error: JsException, doing: str) -> NegotiationFailed:
    """Convert an exception that WebRTC or PeerJS threw when we called it."""
    return NegotiationFailed(f"{doing}: {getattr(error, 'message', error)}")
