"""What a person sees of transfers without looking at the page."""

from __future__ import annotations

from typing import Any

from app.files.activity import Activity

CONTENT = bytes(1_000_000)


async def two_accepted(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    for name in ("one", "two"):
        alice.files.offer([source(name, CONTENT)])
    await wait(lambda: len(bob.view.transfers) == 2)
    for key in tuple(bob.view.transfers):
        await bob.files.act(key, "accept")
    await wait(lambda: all(each.state.value == "active" for each in alice.view.transfers.values()))


async def test_the_share_of_all_grows_to_the_end(apps: Any, source: Any, wait: Any) -> None:
    _, bob = apps
    await two_accepted(apps, source, wait)
    assert bob.view.shares[-1] == 0
    bob.store.gate.set()
    await wait(lambda: bob.view.shares[-1] is None)
    shares = bob.view.shares[:-1]
    assert shares == sorted(shares)
    assert sorted(bob.view.told) == ["one has arrived from Alice.", "two has arrived from Alice."]


async def test_what_is_paused_does_not_move(apps: Any, source: Any, wait: Any) -> None:
    _, bob = apps
    await two_accepted(apps, source, wait)
    first, second = bob.view.transfers
    await bob.files.act(first, "pause")
    assert bob.view.shares[-1] == 0
    await bob.files.act(second, "pause")
    assert bob.view.shares[-1] is None
    await bob.files.act(first, "resume")
    assert bob.view.shares[-1] == 0
    await bob.files.act(second, "cancel")
    await bob.files.act(first, "cancel")
    await wait(lambda: bob.view.shares[-1] is None)
    assert bob.view.told == []  # who has cancelled it knows


async def test_what_fails_is_told(apps: Any, source: Any, wait: Any) -> None:
    _, bob = apps
    await two_accepted(apps, source, wait)
    for transfer in bob.view.transfers.values():
        transfer.offer.cancel(reason="The disk is full.", failed=True)
    await wait(lambda: len(bob.view.told) == 2)
    assert bob.view.shares[-1] is None
    assert bob.view.told[0] == "one has not arrived. The disk is full."


async def test_what_is_done_before_it_was_seen_to_move_is_told(
    apps: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    activity, told = Activity(bob.view), bob.view.told
    alice.files.offer([source("one", b"one")])
    await wait(lambda: bob.view.transfers)
    ((key, transfer),) = bob.view.transfers.items()
    activity.note(transfer)
    await bob.files.act(key, "accept")
    await wait(lambda: transfer.state.value == "done" and told)
    told.clear()
    activity.note(transfer)
    activity.note(transfer)
    assert told == ["one has arrived from Alice."]


async def test_what_was_done_before_a_reload_is_not_told(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source("one", b"one")])
    await wait(lambda: bob.view.transfers)
    ((key, transfer),) = bob.view.transfers.items()
    await bob.files.act(key, "accept")
    await wait(lambda: transfer.state.value == "done" and bob.view.told)
    bob.view.told.clear()
    Activity(bob.view).note(transfer)
    assert bob.view.told == []


async def test_what_was_never_accepted_is_not_told(apps: Any, source: Any, wait: Any) -> None:
    """As when its sender is loaded again."""
    alice, bob = apps
    alice.files.offer([source("one", b"one")])
    await wait(lambda: bob.view.transfers)
    (transfer,) = bob.view.transfers.values()
    await alice.unload()
    await wait(lambda: transfer.over)
    assert bob.view.told == []
