"""How it stands with the broker is told, and each reason once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from app.connection.broker import log_on, report_broker
from peerscript import Peer
from peerscript.errors import BrokerUnreachable, IdTaken, PeerUnavailable
from peerscript.ports import PageEvent
from peerscript.testing import MemoryNetwork
from tests.unit.app.notices import Notices


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerscript.aio.backoff.FIRST", 0.001)
    monkeypatch.setattr("peerscript.aio.backoff.LONGEST", 0.002)


async def test_it_comes_back_and_the_problem_is_told_once(
    dave: Any, network: MemoryNetwork, wait: Any
) -> None:
    failed: list[Exception] = []
    dave.peer.on("error", failed.append)
    network.go_down()
    await wait(lambda: len(failed) > 2)
    network.come_back()
    assert dave.notices.standing
    await wait(lambda: dave.peer.open)
    assert len(dave.notices.problems) == 1
    assert "whoever is connected stays connected" in dave.notices.problems[0]
    await wait(lambda: not dave.notices.standing)  # it is not so any more


async def test_the_next_time_is_told_again(dave: Any, network: MemoryNetwork, wait: Any) -> None:
    for times in (1, 2):
        network.go_down()
        await wait(lambda times=times: len(dave.notices.problems) == times)
        network.come_back()
        await wait(lambda: dave.peer.open)


async def test_an_id_taken_meanwhile_is_told(dave: Any, network: MemoryNetwork, wait: Any) -> None:
    network.go_down()
    network.pages["dave"] = cast(Any, None)
    network.come_back()
    await wait(lambda: any("already uses this ID" in each for each in dave.notices.problems))
    del network.pages["dave"]


async def test_every_change_of_its_state_is_told(network: MemoryNetwork, wait: Any) -> None:
    changes: list[bool] = []
    peer = Peer("me", browser=network)
    await peer.start()
    telling = asyncio.create_task(report_broker(peer, Notices(), lambda: changes.append(peer.open)))
    await wait(lambda: changes == [True])
    peer.disconnect()
    await wait(lambda: changes == [True, False])
    await peer.reconnect()
    await wait(lambda: changes[-1])
    await peer.close()
    await telling
    assert not changes[-1]


async def test_what_is_not_the_brokers_is_told_elsewhere(dave: Any) -> None:
    dave.peer._on_error(PeerUnavailable("nobody"))
    assert dave.notices.problems == []
    dave.peer._on_error(BrokerUnreachable("away"))
    assert len(dave.notices.problems) == 1


async def test_a_broker_that_is_away_at_the_start_is_tried_again(
    network: MemoryNetwork, wait: Any
) -> None:
    network.up = False
    told: list[str] = []
    logging_on = asyncio.create_task(
        log_on(lambda: Peer("me", browser=network), told.append, network.watch)
    )
    await wait(lambda: len(told) > 2)
    assert "cannot be reached" in told[0]
    network.come_back()
    peer = await logging_on
    assert peer.open
    await peer.close()


async def test_it_is_tried_at_once_when_the_network_is_back(
    network: MemoryNetwork, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.aio.backoff.LONGEST", 3600.0)
    monkeypatch.setattr("peerscript.aio.backoff.FIRST", 3600.0)
    network.up = False
    told: list[str] = []
    watching: list[Callable[[PageEvent], None]] = []

    def watch(notify: Callable[[PageEvent], None]) -> Callable[[], None]:
        watching.append(notify)
        return watching.clear

    begun = asyncio.get_running_loop().time()
    logging_on = asyncio.create_task(
        log_on(lambda: Peer("me", browser=network), told.append, watch)
    )
    await wait(lambda: told)
    network.come_back()
    watching[0](PageEvent.AWAKE)
    peer = await logging_on
    assert asyncio.get_running_loop().time() - begun < 60
    assert watching == []
    await peer.close()


async def test_a_broker_that_refuses_is_not(network: MemoryNetwork) -> None:
    async with Peer("me", browser=network):
        with pytest.raises(IdTaken):
            await log_on(lambda: Peer("me", browser=network), pytest.fail, network.watch)
