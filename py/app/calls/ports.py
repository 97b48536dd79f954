"""What calls need from the page."""

from __future__ import annotations

from enum import Enum
from typing import Any, Protocol


class CallPhase(Enum):
    """What the call's part of the page shows."""

    NONE = "none"
    CALLING = "calling"
    RINGING = "ringing"
    TALKING = "talking"


class CallView(Protocol):
    """The call's tiles and controls."""

    def ring(self, name: str) -> None:
        """Show that somebody calls."""

    def show(self, phase: CallPhase, *, name: str, peer_id: str, local: Any, remote: Any) -> None:
        """Show the call's phase, and play the streams."""


class Media(Protocol):
    """Cameras and microphones: `peerscript.media`, or a test's."""

    async def get_user_media(self, *, audio: bool = True, video: bool = True) -> Any:
        """See `peerscript.media.get_user_media`."""

    def set_enabled(self, stream: Any, kind: str, enabled: bool) -> None:
        """See `peerscript.media.set_enabled`."""

    def stop(self, stream: Any) -> None:
        """See `peerscript.media.stop`."""
