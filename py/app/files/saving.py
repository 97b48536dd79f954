"""Saving what has arrived: one file, or many in one archive or one folder."""

from __future__ import annotations

from app.files.ports import Disk
from app.files.transfer import Transfer
from app.language import _, ngettext
from app.notices import Notices
from peerscript.ports.files import SavedFile

UNSAVED = "unsaved"  # about it: settled by the next that is saved


class Saver:
    """Gives what has arrived to the person.

    Args:
        disk: the person's.
    """

    def __init__(self, disk: Disk, notices: Notices) -> None:
        self._disk = disk
        self._notices = notices

    async def save(self, transfer: Transfer, index: int | None = None) -> bool:
        """Download a file of a transfer; without its number, all that have arrived. Problems are
        shown. Return whether all are downloaded.
        """
        saved = transfer.saved
        if transfer.one:
            index = 0
        if index is None:
            return await self._save_archive(transfer)
        if index in saved:
            self._disk.download(saved[index], transfer.files[index].info.name)
        return len(saved) == 1

    async def _save_archive(self, transfer: Transfer) -> bool:
        name = f"{transfer.record.name or 'files'}.zip"
        try:
            archive = await self._disk.zip_file(_with_paths(transfer), name)
        except OSError as error:
            self._notices.problem(
                _("The archive could not be made: {error}", error=error), about=UNSAVED
            )
            return False
        self._notices.settle(UNSAVED)
        self._disk.download(archive, name)
        return True

    async def save_to_folder(self, transfer: Transfer) -> bool:
        """Save all that has arrived in a folder that the person chooses. Problems are shown. Return
        whether all are there.
        """
        try:
            folder = await self._disk.choose_folder()
            if folder is None:
                return False
            paths = await self._disk.save_to_folder(folder, _with_paths(transfer))
        except OSError as error:
            self._notices.problem(
                _("Not every file could be saved: {error}", error=error), about=UNSAVED
            )
            return False
        self._notices.settle(UNSAVED)
        self._notices.announce(
            ngettext("One file is in the folder.", "{count} files are in the folder.", len(paths))
        )
        return True


def _with_paths(transfer: Transfer) -> list[tuple[str, SavedFile]]:
    return [(transfer.files[n].info.path, file) for n, file in sorted(transfer.saved.items())]
