"""One person: what they are called, and whether they are in."""

from __future__ import annotations

from typing import Any

from app.people.contact import short_name


def test_names() -> None:
    assert short_name("otter") == "otter"
    assert short_name("e8d5cde28b8c4f20") == "Guest e8d5"
    assert short_name("\u202eecila\n") == "ecila"
    assert short_name("\u200b") == "Guest"


async def test_who_they_are(apps: Any) -> None:
    alice, _ = apps
    contact = alice.contact("bob")
    assert (contact.peer_id, contact.name) == ("bob", "Bob")
    assert contact.known


async def test_whoever_is_gone_is_not_in(apps: Any, wait: Any) -> None:
    alice, bob = apps
    contact = alice.contact("bob")
    await bob.act("alice", "close")
    await wait(lambda: not alice.people.all)
    assert not contact.known
