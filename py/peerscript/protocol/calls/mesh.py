"""A call of several pages, each of which has a call with each other one.

Who is in a call with two pages that are in none with each other introduces them. It asks one of
the two for a secret and gives that to the other, which dials, proves it, and calls. So a newcomer
calls whomever they know, and nobody is needed for the others to go on.

An introduced page is recognized by its certificate, which its Link has proved, and not by anything
that it says: knowing of an introduction gets nobody into a call.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from peerscript.protocol.ids import MAX_LENGTH
from peerscript.protocol.vocabulary import Vocabulary, text

logger = logging.getLogger("peerscript")

CHANNEL = "peerscript/mesh"
SCOPE = "introduced by "  # of the secrets; the introducer's name follows

MAX_PAGES = 6  # in one call: each sends to each
MAX_OTHERS = MAX_PAGES - 1
PATIENCE = 5.0  # seconds that others have for what is theirs to do
RETRY = 20.0  # seconds until two pages are introduced again, if they have not met; then twice that
LONGEST = 320.0  # seconds, at most
VALID = 180.0  # seconds that an introduction is good for: a machine may be very busy
PAUSE = 10.0  # seconds until a page that was dialled may be dialled again


@dataclass(frozen=True, slots=True)
class Present:
    """The IDs of all pages that the sender is in a call with, one a line."""

    pages: str = text(MAX_PAGES * (MAX_LENGTH + 1))


@dataclass(frozen=True, slots=True)
class Expect:
    """A page of this call is going to dial the receiver, which is asked for a secret."""

    peer_id: str = text(MAX_LENGTH)
    certificate: str = text(64)


@dataclass(frozen=True, slots=True)
class Ready:
    """The answer: what the page of that ID has to prove."""

    peer_id: str = text(MAX_LENGTH)
    secret: str = text(32)


@dataclass(frozen=True, slots=True)
class Meet:
    """The receiver is to dial a page of this call, prove this, and call."""

    peer_id: str = text(MAX_LENGTH)
    certificate: str = text(64)
    secret: str = text(32)


MeshMessage = Present | Expect | Ready | Meet

MESH = Vocabulary[MeshMessage](
    {"present": Present, "expect": Expect, "ready": Ready, "meet": Meet},
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the one that introduces it has proved it.

    Attributes:
        peer_id: its ID at the broker.
        certificate: the SHA-256 of its certificate, in hex.
    """

    peer_id: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """Another page of the call that this one is to dial and call.

    Attributes:
        secret: what it has to prove.
        introducer: the key of the Link that it came over.
    """

    page: Page
    secret: str
    introducer: str


@dataclass(slots=True)
class _Member:
    """A page that this one is in a call with.

    Attributes:
        introduced: whether it was; then whoever it has called introduces it to the others.
        present: the IDs of those that it is in a call with; None before it has said so.
    """

    page: Page
    introduced: bool
    present: frozenset[str] | None


@dataclass(slots=True)
class _Pair:
    """Two members. `due`: when they are introduced, if they are apart then."""

    due: float
    together: bool = False
    patience: float = RETRY


@dataclass(slots=True)
class _Introduction:
    """What a page waits for. `secret`: what the other one is to prove here, if it dials."""

    introducer: str
    until: float
    secret: str = ""


