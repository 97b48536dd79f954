"""What is given to everyone is one card, with the state of each of them."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.actions import actions, file_actions, must_choose, person_actions
from app.files.group import Group, conversation
from app.files.transfer import Transfer, TransferState
from app.files.words import contents, file_share, file_status, percent, person_status, status
from app.people.roster import EVERYONE

CONTENT = bytes(range(256)) * 40_000  # 10 MB: more than the window
SMALL = b"a small file"


async def given(apps: Any, carol: Any, wait: Any, *sources: Any) -> Group:
    """Alice gives files to Bob and Carol at once; nothing that they accept is written yet."""
    alice, bob = apps
    for guest in (bob, carol):
        guest.store.gate.clear()
    await alice.people.act(EVERYONE, "choose")
    alice.files.offer(sources)
    await wait(lambda: bob.view.transfers and carol.view.transfers)
    await wait(lambda: alice.view.transfers and len(alice.transfer.transfers) == 2)
    group = alice.transfer
    assert isinstance(group, Group)
    return group


def lines(group: Group) -> dict[str, str]:
    return {each.person: person_status(each) for each in group.transfers}


async def accept(app: Any) -> None:
    await app.files.act(app.transfer.key, "accept-all")


async def test_it_is_one_card_in_the_conversation_with_all(
    apps: Any, carol: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    group = await given(apps, carol, wait, source("plan.png", SMALL, "image/png"))
    assert conversation(group) == EVERYONE
    assert (group.title, contents(group)) == ("plan.png", "Picture · 12 B")
    assert status(group) == "To Bob and Carol · 0 of 2 have it"
    assert lines(group) == dict.fromkeys(("Bob", "Carol"), "No answer yet")
    assert actions(group) == {"cancel": "Cancel for all"}
    assert group.sources
    assert group.time == group.transfers[0].time
    assert alice.files.find(group.key) is group
    await bob.files.act(bob.transfer.key, "accept")
    bob.store.gate.set()
    await wait(lambda: lines(group) == {"Bob": "Has it", "Carol": "No answer yet"})
    assert status(group) == "To Bob and Carol · 1 of 2 have it"
    assert (group.state, group.over) == (TransferState.OFFERED, False)
    await carol.files.act(carol.transfer.key, "decline")
    await wait(lambda: lines(group) == {"Bob": "Has it", "Carol": "Declined."})
    assert group.state is TransferState.CANCELLED  # not everyone has it
    assert actions(group) == {"remove": "Remove"}
    await alice.files.act(group.key, "remove")
    assert not alice.view.transfers
    assert alice.journal.records == {}


async def test_how_far_each_is(apps: Any, carol: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    group = await given(apps, carol, wait, source("x", CONTENT))
    assert (group.share, percent(group)) == (0.0, "0 %")
    for guest in (bob, carol):
        await guest.files.act(guest.transfer.key, "accept")
    await wait(lambda: all(each.state is TransferState.ACTIVE for each in group.transfers))
    bob.store.gate.set()
    await wait(lambda: lines(group)["Bob"] == "Has it")
    assert lines(group)["Carol"] == "0 B of 10 MB"
    assert (group.state, group.sha256) == (TransferState.ACTIVE, bob.transfer.sha256)
    assert (group.share, percent(group), file_share(group, 0)) == (0.5, "50 %", 0.5)
    carol.store.gate.set()
    await wait(lambda: group.state is TransferState.DONE)
    assert status(group) == "To Bob and Carol · 2 of 2 have it"
    assert (group.share, group.done) == (1.0, 2)
    assert bob.store.whole == carol.store.whole == {"x": CONTENT}
    assert sorted(alice.view.told) == ["Bob has x.", "Carol has x."]


async def test_the_card_pauses_and_cancels_for_all(
    apps: Any, carol: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    group = await given(apps, carol, wait, source("x", CONTENT))
    await accept(bob)
    await wait(lambda: group.state is TransferState.ACTIVE)
    assert list(actions(group)) == ["pause", "cancel"]
    await alice.files.act(group.key, "pause")
    await accept(carol)  # who has not answered by then gets it paused, too
    await wait(lambda: carol.transfer.state is bob.transfer.state is TransferState.PAUSED)
    await wait(lambda: set(lines(group).values()) == {"Paused by you · 0 B of 10 MB"})
    assert actions(group) == {"resume": "Resume for all", "cancel": "Cancel for all"}
    await alice.files.act(group.key, "resume")
    await wait(lambda: all(each.state is TransferState.ACTIVE for each in group.transfers))
    await alice.files.act(group.key, "cancel")
    await wait(lambda: carol.transfer.over and bob.transfer.over and group.over)
    assert group.state is TransferState.CANCELLED
    assert lines(group) == dict.fromkeys(("Bob", "Carol"), "Cancelled.")


async def test_it_is_cancelled_for_one(apps: Any, carol: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    group = await given(apps, carol, wait, source("x", SMALL))
    for guest in (bob, carol):
        await accept(guest)
    to_bob, to_carol = group.transfers
    assert person_actions(to_bob) == {"cancel"}
    assert alice.files.find(to_bob.key) is to_bob
    await alice.files.act(to_bob.key, "cancel")
    carol.store.gate.set()
    await wait(lambda: group.over and bob.transfer.over)
    assert lines(group) == {"Bob": "Cancelled.", "Carol": "Has it"}
    assert status(group) == "To Bob and Carol · 1 of 2 have it"
    assert person_actions(to_bob) == person_actions(to_carol) == set()


async def test_many_files(apps: Any, carol: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    group = await given(apps, carol, wait, *(source(f"{n}", SMALL) for n in range(2)))
    assert (group.one, group.sha256, len(group.files)) == (None, "", 2)
    assert file_actions(group, 0) == set()
    await accept(bob)
    await wait(lambda: group.state is TransferState.ACTIVE)
    assert file_actions(group, 0) == {"cancel"}
    await alice.files.act(group.key, "cancel", 1)
    bob.files.want(bob.transfer.key, 1, wanted=False)
    bob.store.gate.set()
    await wait(lambda: lines(group)["Bob"] == "Has 1 of 2 files")
    assert file_status(group, 0) == "1 of 2 have it"
    assert group.file_state(0) is TransferState.OFFERED
    carol.store.gate.set()
    await accept(carol)
    await wait(lambda: group.over)
    assert file_status(group, 0) == "2 of 2 have it"
    assert group.file_state(1) is TransferState.CANCELLED


async def test_who_leaves_does_not_get_it(apps: Any, carol: Any, source: Any, wait: Any) -> None:
    """A person who is left sees the card still, and one who comes back is another contact."""
    alice, bob = apps
    group = await given(apps, carol, wait, source("x", CONTENT))
    for guest in (bob, carol):
        await accept(guest)
    await carol.act("alice", "close")
    await wait(lambda: not alice.find("carol"))
    words = "The connection ended before it had arrived."
    assert lines(group)["Carol"].startswith(words)
    assert alice.view.opened == (EVERYONE, "everyone: Bob")
    assert list(actions(group)) == ["pause", "cancel"]
    bob.store.gate.set()
    await wait(lambda: group.over)
    assert group.state is TransferState.FAILED
    assert status(group) == "To Bob and Carol · 1 of 2 have it"
    await bob.act("alice", "close")
    await wait(lambda: not alice.people.all)
    assert conversation(group) == ""
    assert alice.journal.records == {}


async def test_a_reload_keeps_it_for_those_with_whom_it_had_not_ended(
    apps: Any, carol: Any, source: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    group = await given(apps, carol, wait, source("x", CONTENT))
    await accept(carol)
    bob.store.gate.set()
    await accept(bob)
    await wait(lambda: lines(group)["Bob"] == "Has it" and len(alice.journal.records) == 1)
    again = await reload(alice)
    await wait(lambda: len(again.people.connected) == 2 and again.view.transfers)
    group = again.transfer
    words = "To Bob and Carol · for one of them it had ended before this page was loaded again"
    assert status(group) == f"{words} · Waiting for the file: after a reload, choose it again"
    await wait(lambda: conversation(group) == EVERYONE)
    assert lines(group) == {"Carol": "Waiting for the file: after a reload, choose it again"}
    assert actions(group) == {"choose": "Choose the file", "remove": "Remove"}
    assert must_choose(group)
    carol.store.gate.set()
    await again.files.go_on(group.key, [source("x", CONTENT)])
    await wait(lambda: group.state is TransferState.DONE)
    assert status(group) == words
    assert carol.store.whole == {"x": CONTENT}
    assert again.journal.records == {}


async def test_after_a_reload_it_goes_on_with_those_who_are_here(
    apps: Any, carol: Any, source: Any, reload: Any, wait: Any
) -> None:
    alice, bob = apps
    file = source("x", CONTENT)
    file.handle = file
    group = await given(apps, carol, wait, file)
    for guest in (bob, carol):
        await accept(guest)
    await alice.unload()
    lost = alice.contact("carol").session
    for id, (text, handles) in alice.journal.records.items():
        alice.journal.records[id] = (text.replace(lost, "a session that is no more"), handles)
    again = await reload(alice)
    await wait(lambda: again.find("bob") and again.contact("bob").link.connected)
    await wait(lambda: again.view.transfers and len(again.transfer.transfers) == 2)
    group = again.transfer
    assert (
        status(group) == "To Bob and Carol · Waiting for the file: after a reload, choose it again"
    )
    assert actions(group)["choose"] == "Go on"
    await again.files.act(group.key, "choose")
    await wait(lambda: lines(group)["Bob"].startswith("0 B"))
    assert (
        lines(group)["Carol"] == "Waiting for the file: after a reload, choose it again"
    )  # nobody else gets it instead
    await wait(lambda: list(actions(group)) == ["choose", "pause", "cancel"])
    await again.files.act(group.key, "choose")
    assert again.notices.problems == ["Nobody is connected, so no file was sent."]
    to_carol = next(each for each in group.transfers if each.person == "Carol")
    await again.files.act(to_carol.key, "cancel")
    assert (lines(group)["Carol"], to_carol.state) == ("cancelled", TransferState.CANCELLED)
    assert len(again.journal.records) == 1
    await again.files.act(group.key, "cancel", 0)
    await wait(lambda: group.over)


async def test_its_end_does_not_push_out_what_is_open(
    apps: Any, carol: Any, source: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.files.transfers.KEPT", 1)
    alice, _ = apps
    first = await given(apps, carol, wait, source("first", SMALL))
    for name in ("second", "third"):
        before = list(alice.view.transfers)
        alice.files.offer([source(name, SMALL)])
        await wait(lambda before=before: len(alice.view.transfers) > len(before))
        (key,) = alice.view.transfers.keys() - set(before)
        await wait(lambda key=key: len(alice.view.transfers[key].transfers) == 2)
        await alice.files.act(key, "cancel")
    await wait(lambda: [each.title for each in alice.view.removed] == ["second"])
    assert [each.title for each in alice.view.transfers.values()] == ["first", "third"]
    assert len(first.transfers) == 2
    assert all(isinstance(each, Transfer) for each in first.transfers)
