"""The other page offers no more than a person can see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerscript.protocol.transfer.inbound import MAX_OFFERS, OFFERS_PER_SECOND, Inbound
from peerscript.protocol.transfer.manifest import FileInfo, Manifest, listed
from peerscript.protocol.transfer.messages import MAX_FILES, Decline, Listing, Offered
from peerscript.protocol.vocabulary import Malformed

KEY = "0123456789abcdef" * 2

ONE = Manifest("one", (FileInfo("x", 1),), KEY)


def offer(inbound: Inbound, id: int, now: float = 0.0) -> Manifest | None:
    begun, listing = listed(id, replace(ONE, key=f"{id:032x}"))
    assert isinstance(begun, Offered)
    assert isinstance(listing, Listing)
    if inbound.on_offer(begun, now):
        return None
    return inbound.on_listing(listing)


def test_an_offer_is_complete_with_its_list() -> None:
    inbound = Inbound(0.0)
    assert offer(inbound, 1) == replace(ONE, key=f"{1:032x}")
    with pytest.raises(Malformed, match="made twice"):
        offer(inbound, 1)
    inbound.answered(1)
    assert offer(inbound, 1) == replace(ONE, key=f"{1:032x}")


def test_a_hundred_thousand_offers() -> None:
    inbound = Inbound(0.0)
    taken = [id for id in range(100_000) if offer(inbound, id)]
    assert taken == list(range(MAX_OFFERS))
    assert inbound.on_offer(Offered(200_000, 7, 1, "", KEY), 0.0) == Decline(
        200_000, 0, 7, busy=True
    )


def test_they_come_no_faster_than_a_person_can_see() -> None:
    inbound = Inbound(0.0)
    for id in range(MAX_OFFERS):
        assert offer(inbound, id)
        inbound.answered(id)
    assert not offer(inbound, 1000)
    assert offer(inbound, 1001, now=1.0 / OFFERS_PER_SECOND)


def test_many_files_count() -> None:
    inbound = Inbound(0.0)
    for id in range(2):
        assert inbound.on_offer(Offered(id, MAX_FILES, 1, "", f"{id:032x}"), 0.0) is None
    assert not offer(inbound, 2)
    inbound.answered(0)
    assert offer(inbound, 3)


def test_what_is_taken_back_is_not_listed() -> None:
    inbound = Inbound(0.0)
    begun, listing = listed(1, ONE)
    assert isinstance(begun, Offered)
    assert isinstance(listing, Listing)
    inbound.on_offer(begun, 0.0)
    inbound.answered(1)
    assert inbound.on_listing(listing) is None


def test_a_page_that_was_reloaded_may_take_the_same_numbers() -> None:
    inbound = Inbound(0.0)
    inbound.on_offer(Offered(1, 1, 1, "", KEY), 0.0)
    inbound.forget()
    assert offer(inbound, 1) == replace(ONE, key=f"{1:032x}")


def test_the_same_files_are_offered_again_while_they_are_listed() -> None:
    inbound = Inbound(0.0)
    for id in range(10):
        inbound.on_offer(Offered(id, 1, 1, "", KEY), 0.0)
    assert list(inbound._waiting) == list(inbound._unlisted) == [9]
