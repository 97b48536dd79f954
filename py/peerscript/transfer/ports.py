"""What files need of the Link that carries them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Literal, Protocol, TypeVar

from peerscript.errors import PeerScriptError
from peerscript.protocol.link.state import LinkState

T = TypeVar("T")


class FileLink(Protocol):
    """A Link."""

    @property
    def peer_id(self) -> str: ...

    @property
    def error(self) -> PeerScriptError | None:
        """Why it is lost or closed; None when a person closed it."""

    def states(self) -> AsyncIterator[LinkState]:
        """Iterate over the current state and each later one, ending after CLOSED."""

    async def close(self, error: PeerScriptError | None = None) -> None:
        """End it."""


class FileChannel(Protocol[T]):
    """A channel of the Link: exactly once and in order, over broken paths."""

    async def send(self, value: T, /) -> Any:
        """Send a message; wait while the channel is full.

        Raises:
            LinkClosed, NoSuchChannel: it cannot be sent.
        """

    def send_nowait(self, value: T, /, *, limit: int | None = None) -> Any:
        """Send a message without waiting.

        Raises:
            OutboxFull: more than `limit` bytes are unread at the other page.
            LinkClosed, NoSuchChannel: it cannot be sent.
        """

    async def flush(self) -> None:
        """Return when all that was sent has been read there.

        Raises:
            LinkClosed, NoSuchChannel: it will not be: the other page was loaded again, say.
        """

    @property
    def missing(self) -> bool:
        """Whether the other page has said that it has no such channel."""

    def on(
        self, event: Literal["restart", "missing", "opened"], handler: Callable[[], None], /
    ) -> Any:
        """Call the handler when the other page was reloaded, lacks the channel, or has opened the
        one that was missing.
        """

    def __aiter__(self) -> AsyncIterator[T]: ...
