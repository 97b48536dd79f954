"""Exceptions of a served function as what the other page may know of them, and back."""

from __future__ import annotations

import re

from peerscript.errors import (
    NoSuchFunction,
    PeerScriptError,
    RemoteBusy,
    RemoteError,
    RemoteFailed,
    WrongArguments,
)
from peerscript.protocol.remote.messages import (
    ARGUMENTS,
    BUSY,
    CANCELLED,
    MAX_KIND,
    MAX_WORDS,
    MISSING,
    RAISED,
    Failed,
)
from peerscript.protocol.text.display import display_line, display_text

# Absolute paths of two parts or more, of any system, and "file:" addresses. Not what follows a
# letter, a digit or another "/": "and/or", "https://example.org/page".
_PATH = re.compile(r"file:/+[^\s'\"]+|(?<![\w/:.])(?:/[\w.@+~-]+){2,}/?|\b[A-Za-z]:\\[^\s'\":]+")

_ERRORS: dict[str, type[RemoteFailed]] = {
    MISSING: NoSuchFunction,
    ARGUMENTS: WrongArguments,
    BUSY: RemoteBusy,
}


def failure(id: int, error: BaseException) -> Failed:
    """What the caller may know of an exception: its class's name, and its text without paths."""
    kind = display_line(type(error).__name__, MAX_KIND)
    return Failed(id, RAISED, kind, display_text(_PATH.sub("…", _text(error)), MAX_WORDS))


def _text(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror  # the whole text names the file
    try:
        return str(error)
    except Exception:  # of a class whose `__str__` is broken; its name tells enough
        return ""


def refusal(id: int, reason: str, words: str) -> Failed:
    """Why a call is not run."""
    return Failed(id, reason, "", display_line(words, MAX_WORDS))


def cancelled(id: int) -> Failed:
    """The answer to a Cancel."""
    return Failed(id, CANCELLED, "", "")


def error_of(failed: Failed) -> PeerScriptError:
    """The exception for the caller."""
    words = display_text(failed.words, MAX_WORDS)
    known = _ERRORS.get(failed.reason)
    if known is not None:
        return known(words)
    return RemoteError(
        display_line(failed.exception, MAX_KIND, "an exception without a name"), words
    )
