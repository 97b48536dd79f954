"""What the other page may know of an exception."""

from __future__ import annotations

from typing import Any

import pytest

from peerscript.errors import NoSuchFunction, RemoteBusy, RemoteError, WrongArguments
from peerscript.protocol.remote.failures import cancelled, error_of, failure, refusal
from peerscript.protocol.remote.messages import MAX_KIND, MAX_WORDS, REMOTE, Failed


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (ValueError("no such day"), "ValueError", "no such day"),
        (KeyError("day"), "KeyError", "'day'"),
        (ValueError(), "ValueError", ""),
        (Mute(), "Mute", ""),
        (FileNotFoundError(2, "None", "/home/me/a.txt"), "FileNotFoundError", "None"),
        (OSError("disk"), "OSError", "disk"),
        (ImportError("no x in /lib/python3.13/y.py"), "ImportError", "no x in …"),
        (ValueError("see '/home/ann/data.csv'"), "ValueError", "see '…'"),
        (ValueError(r"see C:\Users\ann\x.csv"), "ValueError", "see …"),
        (ValueError("see file:///home/ann/x"), "ValueError", "see …"),
        (ValueError("and/or, 1/2, /x"), "ValueError", "and/or, 1/2, /x"),
        (ValueError("https://example.org/a/b"), "ValueError", "https://example.org/a/b"),
        (ValueError("a\x00\u202eb\ud800"), "ValueError", "ab\ufffd"),
    ],
)  # fmt: skip
def test_the_name_and_the_text_and_no_path(error: Any, kind: str, words: str) -> None:
    failed = failure(7, error)
    assert (failed.id, failed.exception, failed.words) == (7, kind, words)
    assert REMOTE.from_value(REMOTE.to_value(failed)) == failed
    there = error_of(failed)
    assert isinstance(there, RemoteError)
    assert (there.kind, there.words) == (kind, words)
    assert str(there) == (f"{kind}: {words}" if words else kind)


def test_long_texts_are_cut() -> None:
    failed = failure(7, type("E" * 500, (Exception,), {})("x" * 10_000))
    assert (len(failed.exception), len(failed.words)) == (MAX_KIND, MAX_WORDS)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("missing", NoSuchFunction), ("arguments", WrongArguments), ("busy", RemoteBusy)],
)
def test_why_it_was_not_run(reason: str, kind: type[Exception]) -> None:
    there = error_of(refusal(7, reason, "a line\nor two"))
    assert type(there) is kind
    assert str(there) == "a line or two"


def test_what_comes_is_cleaned_again() -> None:
    """The other page is not trusted to have done so."""
    there = error_of(Failed(7, "raised", "Value\u202eError", "a\x00b"))
    assert str(there) == "ValueError: ab"
    assert str(error_of(cancelled(7))) == "an exception without a name"
