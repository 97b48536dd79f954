"""What is saved of a page's Links over a reload."""

from __future__ import annotations

import json
import secrets
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from peerscript.errors import StorageFull
from peerscript.peer.identity import PREFIX
from peerscript.protocol.link.invites import InviteSecret
from peerscript.protocol.link.state import Verification


@dataclass(frozen=True)
class SessionRecord:
    """What is saved of one session with another page.

    Attributes:
        id: identifies it within this page.
        peer_id: the other page's ID at the broker: an address, and no proof of anything.
        guest: whether this page dialled, and so dials again.
        session: the ID that both sides use for it; "" before the first handshake.
        key: the key that resumes it, in hex; each handshake makes a new one. "" before the first.
        previous: at the host, the key that was proved last, until the guest has shown that it
            has saved the new one.
        secret: the invite that the guest dialled with, in base64url; "" for none.
        verification: how far the other page's identity is verified.
        name: the name that the person there has chosen.
        scope: what the proved invite allows; "" for the whole page.
        later: the scopes of this page's invites that the other page has proved since, the newest
            last, each once.
        call: the number of the call that this page is in; 0 for none.
        met: when the first handshake was complete, in seconds since 1970; 0 before that.
    """

    peer_id: str
    guest: bool
    session: str = ""
    key: str = ""
    secret: str = ""
    verification: Verification = Verification.NONE
    name: str = ""
    scope: str = ""
    met: float = 0.0
    call: int = 0
    previous: str = ""
    later: tuple[str, ...] = ()
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def granted(self) -> tuple[str, ...]:
        """See `Link.granted`."""
        first = () if self.guest or self.scope in self.later else (self.scope,)
        return (*first, *self.later)

    def grant(self, *scopes: str) -> SessionRecord:
        """This record, after both pages have proved another invite to each other.

        Args:
            scopes: of the invite, if it is this page's.
        """
        later = (*(each for each in self.later if each not in scopes), *scopes)
        proved = self.verification if self.verification.verified else Verification.SECRET
        return replace(self, later=later, verification=proved)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys with which the guest may resume it."""
        return tuple(bytes.fromhex(key) for key in (self.key, self.previous) if key)

    @property
    def journal(self) -> str:
        """The prefix of its messages' records."""
        return f"{PREFIX}messages/{self.id}/"


class SessionStore:
    """Session records and invites in a storage.

    Args:
        storage: the tab's; writing raises OSError when it is full.
    """

    def __init__(self, storage: MutableMapping[str, str]) -> None:
        self.storage = storage

    def save(self, session: SessionRecord) -> None:
        """Save a session.

        Raises:
            StorageFull: the storage is full.
        """
        table = {**asdict(session), "verification": session.verification.value}
        self._write(self._name(session.id), json.dumps(table, ensure_ascii=False))

    def forget(self, session: SessionRecord) -> None:
        """Delete a session's record and its messages."""
        self.storage.pop(self._name(session.id), None)
        for name in [name for name in self.storage if name.startswith(session.journal)]:
            del self.storage[name]

    def all(self) -> list[SessionRecord]:
        """Every saved session, oldest first: a storage has no order of its own."""
        prefix = self._name("")
        names = [name for name in self.storage if name.startswith(prefix)]
        found = ((name, _session(self.storage[name])) for name in names)
        # An earlier version of this page named the records differently.
        ours = (session for name, session in found if name == self._name(session.id))
        return sorted(ours, key=lambda each: each.met)

    def save_invites(self, invites: list[InviteSecret]) -> None:
        """Save the invites, so that their links work after a reload.

        Raises:
            StorageFull: the storage is full.
        """
        self._write(f"{PREFIX}invites", json.dumps([asdict(invite) for invite in invites]))

    def invites(self) -> tuple[InviteSecret, ...]:
        """The saved invites."""
        tables = json.loads(self.storage.get(f"{PREFIX}invites", "[]"))
        return tuple(InviteSecret(**table) for table in tables)

    def _write(self, name: str, text: str) -> None:
        try:
            self.storage[name] = text
        except OSError as error:
            raise StorageFull(str(error)) from error

    @staticmethod
    def _name(id: str) -> str:
        return f"{PREFIX}session/{id}"


def _session(text: str) -> SessionRecord:
    table: dict[str, Any] = json.loads(text)
    table["verification"] = Verification(table["verification"])
    table["later"] = tuple(table.get("later", ()))  # earlier versions had none
    return SessionRecord(**table)
