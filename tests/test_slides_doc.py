"""What docs/slides.md shows runs, and its table has every word."""

from __future__ import annotations

import asyncio
import re
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import peerscript
from peerscript import Links, Peer
from peerscript.protocol.slides.messages import (
    MAX_NAME,
    MAX_NOTES,
    MAX_PART,
    MAX_POINTS,
    MAX_SLIDES,
    MAX_TITLE,
    SLIDES,
    SLIDES_DECK,
    SLIDES_POINT,
    STAGE,
)
from peerscript.protocol.slides.source import MAX_SOURCE
from peerscript.slides import Viewer
from peerscript.slides.channels import SlideChannels
from peerscript.testing import MemoryNetwork
from tests.clock import until

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "slides.md").read_text()
CODE = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


async def test_a_deck_of_your_own(monkeypatch: pytest.MonkeyPatch) -> None:
    network = MemoryNetwork()
    monkeypatch.setattr(peerscript, "Peer", partial(peerscript.Peer, browser=network))
    names: dict[str, Any] = {}
    exec(CODE[0], names)
    deck, shown = names["Pictures"](), []  # type: ignore[var-annotated]
    presenting = asyncio.create_task(names["present"](deck, shown.append))
    await until(lambda: shown)
    address, _, scope = shown[0].partition("#")[2].partition("/")
    peer_id, _, secret = address.partition(".")
    assert (peer_id, scope) == ("the-presenter", "slides")
    async with (
        Peer("phone", browser=network) as peer,
        Links(peer, storage={}) as links,
        asyncio.timeout(5),
    ):
        viewer = Viewer(await links.connect(peer_id, secret))
        running = asyncio.create_task(viewer.run())
        await until(lambda: viewer.state)
        await viewer.turn("next")
        await until(lambda: viewer.state and viewer.state.slide == 1)
        assert deck.shown == 1
        await viewer.link.close()
        await running
    presenting.cancel()
    await asyncio.gather(presenting, return_exceptions=True)


async def test_a_remote_in_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it stands there it may not turn yet: nobody has told it its role."""
    network = MemoryNetwork()
    monkeypatch.setattr(peerscript, "Peer", partial(peerscript.Peer, browser=network))
    names: dict[str, Any] = {}
    exec(CODE[1], names)
    async with Peer("host", browser=network) as peer, Links(peer, storage={}) as links:
        with pytest.raises(peerscript.errors.LinkClosed, match="no remote"):
            await names["remote"]("host", links.invites.issue(scope="slides").secret)


def test_every_word_is_in_the_table() -> None:
    _, _, words = PAGE.partition("| kind | from | fields |")
    table = dict(re.findall(r"^\| `(\w+)` \| \w+ \|(.*) \|$", words, re.MULTILINE))
    kinds = {**SLIDES.kinds, **SLIDES_POINT.kinds, **SLIDES_DECK.kinds}
    assert set(table) == set(kinds)
    for kind, word in kinds.items():
        for field in fields(word):
            assert f"`{field.name}`" in table[kind], (kind, field.name)


async def test_every_channel_is_in_the_table() -> None:
    network = MemoryNetwork()
    async with Peer("host", browser=network) as peer, Links(peer, storage={}) as links:
        link = links.dial("nobody")
        SlideChannels(link)
        modes = {name: opened._session.mode.value for name, (opened, _) in link._channels.items()}
    head, _, _ = PAGE.partition("| kind | from | fields |")
    table = re.findall(r"^\| `([a-z-]+)` \| (\w+)[^|]*\|", head, re.MULTILINE)
    assert dict(table[-3:]) == modes


def test_the_limits_are_those_of_the_table() -> None:
    for number in (MAX_PART, MAX_NAME, MAX_TITLE, MAX_NOTES, MAX_POINTS, MAX_SLIDES, STAGE):
        assert f"{number:,}" in PAGE, number
    assert MAX_SOURCE == 64 * 1024 * 1024
    assert "64 MiB" in PAGE
