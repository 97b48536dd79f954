"""docs/calls.md says what is there, and its examples run."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from peerscript import Call, CallEnd, LinkCallState, Links, Peer, RemoteMedia
from peerscript.testing import MemoryNetwork
from serving.places import ROOT

PAGE = (ROOT / "docs" / "calls.md").read_text()
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


async def test_calling_and_being_called() -> None:
    names: dict[str, Any] = {}
    exec("".join(CODE), names)
    network = MemoryNetwork()
    shown: list[Any] = []
    async with (
        Peer("alice", browser=network) as alice,
        Peer("bob", browser=network) as bob,
        Links(alice, storage={}) as hosting,
        Links(bob, storage={}) as guesting,
    ):
        there = await guesting.connect("alice", hosting.invites.issue().secret)
        (here,) = hosting.all
        answering = asyncio.create_task(names["answer"](there, shown.append))
        talking = asyncio.create_task(names["talk"](here, shown.append))
        async with asyncio.timeout(5):
            while len(shown) < 2:
                await asyncio.sleep(0.1)
            await there.close()
            await answering
            await talking


def test_every_public_name_is_in_the_page() -> None:
    shown = set(re.findall(r"call\.(\w+)", PAGE))
    public = {name for name in dir(Call) if not name.startswith("_")}
    assert public - shown <= {"once", "off"}
    for name in RemoteMedia.__dataclass_fields__:
        assert f"`{name}`" in PAGE


def test_every_state_and_every_end_is_in_the_page() -> None:
    for kind in (LinkCallState, CallEnd):
        assert all(f"`{each.name}`" in PAGE for each in kind)


async def test_pictures_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    network, printed = MemoryNetwork(), list[tuple[object, ...]]()
    monkeypatch.setattr("peerscript.media.pictures.this_browser", lambda: network)
    call = MagicMock(end=None)
    call.set_camera = AsyncMock(side_effect=lambda track: setattr(call.remote, "camera", track))

    def ends(*values: object) -> None:
        printed.append(values)
        call.end = CallEnd.HUNG_UP

    names: dict[str, Any] = {"print": ends}
    exec("".join(CODE), names)
    drawing = asyncio.create_task(names["draw"](call))
    await asyncio.sleep(0)
    await asyncio.gather(drawing, names["look"](call))
    assert printed[0][:2] == (320, 240)
    assert printed[0][3] == 0
