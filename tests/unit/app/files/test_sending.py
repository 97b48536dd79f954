"""Files are offered to the chosen person."""

from __future__ import annotations

from typing import Any

import pytest

from app.files.sending import common_folder

SMALL = b"a small file"


async def test_it_goes_to_whom_the_page_is_open_for(
    apps: Any, carol: Any, source: Any, wait: Any
) -> None:
    alice, bob = apps
    await alice.act("carol", "choose")
    alice.files.offer([source("x", SMALL)])
    await wait(lambda: carol.view.transfers)
    assert not bob.view.transfers


async def test_an_offer_of_a_folder_has_its_name(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    alice.files.offer([source("a", b"x", folder="photos/2026"), source("b", b"x", folder="photos")])
    await wait(lambda: bob.view.transfers)
    assert alice.transfer.title == bob.transfer.title == "photos"
    assert await common_folder([source("a", b"x", folder="photos"), source("b", b"x")]) == ""


async def test_what_is_dropped_is_looked_for_first(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps

    async def found(problem: str = "") -> list[Any]:
        if problem:
            raise OSError(problem)
        return [source("x", b"x")]

    await alice.files.offer_found(found())
    await wait(lambda: bob.view.transfers)
    await alice.files.offer_found(found("x is gone"))
    assert alice.notices.problems == [
        "Not everything could be read, so nothing was sent: x is gone"
    ]


async def test_nobody_to_send_to(apps: Any, join: Any, source: Any, wait: Any) -> None:
    alice, _ = apps
    await alice.act("bob", "close")
    await wait(lambda: not alice.people.all)
    alice.files.offer([source("x", b"x")])
    assert "no file was sent" in alice.notices.problems[0]
    await join("carol", alice)
    await wait(lambda: not alice.notices.standing)  # somebody is here


async def test_what_cannot_be_offered(
    apps: Any, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _ = apps
    alice.files.offer([])
    monkeypatch.setattr("app.files.sending.MAX_FILES", 2)
    alice.files.offer([source(f"{n}", b"x") for n in range(3)])
    assert alice.notices.problems[0] == "There is no file in it."
    assert alice.notices.problems[1].startswith("3 files are too many at once: at most 2.")
    assert len(alice.notices.standing) == 1
    alice.files.offer([source("x", b"x")])
    assert alice.notices.standing == []
    assert not alice.view.transfers
