"""What files need from the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from app.files.group import AnyTransfer
from app.files.record import Handle
from peerscript.ports.files import FolderStore, SavedFile, Source


class FilesView(Protocol):
    """The cards, and the controls that begin a transfer."""

    def show(self, transfer: AnyTransfer) -> None:
        """Add or update a card."""

    def remove(self, transfer: AnyTransfer) -> None:
        """Remove a card."""

    def restored(self) -> None:
        """The cards of transfers from before a reload are all there."""

    def open_for(self, name: str, why_not: str) -> None:
        """Let the person choose files for somebody; with a `why_not`, say why they cannot."""


class Journal(Protocol):
    """Keeps records over a reload, a killed browser, and the night."""

    async def load(self) -> list[tuple[str, Sequence[Handle]]]:
        """The records of this tab, each with its handles. A new tab also has those of tabs that are
        gone.
        """

    async def put(self, id: str, text: str, handles: Sequence[Handle]) -> None:
        """Keep a record, instead of an earlier one of that ID."""

    async def forget(self, id: str) -> None:
        """Keep it no longer."""


class Disk(Protocol):
    """The person's disk, as far as the browser lets a page use it: `peerscript.transfer`."""

    async def source_of_handle(self, handle: Handle, folder: str) -> Source:
        """Return the file of a handle that was kept.

        Raises:
            OSError: it is not there any more, or the page may not read it.
        """

    def download(self, file: SavedFile, name: str) -> None:
        """Have the browser save a file."""

    async def zip_file(self, files: Sequence[tuple[str, SavedFile]], name: str) -> SavedFile:
        """Return an archive of files with their paths.

        Raises:
            OSError: a file cannot be read.
        """

    async def choose_folder(self) -> Any | None:
        """Have the person choose a folder; None if they do not.

        Raises:
            OSError: the browser does not allow it.
        """

    async def may_write(self, directory: Any, *, ask: bool = False) -> bool:
        """Tell whether the page may write into a folder of before a reload, or have the browser ask
        the person.

        Raises:
            OSError: the folder is not there any more.
        """

    def folder_store(self, directory: Any) -> FolderStore:
        """Return the folder as a place for files that arrive."""

    async def save_to_folder(
        self, directory: Any, files: Sequence[tuple[str, SavedFile]]
    ) -> list[str]:
        """Write files into it, and return their paths there.

        Raises:
            OSError: one could not be saved.
        """


class Attention(Protocol):
    """What the browser shows of transfers outside of the page's cards."""

    def show_progress(self, share: float | None) -> None:
        """Files are moving, and so much of them is there, from 0 to 1; None when none moves."""

    def ask(self) -> None:
        """Ask once for the permission to notify; called when the person has pressed something."""

    def notify(self, text: str) -> None:
        """Notify the person, if that is permitted and the page is not in view, until it is; of
        nothing else that was told so before.
        """
