"""What calls need of the Link that carries them, and of the browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Literal, Protocol

from peerscript.errors import PeerScriptError
from peerscript.protocol.calls.messages import CallMessage
from peerscript.protocol.link.state import LinkState


class CallLink(Protocol):
    """A Link."""

    @property
    def peer_id(self) -> str: ...

    @property
    def is_guest(self) -> bool: ...

    @property
    def certificate(self) -> bytes:
        """The SHA-256 of the other page's certificate."""

    def states(self) -> AsyncIterator[LinkState]:
        """Iterate over the current state and each later one, ending after CLOSED."""

    @property
    def state(self) -> LinkState: ...

    @property
    def error(self) -> PeerScriptError | None:
        """Why it has no path, is lost or closed; None if a person closed it, or a page was left."""


class CallChannel(Protocol):
    """A channel of the Link."""

    def send_nowait(self, value: CallMessage, /) -> Any:
        """Send a message without waiting.

        Raises:
            PeerScriptError: it cannot be sent.
        """

    def on(self, event: Literal["restart"], handler: Callable[[], None], /) -> Any:
        """Call the handler when the other page was reloaded."""

    def __aiter__(self) -> AsyncIterator[CallMessage]: ...
