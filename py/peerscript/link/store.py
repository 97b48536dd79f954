"""What a page must keep to find its Links again after a reload."""

from __future__ import annotations

import json
import secrets
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field
from typing import Any

from peerscript.errors import StorageFull
from peerscript.peer.identity import PREFIX
from peerscript.protocol.link.invites import InviteSecret
from peerscript.protocol.link.state import Verification


@dataclass(frozen=True)
class SessionRecord:
    """What is known of one session with another page.

    Attributes:
        id: what this page calls it, and keeps it under.
        peer_id: the page's ID at the broker: where to find it, and no proof of anything.
        guest: whether this page dialled, and so dials again.
        session: what both sides call it; "" before the first handshake is through.
        key: what resumes it, in hex, another one after each time; "" before that.
        previous: at the host, the key that was proved last, until the guest has shown that it
            has kept the new one.
        secret: the invite that the guest came with, in base64url; "" for none.
        verification: what was known of them.
        name: what they call themselves.
        scope: what the invite leads to that was proved; "" for the page itself.
        met: when the first handshake was through, in seconds since the epoch; 0 before that.
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
    previous: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What the guest may prove to resume it."""
        return tuple(bytes.fromhex(key) for key in (self.key, self.previous) if key)

    @property
    def journal(self) -> str:
        """Before the names of its messages."""
        return f"{PREFIX}messages/{self.id}/"


class SessionStore:
    """SessionStore and invites in a storage.

    Args:
        storage: the tab's; writing raises OSError when it is full.
    """

    def __init__(self, storage: MutableMapping[str, str]) -> None:
        self.storage = storage

    def save(self, session: SessionRecord) -> None:
        """Keep a session.

        Raises:
            StorageFull: there is no room.
        """
        table = {**asdict(session), "verification": session.verification.value}
        self._write(self._name(session.id), json.dumps(table, ensure_ascii=False))

    def forget(self, session: SessionRecord) -> None:
        """Keep it no more, nor its messages."""
        self.storage.pop(self._name(session.id), None)
        for name in [name for name in self.storage if name.startswith(session.journal)]:
            del self.storage[name]

    def all(self) -> list[SessionRecord]:
        """Every session that is kept, in the order in which they were begun: a storage has none."""
        prefix = self._name("")
        names = [name for name in self.storage if name.startswith(prefix)]
        found = ((name, _session(self.storage[name])) for name in names)
        # An earlier version of this page called them by another name.
        ours = (session for name, session in found if name == self._name(session.id))
        return sorted(ours, key=lambda each: each.met)

    def save_invites(self, invites: list[InviteSecret]) -> None:
        """Keep the invites, so that a link works after a reload.

        Raises:
            StorageFull: there is no room.
        """
        self._write(f"{PREFIX}invites", json.dumps([asdict(invite) for invite in invites]))

    def invites(self) -> tuple[InviteSecret, ...]:
        """The invites that are kept."""
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
    return SessionRecord(**{**table, "verification": Verification(table["verification"])})
