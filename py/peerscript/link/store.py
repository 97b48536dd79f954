"""What a page must keep to find its Links again after a reload."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from peerscript.errors import StorageFull
from peerscript.peer.identity import PREFIX
from peerscript.protocol.link.invites import InviteSecret
from peerscript.protocol.link.state import Verification


@dataclass(frozen=True)
class SessionRecord:
    """What is known of one session with another page.

    Attributes:
        peer_id: its ID at the broker: where to find it, and no proof of anything.
        guest: whether this page dialled, and so dials again.
        session: what both sides call it; "" before the first handshake is through.
        key: what resumes it, in hex, another one after each time; "" before that.
        previous: at the host, the key that was proved last, until the guest has shown that it
            has kept the new one.
        secret: the invite that the guest came with, in base64url; "" for none.
        verification: what was known of them.
        name: what they call themselves.
        scope: what the invite leads to that was proved; "" for the page itself.
    """

    peer_id: str
    guest: bool
    session: str = ""
    key: str = ""
    secret: str = ""
    verification: Verification = Verification.NONE
    name: str = ""
    scope: str = ""
    previous: str = ""

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What the guest may prove to resume it."""
        return tuple(bytes.fromhex(key) for key in (self.key, self.previous) if key)

    @property
    def record(self) -> str:
        """What it is kept under. Of those not met yet, a page dials each ID once at a time."""
        return f"{PREFIX}session/{self.session}" if self.session else f"{PREFIX}dial/{self.peer_id}"

    @property
    def journal(self) -> str:
        """Before the names of its messages."""
        return f"{PREFIX}messages/{self.peer_id}/{self.session}/"


class SessionStore:
    """Sessions and invites in a storage.

    Args:
        storage: the tab's; writing raises OSError when it is full.
    """

    def __init__(self, storage: MutableMapping[str, str]) -> None:
        self.storage = storage

    def save(self, session: SessionRecord, before: SessionRecord | None = None) -> None:
        """Keep a session, in the place of what was kept of it before.

        Raises:
            StorageFull: there is no room.
        """
        table = {**asdict(session), "verification": session.verification.value}
        self._write(session.record, json.dumps(table, ensure_ascii=False))
        if before is not None and before.record != session.record:
            self.storage.pop(before.record, None)

    def forget(self, session: SessionRecord) -> None:
        """Keep it no more, nor its messages."""
        if session.guest:  # where `save` did not come to its second step
            self.storage.pop(replace(session, session="").record, None)
        self.storage.pop(session.record, None)
        for name in [name for name in self.storage if name.startswith(session.journal)]:
            del self.storage[name]

    def all(self) -> list[SessionRecord]:
        """Every session that is kept, and whom else this page dials."""
        kept = self._under("session/")
        met = {session.peer_id for session in kept if session.guest}
        # A page that was killed between the two steps of `save` has both.
        return kept + [each for each in self._under("dial/") if each.peer_id not in met]

    def _under(self, kind: str) -> list[SessionRecord]:
        names = [name for name in self.storage if name.startswith(f"{PREFIX}{kind}")]
        found = [(name, _session(self.storage[name])) for name in names]
        return [session for name, session in found if session.record == name]

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


def _session(text: str) -> SessionRecord:
    table: dict[str, Any] = json.loads(text)
    return SessionRecord(**{**table, "verification": Verification(table["verification"])})
