"""Two people who are in a call, and what their pages show of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.clock import until
from tests.unit.app.pages import App

Ring = Callable[[Any, Any], Awaitable[None]]


async def ring(caller: Any, called: Any) -> None:
    await caller.act(called.peer_id, "choose")
    caller.calls.start()
    await until(lambda: not caller.view.calls.preview.asking)
    await caller.calls.join()
    await until(lambda: called.view.calls.ringing)


def connected(*apps: Any) -> bool:
    """Whether everybody shows tiles, and nobody waits."""
    shown = [app.view.calls.tiles for app in apps]
    return all(shown) and not any(tile.words for tiles in shown for tile in tiles)


def together(*apps: Any) -> bool:
    """Whether each is in a call with each other one, and with nobody else."""
    ids = {app.peer_id for app in apps}
    return connected(*apps) and all(
        {tile.peer_id for tile in app.view.calls.tiles} == ids - {app.peer_id} for app in apps
    )


async def talk(caller: Any, called: Any) -> None:
    await ring(caller, called)
    await called.calls.accept()
    await until(lambda: connected(caller, called))


def over(*apps: App) -> bool:
    """Whether nobody is in a call, and everything is released."""
    return all(
        not app.view.calls.tiles
        and app.view.calls.ringing is None
        and not app.calls.own.tracks
        and all(track.stopped for track in app.devices.given)
        for app in apps
    )


def words(app: App) -> list[str]:
    return [text for _, text in app.notices.standing]


@pytest.fixture(name="ring")
def ring_fixture() -> Ring:
    """Let one call the other, who has not answered yet."""
    return ring


@pytest.fixture(name="talk")
def talk_fixture() -> Ring:
    """Have the two in a call."""
    return talk


@pytest.fixture(name="together")
def together_fixture() -> Callable[..., bool]:
    """Whether each is in a call with each other one."""
    return together
