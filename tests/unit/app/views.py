"""The panels of a page, in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.calls.measures import Measures
from app.calls.ports import CallsShown, Tile
from app.chat.ports import ChatEvent, ChatMessage
from app.files.group import Group
from app.files.transfer import Transfer, TransferState
from app.people.contact import Contact
from peerscript.protocol.link.state import LinkState
from tests.unit.app.storage import Directory, MemoryFolder


class View:
    """Every panel at once: it keeps what it was told to show.

    Attributes:
        people: the rows, and whether each is the chosen one.
        stands: every state that a row has shown, with the name beside it.
        opened: whose conversation is shown: the contact's key, and the name.
        events: what has happened between the messages.
        writing: who is writing.
        forgotten, removed: the messages and transfers that were taken away.
        steps: the states that each transfer's card has shown.
        waits: whether the transfers from before a reload have yet to be shown.
        open_to: to whom files can be offered, or why not.
        shares: the progress that was shown outside of the page's cards.
        told: what it was notified of.
        downloads: what was saved, by name.
        folder: the one that the person chooses; None if they choose none.
        denied: whether the browser lets nobody choose a folder.
        asked: how often it was asked for the permission to notify.
        seen: whether the page is in view; `come_into_view` when it is again.
        unread: how much is, as is shown outside of the page.
        told_of: what a sound and notifications stand for, by contacts' keys.
        everyone: the names of all, whether they are addressed, and how much of theirs is unread.
        hint: what is said where a text is written, and whether none can be sent.
        calls: what is shown of calls.
        tiles: every tile that was shown.
        measures: of each contact's media.
    """

    def __init__(self) -> None:
        self.people: dict[Contact, bool] = {}
        self.stands: list[tuple[str, LinkState]] = []
        self.opened = ("", "")
        self.messages: dict[tuple[str, str], ChatMessage] = {}
        self.events: dict[tuple[str, str], ChatEvent] = {}
        self.writing = ""
        self.forgotten: list[ChatMessage] = []
        self.transfers: dict[str, Any] = {}  # each a Transfer, or a Group of them
        self.removed: list[Any] = []
        self.steps: dict[str, list[TransferState]] = {}
        self.waits = True
        self.open_to = ("", "")
        self.shares: list[float | None] = []
        self.told: list[str] = []
        self.asked = 0
        self.seen = True
        self.come_into_view: Callable[[], None] = lambda: None
        self.unread = 0
        self.told_of: dict[str, str] = {}
        self.hint = ("", False)
        self.everyone = ("", False, 0)
        self.downloads: dict[str, Any] = {}
        self.folder: Directory | None = Directory()
        self.denied = False
        self.calls = CallsShown()
        self.tiles: list[Tile] = []
        self.measures: dict[str, Measures] = {}

    def show(self, item: Any, /, *, chosen: bool = False) -> None:
        if isinstance(item, Contact):
            self.people[item] = chosen
            self.stands.append((item.name, item.state))
        elif isinstance(item, ChatMessage):
            self.messages[item.contact, item.key] = item
        elif isinstance(item, ChatEvent):
            self.events[item.contact, item.key] = item
        elif isinstance(item, Transfer | Group):
            self.transfers[item.key] = item
            self.steps.setdefault(item.key, []).append(item.state)
        else:
            self.calls = item
            self.tiles += item.tiles

    def show_everyone(self, names: str, *, chosen: bool, unread: int) -> None:
        self.everyone = (names, chosen, unread)

    def remove(self, item: Any) -> None:
        if isinstance(item, Contact):
            del self.people[item]
        else:
            self.removed.append(self.transfers.pop(item.key))

    def restored(self) -> None:
        self.waits = False

    def open_for(self, name: str, why_not: str) -> None:
        self.open_to = (name, why_not)

    def show_progress(self, share: float | None) -> None:
        self.shares.append(share)

    def ask(self) -> None:
        self.asked += 1

    def on_seen(self, seen: Callable[[], None]) -> None:
        self.come_into_view = seen

    def show_unread(self, count: int) -> None:
        self.unread = count

    def tell(self, key: str, text: str) -> None:
        self.told_of[key] = text

    def settle(self, key: str) -> None:
        self.told_of.pop(key, None)

    def notify(self, text: str) -> None:
        self.told.append(text)

    def download(self, file: Any, name: str) -> None:
        self.downloads[name] = file

    async def zip_file(self, files: Any, name: str) -> dict[str, Any]:
        found = dict(files)
        if None in found.values():
            raise OSError("it is gone")
        return found

    async def source_of_handle(self, handle: Any, folder: str) -> Any:
        if handle.folder != folder:
            raise OSError(f"{handle.name} is gone")
        return handle

    async def choose_folder(self) -> Directory | None:
        if self.denied:
            raise OSError("choosing a folder: the browser does not allow it")
        return self.folder

    async def may_write(self, directory: Directory, *, ask: bool = False) -> bool:
        if directory.access == "gone":
            raise OSError("Pictures: it is not there any more")
        if ask:
            directory.access = directory.answer
        return directory.access == "granted"

    def folder_store(self, directory: Directory) -> MemoryFolder:
        assert directory.access == "granted"
        return directory.into

    async def save_to_folder(self, directory: dict[str, Any], files: Any) -> list[str]:
        directory.update(await self.zip_file(files, ""))
        return list(directory)

    def open(self, contact: str, name: str, hint: str = "", *, off: bool = False) -> None:
        self.opened, self.hint = (contact, name), (hint, off)

    def drop(self, contact: str, key: str) -> None:
        del self.messages[contact, key]

    def show_writing(self, words: str) -> None:
        self.writing = words

    def forget(self, contact: str) -> None:
        for place in [each for each in self.events if each[0] == contact]:
            del self.events[place]
        for place in [each for each in self.messages if each[0] == contact]:
            self.forgotten.append(self.messages.pop(place))

    def measured(self, key: str, name: str, measures: Measures) -> None:
        self.measures[key] = measures
