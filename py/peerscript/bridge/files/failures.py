"""What the browser says of files that it cannot read, write or keep, in words for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyodide.ffi import JsException

WORDS = {
    "NotFoundError": "it is not there any more",
    "NotAllowedError": "the browser does not allow it",
    "SecurityError": "the browser does not allow it",
    "NotReadableError": "it was changed, moved or removed",
    "NoModificationAllowedError": "something else is using it",
    "InvalidModificationError": "something else is using it",
    "TypeMismatchError": "a file is in the place of a folder, or a folder in that of a file",
    "QuotaExceededError": "the disk is full",
    "AbortError": "it was interrupted",
}


def as_os_error(error: JsException, about: str = "") -> OSError:
    """The browser's error in Python's words.

    Args:
        about: the file's path, or what was done.
    """
    words = WORDS.get(error.name) or error.message or error.name
    return OSError(f"{about}: {words}" if about else words)


@contextmanager
def os_errors(about: str = "") -> Iterator[None]:
    """Raise what the browser throws in the block as OSError."""
    try:
        yield
    except JsException as error:
        raise as_os_error(error, about) from error
