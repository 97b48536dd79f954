"""Calls through a TURN server and nothing past it, and with Firefox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from call_pages import in_call, ready, see, value
from firefox import FirefoxPage, firefox
from harness import Browsers
from pyodide_page import run
from turn import TurnServer, turn_server

OUTAGE = 15_000  # ms
RELAYED = "async for stats in call.stats(0.5):\n    if stats.frames: break\nstats.relayed"


@pytest.fixture
def turn() -> Iterator[TurnServer]:
    with turn_server() as turn:
        yield turn


def linked(host: Any, guest: Any) -> tuple[Any, Any]:
    secret = run(host, "links.invites.issue().secret")
    run(guest, f"await links.connect('call-host', {secret!r})\nNone")
    return host, guest


def relay_only(turn: TurnServer) -> dict[str, object]:
    return {"ice_servers": [turn.ice_server], "ice_transport_policy": "relay"}


def test_a_call_through_a_relay_that_is_away_for_15_seconds(
    lab: Browsers, turn: TurnServer
) -> None:
    options = relay_only(turn)
    pair = linked(ready(lab, "call-host", **options), ready(lab, "call-guest", **options))
    in_call(pair)
    for page in pair:
        assert see(page)[0] == 320
        assert value(page, RELAYED) is True
    run(pair[0], "states = []\ncall.on('change', lambda: states.append(call.state))\nNone")
    turn.stop()
    pair[0].wait_for_timeout(OUTAGE)  # the outage itself is what is tested
    run(pair[0], "await within(30, lambda: LinkCallState.RECONNECTING in states)\nNone")
    turn.start()
    for page in pair:
        run(page, "await within(60, lambda: link().connected and call.connected)\nNone")
        assert see(page)[0] == 320
        assert value(page, RELAYED) is True


@pytest.mark.parametrize("relay", [False, True], ids=["direct", "relayed"])
def test_chromium_and_firefox_see_each_other(
    lab: Browsers, turn: TurnServer, tmp_path: Path, relay: bool
) -> None:
    options = relay_only(turn) if relay else {}
    with firefox(tmp_path / "profile") as window:
        host = ready(lab, "call-host", **options)
        fox: Any = FirefoxPage(window, f"{lab.site.url}pyodide.html")
        pair = linked(host, ready(lab, "call-guest", fox, **options))
        in_call(pair)
        for page in pair:
            assert see(page)[0] > 0
            assert value(page, RELAYED) is relay
        run(fox, "call.hang_up()")
        assert value(host, "end = await call.ended()\nend.value") == "hung-up"
