"""What the app needs from the page, in Python words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from app.calls import CallPhase
    from app.chat import ChatMessage
    from app.contact import Contact
    from app.slideviews import PresenterView, RemoteView
    from app.transfer import Transfer
    from peerscript.slides import Deck, DeckSource
    from peerscript.slides.ink import Ink

SavedFile = Any  # the browser's own file, passed through untouched


class Source(Protocol):
    """A file that a person chose."""

    name: str
    size: int
    type: str

    async def read(self, start: int, size: int) -> bytes:
        """Return the bytes from `start`; fewer than `size` at the end.

        Raises:
            OSError: the file has changed, moved or cannot be read.
        """


class Sink(Protocol):
    """A file that is arriving."""

    async def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            OSError: the storage is full or gone.
        """

    async def finish(self) -> SavedFile:
        """Return the whole file, ready to be saved."""

    async def discard(self) -> None:
        """Forget what was written."""


class Store(Protocol):
    """Where arriving files are kept until they are saved."""

    async def create(self, name: str, size: int, type: str) -> Sink:
        """Begin a file.

        Raises:
            OSError: there is no room for it.
        """


class Notices(Protocol):
    """The page's words to the person."""

    def problem(self, text: str) -> None:
        """Show what went wrong until it is dismissed."""

    def announce(self, text: str) -> None:
        """Tell what happened, to those who hear the page."""


class PeopleView(Protocol):
    """The list of who is known."""

    def show(self, contact: Contact, *, chosen: bool) -> None:
        """Add or update a row; `chosen` if the chat, files and calls are with them."""

    def remove(self, contact: Contact) -> None:
        """Take the row away."""


class ChatView(Protocol):
    """The chat's log."""

    def show(self, message: ChatMessage) -> None:
        """Add or update a message."""

    def open(self, peer_id: str, name: str) -> None:
        """Show the conversation with that page alone; "" for none."""


class Conversations(Protocol):
    """Whom the conversations are with: `People`."""

    chosen: Contact | None

    def note_unread(self, contact: Contact) -> None:
        """A text came from them."""


class FilesView(Protocol):
    """The list of transfers."""

    def show(self, transfer: Transfer) -> None:
        """Add or update a row."""


class CallView(Protocol):
    """The call's tiles and controls."""

    def ring(self, name: str) -> None:
        """Somebody calls."""

    def show(self, phase: CallPhase, *, name: str, peer_id: str, local: Any, remote: Any) -> None:
        """How the call stands, and the streams to play."""


class Media(Protocol):
    """Cameras and microphones: `peerscript.media`, or a test's."""

    async def get_user_media(self, *, audio: bool = True, video: bool = True) -> Any:
        """See `peerscript.media.get_user_media`."""

    def set_enabled(self, stream: Any, kind: str, enabled: bool) -> None:
        """See `peerscript.media.set_enabled`."""

    def stop(self, stream: Any) -> None:
        """See `peerscript.media.stop`."""


class Screen(Protocol):
    """Where a deck is shown: `ui.stage.Stage`."""

    on_turned: Callable[[], None]

    async def show(self, source: DeckSource) -> Deck:
        """Open a deck, in place of the one before.

        Raises:
            NotADeck: it cannot be shown; the one before is gone, too.
        """

    def close(self) -> None:
        """Take the deck away."""

    def black(self, on: bool) -> None:
        """Hide the slide, or show it again."""

    def ink(self, ink: Ink) -> None:
        """Show a laser's point and strokes over the slide."""

    def cover(self, text: str) -> None:
        """Lay words over the slide; "" takes them away."""


class PresenterPanel(Protocol):
    """The presenter's controls."""

    def show(self, view: PresenterView) -> None:
        """How it stands."""

    def hide(self) -> None:
        """Nothing is presented."""


class RemotePanel(Protocol):
    """The controls of a remote, or of somebody who follows."""

    def show(self, view: RemoteView) -> None:
        """How it stands."""

    def hide(self) -> None:
        """Nothing is watched."""


class DeckStore(Protocol):
    """Where the deck that is presented outlives a reload."""

    async def save(self, key: str, source: DeckSource) -> None:
        """Keep a deck."""

    async def load(self, key: str) -> DeckSource | None:
        """The deck that was kept."""

    async def forget(self, key: str) -> None:
        """Keep it no more."""
