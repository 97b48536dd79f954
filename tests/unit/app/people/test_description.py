"""The words of a row, for every state and every verification."""

from __future__ import annotations

from typing import Any

import pytest

from app.connection.invite import Invite
from app.people.contact import Contact
from app.people.description import describe
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import LinkRefused, PeerScriptError, PeerUnavailable
from peerscript.link.link import Link
from peerscript.link.session import LinkSession
from peerscript.link.store import SessionRecord, SessionStore
from peerscript.protocol.link.state import LinkState, Verification
from peerscript.testing import MemoryNetwork
from peerscript.testing.mediapath import MemoryMediaPath


class Owner:
    """Whoever dials for the Link does not, here."""

    running = True

    def restore(self, session: LinkSession) -> None: ...

    def ended(self, session: LinkSession) -> None: ...


def contact(
    state: LinkState,
    verification: Verification,
    phrase: str = "",
    error: PeerScriptError | None = None,
    scope: str = "",
    guest: bool = True,
    key: str = "",
) -> Contact:
    record = SessionRecord("bob", guest, key=key, verification=verification, scope=scope)
    session = LinkSession(record, SessionStore({}), "Alice", Owner(), state)
    session.phrase, session.error = phrase, error
    return Contact(Link(session, TaskOwner("test"), MemoryNetwork(), lambda: MemoryMediaPath(b"")))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LinkState.CONNECTING, "Connecting…"),
        (LinkState.ASKING, "Asks to be let in, and has no link of yours."),
        (LinkState.WAITING, "Waiting to be let in…"),
        (LinkState.CONNECTED, "Connected."),
        (LinkState.RECONNECTING, "Reconnecting: comes back by itself."),
        (LinkState.LOST, "Away. Try again when their page is open."),
        (LinkState.CLOSED, "Gone"),
    ],
)
async def test_how_it_stands(state: LinkState, words: str) -> None:
    for verification in Verification:
        assert describe(contact(state, verification)).status == words


async def test_every_state_has_words() -> None:
    for state in LinkState:
        assert describe(contact(state, Verification.NONE)).status


@pytest.mark.parametrize(
    ("verification", "phrase", "words"),
    [
        (Verification.SECRET, "", "Verified: came by the link"),
        (Verification.COMPARED, "one two three four", "Verified: you compared the words."),
        (Verification.ADMITTED, "one two three four", "Not verified. Ask them, aloud"),
        (Verification.ADMITTED, "", "Not verified: let in without a link."),
        (Verification.NONE, "", ""),
    ],
)
@pytest.mark.parametrize("state", [LinkState.CONNECTED, LinkState.RECONNECTING, LinkState.LOST])
async def test_what_is_verified(
    state: LinkState, verification: Verification, phrase: str, words: str
) -> None:
    said = describe(contact(state, verification, phrase))
    assert said.trust.startswith(words)
    assert bool(said.trust) is bool(words)
    assert said.verified is verification.verified
    assert said.phrase == ("" if said.verified else phrase)
    may_compare = bool(phrase) and not said.verified and state is LinkState.CONNECTED
    assert said.confirmable is may_compare


@pytest.mark.parametrize("state", [LinkState.ASKING, LinkState.WAITING])
async def test_at_the_door_the_words_are_compared_first(state: LinkState) -> None:
    said = describe(contact(state, Verification.NONE, "one two three four"))
    assert "Compare these words aloud" in said.trust
    assert said.phrase == "one two three four"
    assert not said.confirmable  # letting in comes first


async def test_why_they_are_out_of_reach() -> None:
    error = PeerUnavailable("the broker knows nobody by the ID bob")
    never = contact(LinkState.LOST, Verification.NONE, error=error)
    assert describe(never).status.startswith("Nobody by that ID is there.")
    host = contact(LinkState.LOST, Verification.SECRET, error=error, key="k")
    assert describe(host).status == "Away. Try again when their page is open."
    refused = contact(LinkState.LOST, Verification.SECRET, error=LinkRefused("expired"), key="k")
    assert describe(refused).status.startswith("You were not let in")
    guest = contact(LinkState.LOST, Verification.SECRET, error=error, guest=False, key="k")
    assert "Comes back by itself" in describe(guest).status


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LinkState.CONNECTING, "Cancel"),
        (LinkState.CONNECTED, "Disconnect"),
        (LinkState.RECONNECTING, "Disconnect"),
        (LinkState.LOST, "Remove"),
    ],
)
async def test_the_button_says_what_it_ends(state: LinkState, words: str) -> None:
    assert describe(contact(state, Verification.SECRET)).leave == words


async def test_the_words_are_gone_after_a_reload(
    apps: Any, dave: Any, reload: Any, wait: Any
) -> None:
    alice, _ = apps
    dave.people.connect(Invite("alice"))
    await wait(lambda: alice.find("dave"))
    await alice.act("dave", "admit")
    await wait(lambda: dave.people.connected)
    again = await reload(dave)
    await wait(lambda: again.people.connected)
    said = describe(again.contact("alice"))
    assert (said.trust, said.phrase) == ("Not verified: let in without a link.", "")
    assert not said.confirmable


async def test_words_that_were_compared_stay_so(
    apps: Any, dave: Any, network: MemoryNetwork, part: Any, wait: Any
) -> None:
    alice, _ = apps
    dave.people.connect(Invite("alice"))
    await wait(lambda: alice.find("dave"))
    await alice.act("dave", "admit")
    await wait(lambda: alice.contact("dave").link.connected)
    await alice.act("dave", "confirm")
    await part(alice, dave)
    network.release()
    await wait(lambda: alice.contact("dave").link.connected)
    assert describe(alice.contact("dave")).trust == "Verified: you compared the words."


@pytest.mark.parametrize(
    ("scope", "words"),
    [("introduced by Ada", "Introduced by Ada, in"), ("introduced by ", "Introduced, in")],
)
async def test_who_has_introduced_them(scope: str, words: str) -> None:
    described = describe(contact(LinkState.CONNECTED, Verification.SECRET, scope=scope))
    assert described.trust == f"{words} a call with both of you."
    assert described.verified
