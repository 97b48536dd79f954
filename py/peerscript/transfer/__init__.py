"""Files over a Link: any number, of any size, in folders too.

    sending = await link.send_files(sources, name="holiday")
    await sending.finished()

    async for offer in link.offers():  # on the other page
        receiving = await offer.accept(into=store)
        files = await receiving.finished()

`offer` is what both sides have of an offer, `outgoing` and `incoming` each side; `exchange` is all
offers of one Link, and `ports` what they need of it. What they decide is in `protocol/transfer/`.
"""

from peerscript.ports.files import FolderStore, SavedFile, Sink, Source, Store
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.protocol.transfer.transfer import FileState, FileStatus
from peerscript.transfer.browser import (
    dropped_sources,
    file_sources,
    folder_store,
    free_space,
    may_write,
    open_store,
    source_of_handle,
)
from peerscript.transfer.incoming import IncomingOffer
from peerscript.transfer.offer import Progress
from peerscript.transfer.outgoing import OutgoingOffer
from peerscript.transfer.saving import (
    can_choose_folder,
    choose_folder,
    download,
    save_to_folder,
    zip_file,
)
from peerscript.transfer.writing import ReceivedFile

__all__ = [
    "FileInfo",
    "FileState",
    "FileStatus",
    "FolderStore",
    "IncomingOffer",
    "OutgoingOffer",
    "Progress",
    "ReceivedFile",
    "SavedFile",
    "Sink",
    "Source",
    "Store",
    "can_choose_folder",
    "choose_folder",
    "download",
    "dropped_sources",
    "file_sources",
    "folder_store",
    "free_space",
    "may_write",
    "open_store",
    "save_to_folder",
    "source_of_handle",
    "zip_file",
]


def __dir__() -> list[str]:
    return __all__
