"""A lost broker is looked for until it is back."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from app.broker import keep_online, log_on
from peerscript import Peer, PeerState
from peerscript.errors import IdTaken
from peerscript.memory import MemoryNetwork


class Notices:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, text: str) -> None:
        self.problems.append(text)

    def announce(self, text: str) -> None:
        raise AssertionError


async def start(
    network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch
) -> tuple[Peer, Notices, Any]:
    monkeypatch.setattr("peerscript.backoff.FIRST", 0.0)
    peer, notices = Peer("me", browser=network), Notices()
    await peer.start()
    return peer, notices, asyncio.create_task(keep_online(peer, notices, lambda: None))


async def test_it_comes_back_and_the_problem_is_told_once(
    network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch, wait: Any
) -> None:
    peer, notices, keeping = await start(network, monkeypatch)
    await wait(lambda: peer.open)
    await asyncio.sleep(0)
    network.go_down()
    await wait(lambda: notices.problems)
    for _ in range(20):
        await asyncio.sleep(0)
    network.come_back()
    await wait(lambda: peer.open)
    assert len(notices.problems) == 1
    await peer.close()
    await keeping


async def test_an_id_taken_meanwhile_is_told(
    network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch, wait: Any
) -> None:
    peer, notices, keeping = await start(network, monkeypatch)
    await asyncio.sleep(0)
    network.go_down()
    network.pages["me"] = network.open_broker("me", peer.options, cast(Any, None))
    network.come_back()
    await wait(lambda: any("already uses this ID" in each for each in notices.problems))
    await wait(lambda: peer.state is PeerState.DISCONNECTED)
    del network.pages["me"]
    await peer.close()
    await keeping


async def test_a_broker_that_is_away_at_the_start_is_tried_again(
    network: MemoryNetwork, monkeypatch: pytest.MonkeyPatch, wait: Any
) -> None:
    monkeypatch.setattr("peerscript.backoff.FIRST", 0.0)
    network.up = False
    told: list[str] = []
    logging_on = asyncio.create_task(log_on(lambda: Peer("me", browser=network), told.append))
    await wait(lambda: len(told) > 2)
    assert "cannot be reached" in told[0]
    network.come_back()
    peer = await logging_on
    assert peer.open
    await peer.close()


async def test_a_broker_that_refuses_is_not(network: MemoryNetwork) -> None:
    async with Peer("me", browser=network):
        with pytest.raises(IdTaken):
            await log_on(lambda: Peer("me", browser=network), pytest.fail)
