"""What a page keeps of a transfer over a reload."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from peerscript.transfer import FileInfo

Handle = Any  # of a file or folder (FileSystemHandle), passed through untouched


@dataclass(frozen=True)
class Record:
    """An offer, and what was decided about it.

    Attributes:
        key: the offer's.
        incoming: whether it comes here.
        session: of the contact (`Contact.session`).
        person: the contact's name.
        name: the offer's.
        files: as they were offered.
        wanted: the numbers of those that were accepted here.
        time: when it was made or came, in seconds since 1970.
        saved: whether the person has saved what has arrived.
        folder: the name of the one that they have chosen for it to arrive in; "" for none.
        group: the same for each person to whom the files were given at once; "" for one alone.
        to: the names of those people, if it was given to everyone.
        handles: of the files that are sent, in their order, or of the `folder`; () where the
            browser gives none.
    """

    key: str
    incoming: bool
    session: str
    person: str
    name: str
    files: tuple[FileInfo, ...]
    wanted: tuple[int, ...] = ()
    time: float = field(default_factory=time.time)
    saved: bool = False
    folder: str = ""
    group: str = ""
    to: tuple[str, ...] = ()
    handles: tuple[Handle, ...] = ()

    @property
    def id(self) -> str:
        """Under what it is kept: a page may send an offer to itself in another tab."""
        return f"{'in' if self.incoming else 'out'}-{self.key}"

    def to_json(self) -> str:
        """All but the handles."""
        files = [
            [each.name, each.size, each.type, each.folder, each.modified] for each in self.files
        ]
        return json.dumps(
            {
                "key": self.key,
                "incoming": self.incoming,
                "session": self.session,
                "person": self.person,
                "name": self.name,
                "files": files,
                "wanted": self.wanted,
                "time": self.time,
                "saved": self.saved,
                "folder": self.folder,
                "group": self.group,
                "to": self.to,
            }
        )

    @classmethod
    def from_json(cls, text: str, handles: Iterable[Handle]) -> Record:
        """The record that was kept.

        Raises:
            ValueError, TypeError, KeyError: it is none, or of another version of this page.
        """
        table = json.loads(text)
        files = tuple(FileInfo(*each) for each in table.pop("files"))
        wanted, to = tuple(table.pop("wanted")), tuple(table.pop("to", ()))
        return cls(**table, files=files, wanted=wanted, to=to, handles=tuple(handles))
