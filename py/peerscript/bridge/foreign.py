"""JavaScript's objects in messages (ports.foreign)."""

from __future__ import annotations

from functools import partial

from js import Object, Uint8Array
from pyodide.ffi import JsBuffer, JsDoubleProxy, JsException, JsIterable, JsProxy, jsnull

from peerscript.ports.foreign import Blob, Buffer, Foreign, Null, Other

_CONVERTIBLE = {"Array", "Map", "Object"}


def foreign(value: object) -> Foreign | None:
    """Tell what a message can make of a JavaScript object; None for a value of Python's own."""
    if value is jsnull:
        return Null()
    if not isinstance(value, JsProxy):
        return None
    # Tags, not `instanceof`: an <iframe>'s File is of another class than this window's.
    tag, name = _names(value)
    kind = f"a JavaScript {name}"
    if isinstance(value, JsBuffer):
        return Buffer(kind, partial(_copy, value))
    if tag == "SharedArrayBuffer":
        return Buffer(kind, partial(_copy, Uint8Array.new(value)))
    if tag in {"Blob", "File"}:
        return Blob(kind, int(value.size), partial(_read, value))
    return Other(kind, _advice(value, name))


def _names(value: JsProxy) -> tuple[str, str]:
    """An object's tag (`Object.prototype.toString`), and the name of its class where it has one."""
    tag = "Object"
    try:
        tag = str(Object.prototype.toString.call(value))[len("[object ") : -1]
        name = value.constructor.name
    except (AttributeError, JsException):  # an object without a class, or another site's window
        return tag, tag
    return tag, name if isinstance(name, str) and name not in {"", "Object"} else tag


def _advice(value: JsProxy, name: str) -> str:
    if isinstance(value, JsDoubleProxy):
        return "call .unwrap() first"
    if name in _CONVERTIBLE:
        return "call .to_py() first"
    if name == "Date":
        return "make it a datetime first, of its getTime()"
    if isinstance(value, JsIterable):
        return "call list() on it first"
    return "send what matters of it, as Python values"


def _copy(buffer: JsBuffer) -> bytes:
    try:
        return buffer.to_bytes()
    except JsException as error:
        raise _unreadable(error) from error


async def _read(blob: JsProxy) -> bytes:
    try:
        buffer: JsBuffer = await blob.arrayBuffer()
    except JsException as error:
        raise _unreadable(error) from error
    return buffer.to_bytes()


def _unreadable(error: JsException) -> OSError:
    return OSError(f"{error.name}: {error.message}")
