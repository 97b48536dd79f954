"""docs/calls.md says what is there, and its examples run."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from peerscript import Call, CallEnd, CallMesh, LinkCallState, Links, Peer, RemoteMedia
from peerscript.testing import MemoryNetwork
from serving.places import ROOT
from tests.clock import until

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


async def test_two_who_are_introduced() -> None:
    names: dict[str, Any] = {}
    exec("".join(CODE), names)
    network = MemoryNetwork()
    started: list[Call] = []
    async with AsyncExitStack() as stack:
        everybody = []
        for name in ("alice", "bob", "carol"):
            peer = await stack.enter_async_context(Peer(name, browser=network))
            everybody.append(await stack.enter_async_context(Links(peer, storage={})))
        tasks = [asyncio.create_task(names["meet"](links, started.append)) for links in everybody]
        invite = everybody[0].invites.issue().secret
        for guest in everybody[1:]:
            link = await guest.connect("alice", invite)
            (here,) = (each for each in everybody[0].all if each.peer_id == guest.own_id)
            ringing = link.calls()
            call = here.call()
            await call.start()
            await (await anext(ringing)).accept()
        async for link in everybody[2]:
            if link.peer_id == "bob":  # who has the smaller ID calls
                break
        await until(lambda: started)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_every_public_name_is_in_the_page() -> None:
    for name in dir(CallMesh):
        assert name.startswith("_") or f"mesh.{name}" in PAGE
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
