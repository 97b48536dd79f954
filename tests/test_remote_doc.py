"""What docs/remote.md shows runs, and its tables are true."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import peerscript
from peerscript import Links, Peer, errors, sendable
from peerscript.link.session import LinkSession
from peerscript.protocol.remote import messages
from peerscript.remote import caller, proxy
from peerscript.testing import MemoryNetwork
from tests.clock import until

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "remote.md").read_text()
SERVING, CALLING, TYPED, ASKING = re.findall(
    r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE
)


@pytest.fixture
async def network(monkeypatch: pytest.MonkeyPatch) -> MemoryNetwork:
    network = MemoryNetwork()
    monkeypatch.setattr(peerscript, "Peer", partial(peerscript.Peer, browser=network))
    return network


def names_of(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(code, names)
    return names


@asynccontextmanager
async def hosted() -> AsyncIterator[str]:
    """The page that serves; gives the secret of its invite."""
    shown: list[str] = []
    hosting = asyncio.create_task(names_of(SERVING)["host"](shown.append))
    await until(lambda: shown)
    yield shown[0]
    hosting.cancel()
    await asyncio.gather(hosting, return_exceptions=True)


async def test_serving_and_calling(
    network: MemoryNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hosted() as secret:
        await names_of(CALLING)["guest"](secret)
    assert capsys.readouterr().out.splitlines() == [
        "Hello Bob",
        "3",
        "add: b: int is expected, not str",
    ]


async def test_each_guest_is_greeted_by_their_own_name(network: MemoryNetwork) -> None:
    """Also once others have come."""
    async with (
        hosted() as secret,
        Peer("ann", browser=network) as ann,
        Peer("bob", browser=network) as bob,
        Links(ann, name="Ann", storage={}) as anns,
        Links(bob, name="Bob", storage={}) as bobs,
    ):
        links = [await each.connect("the-host", secret) for each in (anns, bobs)]
        assert [await link.remote.greet() for link in links] == ["Hello Ann", "Hello Bob"]


async def test_a_guest_that_is_gone_stops_nobody(
    network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_added = Links._on_added

    def close_the_first(links: Links, session: LinkSession) -> None:
        on_added(links, session)
        if links.own_id == "the-host" and session.record.peer_id == "ann":
            session.end(None)

    monkeypatch.setattr(Links, "_on_added", close_the_first)
    async with (
        hosted() as secret,
        Peer("ann", browser=network) as ann,
        Peer("bob", browser=network) as bob,
        Links(ann, name="Ann", storage={}) as anns,
        Links(bob, name="Bob", storage={}) as bobs,
    ):
        with contextlib.suppress(errors.PeerScriptError):
            await anns.connect("the-host", secret)
        link = await bobs.connect("the-host", secret)
        assert await link.remote.greet() == "Hello Bob"


async def test_typed(network: MemoryNetwork) -> None:
    async with (
        hosted() as secret,
        Peer("typed", browser=network) as peer,
        Links(peer, storage={}) as links,
    ):
        link = await links.connect("the-host", secret)
        assert await names_of(TYPED)["total"](link) == 4


async def test_asking_everybody(network: MemoryNetwork) -> None:
    async with (
        Peer("teacher", browser=network) as teacher,
        Peer("ann", browser=network) as ann,
        Peer("bob", browser=network) as bob,
        Links(teacher, storage={}) as asking,
        Links(ann, storage={}) as anns,
        Links(bob, storage={}) as bobs,
    ):
        secret = asking.invites.issue().secret
        for links in (anns, bobs):
            link = await links.connect("teacher", secret)
            if links is anns:
                link.serve(answer)
        await until(lambda: sum(link.connected for link in asking.all) == 2)
        answers = await names_of(ASKING)["ask_all"](asking, "6 × 7")
        assert answers == [42, None]  # Bob's page serves nothing


@sendable(name="remote_doc.Vote")
@dataclass
class Vote:
    points: int

    def __post_init__(self) -> None:
        if self.points > 10:
            raise ValueError("too many")


@pytest.mark.parametrize("broken", [False, True])
async def test_asking_one_whose_answer_cannot_be_read(network: MemoryNetwork, broken: bool) -> None:
    async with (
        Peer("teacher", browser=network) as teacher,
        Peer("ann", browser=network) as ann,
        Links(teacher, storage={}) as asking,
        Links(ann, storage={}) as anns,
    ):
        link = await anns.connect("teacher", asking.invites.issue().secret)

        @link.serve(name="answer")
        async def vote(question: str) -> Vote:
            vote = Vote(1)
            vote.points += 100 * broken
            return vote

        await until(lambda: asking.all[0].connected)
        answers = await names_of(ASKING)["ask_all"](asking, "?")
        assert answers == [None if broken else Vote(1)]


async def answer(question: str) -> int:
    return 42


def test_every_error_is_in_the_table() -> None:
    table = set(re.findall(r"^\| `(\w+)`(?: \(an? `\w+`\))? \| ", PAGE, re.MULTILINE))
    assert {kind.__name__ for kind in errors.RemoteFailed.__subclasses__()} <= table


def test_the_bounds_are_those_of_the_table() -> None:
    for number in (messages.MAX_RUNNING, messages.CREDIT, caller.MAX_WAITING, messages.MAX_WORDS):
        assert f"{number:,}" in PAGE, number
    assert f"limit** of {proxy.TIMEOUT:g} s" in PAGE
    assert f"{messages.MAX_NAME} characters" in PAGE
    assert messages.MAX_VALUE == 1024 * 1024
    assert "1 MiB" in PAGE
