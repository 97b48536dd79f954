"""The messages of remote functions, on one channel of a Link.

Each side may call and be called. A call ends with exactly one of Result, End and Failed, also after
a Cancel, so that both sides count the same calls as running. Arguments and results are values
packed by themselves: one that cannot be read fails its call, and not the Link.
"""

from __future__ import annotations

from dataclasses import dataclass

from peerscript.protocol.vocabulary import Malformed, Vocabulary, data, text

CHANNEL = "peerscript/remote"  # a name that nobody takes by accident
MAX_NAME = 64  # characters of a function's name
MAX_VALUE = 1024 * 1024  # bytes of the arguments of a call, of a result, of a value of a stream
MAX_KIND = 100  # characters of the name of an exception's class
MAX_WORDS = 2000  # characters of an exception's text
MAX_RUNNING = 16  # calls that one page may have running at the other
CREDIT = 16  # values of a stream that may be unread

# Why a call has failed
RAISED = "raised"
MISSING = "missing"
ARGUMENTS = "arguments"
BUSY = "busy"
CANCELLED = "cancelled"
REASONS = frozenset((RAISED, MISSING, ARGUMENTS, BUSY, CANCELLED))


# The caller to the callee


@dataclass(frozen=True, slots=True)
class Call:
    """Run a function.

    Attributes:
        id: grows with every call of this page.
        stream: whether the values of an async generator are wanted.
        arguments: a list of the positional ones, and a dict of the others.
    """

    id: int
    stream: bool
    name: str = text(MAX_NAME)
    arguments: bytes = data(MAX_VALUE)


@dataclass(frozen=True, slots=True)
class More:
    """So many more values of a stream may be sent."""

    id: int
    count: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody waits for it any more."""

    id: int


# The callee to the caller


@dataclass(frozen=True, slots=True)
class Result:
    """The function has returned."""

    id: int
    value: bytes = data(MAX_VALUE)


@dataclass(frozen=True, slots=True)
class Item:
    """A value of a stream."""

    id: int
    value: bytes = data(MAX_VALUE)


@dataclass(frozen=True, slots=True)
class End:
    """A stream has ended."""

    id: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The function was not run, or has raised.

    Attributes:
        exception: the name of its class; "" if the function was not run.
        words: the exception's text, or what is wrong.
    """

    id: int
    reason: str = text(16)
    exception: str = text(MAX_KIND)
    words: str = text(MAX_WORDS)


RemoteMessage = Call | More | Cancel | Result | Item | End | Failed


class _Checked(Vocabulary[RemoteMessage]):
    """Also knows the reasons."""

    def from_value(self, value: object) -> RemoteMessage | None:
        message = super().from_value(value)
        if isinstance(message, Failed) and message.reason not in REASONS:
            raise Malformed(f"a call that failed for {message.reason!r}")
        return message


REMOTE = _Checked(
    {
        "call": Call,
        "more": More,
        "cancel": Cancel,
        "result": Result,
        "item": Item,
        "end": End,
        "failed": Failed,
    }
)
