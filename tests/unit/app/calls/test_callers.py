"""Who rings and has no answer yet."""

from __future__ import annotations

from typing import Any

from peerscript.calls import CallEnd


async def test_the_oldest_is_answered_first(apps: Any, carol: Any, wait: Any, ring: Any) -> None:
    alice, bob = apps
    callers = alice.calls._callers
    await ring(bob, alice)
    carol.calls.start()
    await carol.calls.join()
    await wait(lambda: len(tuple(callers)) == 2)
    assert callers.first is alice.contact("bob")
    assert alice.contact("carol") in callers
    callers.decline(callers.first)
    assert callers.first is alice.contact("carol")
    callers.decline(None)
    callers.decline(alice.contact("bob"))
    assert callers.take(alice.contact("bob")) is None
    carol.calls.hang_up()
    await wait(lambda: callers.first is None)
    assert alice.notices.problems == ["You have missed a call of Carol."]


async def test_a_call_that_has_ended_is_not_taken(apps: Any, wait: Any, ring: Any) -> None:
    alice, bob = apps
    await ring(bob, alice)
    contact = alice.contact("bob")
    (call,) = alice.calls._callers._calls.values()
    call.hang_up()
    assert call.end is CallEnd.DECLINED
    assert alice.calls._callers.take(contact) is None
    await wait(lambda: not bob.view.calls.tiles)