@dataclass(slots=True)
class Mesh:
    """What one page knows of the call that it is in. Links go by their keys.

    Attributes:
        outgoing: messages to be sent, each with the Link that it is for.
        meetings: pages to be dialled and called.
        surplus: the Links whose call is to be ended: with them there would be too many.

    Args:
        own_id: of this page at the broker.
        issue: makes a secret that one page can prove here, for the introducer of that key.
        revoke: makes it invalid.
    """

    own_id: Callable[[], str]
    issue: Callable[[str], str]
    revoke: Callable[[str], None]
    outgoing: list[tuple[str, MeshMessage]] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    _members: dict[str, _Member] = field(default_factory=dict)  # in the order of their joining
    _said: dict[str, frozenset[str]] = field(default_factory=dict)
    _pairs: dict[tuple[str, str], _Pair] = field(default_factory=dict)
    _asked: dict[tuple[str, str], str] = field(default_factory=dict)  # who waits for what secret
    _expected: dict[Page, _Introduction] = field(default_factory=dict)
    _meeting: dict[Page, _Introduction] = field(default_factory=dict)
    _unwanted: set[str] = field(default_factory=set)  # IDs whose call was ended here
    _surplus_since: float | None = None

    @property
    def members(self) -> tuple[str, ...]:
        """The Links over which this page is in a call."""
        return tuple(self._members)

    # What happens to this page's calls

    def join(self, key: str, page: Page, now: float) -> None:
        """A call has begun."""
        introduced = page in self._expected or page in self._meeting
        self._forget(page)
        self._unwanted.discard(page.peer_id)
        self._members[key] = _Member(page, introduced, self._said.get(key))
        self._tell_all()
        self.tick(now)

    def leave(self, key: str, *, unwanted: bool) -> None:
        """A call is over.

        Args:
            unwanted: whether it was ended here; then nobody introduces the two again.
        """
        page = self._members.pop(key).page
        self._said.pop(key, None)
        self._pairs = {pair: each for pair, each in self._pairs.items() if key not in pair}
        self._asked = {ask: guest for ask, guest in self._asked.items() if key not in (*ask, guest)}
        if unwanted:
            self._unwanted.add(page.peer_id)
        if not self._members:
            for each in (*self._expected, *self._meeting):
                self._forget(each)
            self._unwanted.clear()
        self._tell_all()

    def restart(self, key: str, page: Page) -> None:
        """A page was reloaded: it has another certificate, and has forgotten what it was told."""
        self._said.pop(key, None)
        if key in self._members:
            member = self._members[key]
            member.page, member.present = page, None
            self._tell(key)

    def expects(self, page: Page) -> bool:
        """Whether this page was told that the other one is going to call."""
        return page in self._expected

    def dialled(self, page: Page, now: float) -> None:
        """A page was dialled, in vain or not; it may be again after a while."""
        if page in self._meeting:
            self._meeting[page].until = now + PAUSE

    # What others say

    def on_message(self, key: str, message: MeshMessage, now: float) -> None:
        """A message over a Link. All but who is present counts only from a page of the call."""
        if isinstance(message, Present):
            self._said[key] = frozenset(message.pages.split("\n")[:MAX_PAGES]) - {""}
            if key in self._members:
                self._members[key].present = self._said[key]
        elif key not in self._members:
            logger.info("an introduction by somebody who is not in the call")
        elif isinstance(message, Expect):
            self._on_expect(key, message, now)
        elif isinstance(message, Ready):
            self._on_ready(key, message)
        else:
            self._on_meet(key, message, now)
        self.tick(now)

    def _on_expect(self, key: str, message: Expect, now: float) -> None:
        page = Page(message.peer_id, message.certificate)
        if not self._has_room_for(page):
            return
        if page not in self._expected:
            if _too_many(self._expected, key):
                return
            self._expected[page] = _Introduction(key, now + VALID, self.issue(key))
        self.outgoing.append((key, Ready(page.peer_id, self._expected[page].secret)))

    def _on_ready(self, key: str, message: Ready) -> None:
        if guest := self._asked.pop((key, message.peer_id), None):
            host = self._members[key].page
            self.outgoing.append((guest, Meet(host.peer_id, host.certificate, message.secret)))

    def _on_meet(self, key: str, message: Meet, now: float) -> None:
        page = Page(message.peer_id, message.certificate)
        if page in self._meeting or not self._has_room_for(page) or _too_many(self._meeting, key):
            return
        self._meeting[page] = _Introduction(key, now + VALID)
        self.meetings.append(Meeting(page, message.secret, key))

    def _has_room_for(self, page: Page) -> bool:
        here = {self.own_id(), *self._unwanted, *self._ids}
        return page.peer_id not in here and len(self._members) < MAX_OTHERS

    # Introducing

    def tick(self, now: float) -> None:
        """Do what is due; called after everything that happens, and every second."""
        waiting = (*self._expected.items(), *self._meeting.items())
        for page in [page for page, each in waiting if each.until <= now]:
            self._forget(page)
        if len(self._everybody) <= MAX_PAGES:
            self._surplus_since = None
            for pair in itertools.combinations(self._members, 2):
                self._introduce(pair, now)
        elif self._surplus_since is None:  # perhaps somebody is leaving
            self._surplus_since = now
        elif now >= self._surplus_since + PATIENCE:
            self._surplus_since = now
            self._end_surplus()

    @property
    def _ids(self) -> list[str]:
        return [each.page.peer_id for each in self._members.values()]

    @property
    def _everybody(self) -> set[str]:
        """The IDs of all pages that are in the call, as far as its members say."""
        present = (each.present or () for each in self._members.values())
        return {self.own_id(), *self._ids}.union(*present)

    def _end_surplus(self) -> None:
        """End the newest call with a page that others are not in a call with: two calls of several
        have met here, or somebody came by another page at the same time.
        """
        for key, newest in reversed(self._members.items()):
            others = (each.present for each in self._members.values() if each is not newest)
            if any(newest.page.peer_id not in ids for ids in others if ids is not None):
                self.surplus.append(key)
                return

    def _introduce(self, keys: tuple[str, str], now: float) -> None:
        one, two = (self._members[key] for key in keys)
        if one.present is None or two.present is None or one.page.peer_id == two.page.peer_id:
            return
        patience = PATIENCE if two.introduced else 0.0
        pair = self._pairs.setdefault(keys, _Pair(now + patience))
        together = two.page.peer_id in one.present or one.page.peer_id in two.present
        if together:
            pair.patience = RETRY
        elif pair.together:  # one of them may be leaving
            pair.due = now + PATIENCE
        pair.together = together
        if together or pair.due > now:
            return
        pair.due = now + pair.patience
        pair.patience = min(2 * pair.patience, LONGEST)
        # Both introducers of the same two choose the same one to dial.
        guest, host = sorted(keys, key=lambda key: self._members[key].page.peer_id)
        page = self._members[guest].page
        self._asked[host, page.peer_id] = guest
        self.outgoing.append((host, Expect(page.peer_id, page.certificate)))

    # Helpers

    def _tell_all(self) -> None:
        for key in self._members:
            self._tell(key)

    def _tell(self, key: str) -> None:
        self.outgoing.append((key, Present("\n".join(self._ids[:MAX_PAGES]))))

    def _forget(self, page: Page) -> None:
        self._meeting.pop(page, None)
        if expected := self._expected.pop(page, None):
            self.revoke(expected.secret)


def _too_many(waiting: dict[Page, _Introduction], introducer: str) -> bool:
    """Whether one page has introduced as many already as there can be in the call."""
    return sum(each.introducer == introducer for each in waiting.values()) >= MAX_OTHERS
