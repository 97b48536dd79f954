"""What docs/rooms.md shows runs, and its numbers and names are those of the code."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import peerscript
from peerscript.data.connection import INBOX_LIMIT
from peerscript.link.channel_inbox import UNREAD_LIMIT
from peerscript.link.channel_session import WINDOW
from peerscript.link.reconnection import GIVE_UP_AFTER, GONE_AFTER
from peerscript.room import Member, Room
from peerscript.room.broadcast import PATIENCE
from peerscript.room.room import MAX_MEMBERS
from peerscript.room.transports import OUTBOX_LIMIT
from peerscript.testing import MemoryNetwork
from tests.clock import until

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "rooms.md").read_text()
CODE = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page's examples define."""
    monkeypatch.setattr(peerscript, "Peer", partial(peerscript.Peer, browser=MemoryNetwork()))
    found: dict[str, Any] = {}
    for code in CODE:
        exec(code, found)
    return found


def address(link: str) -> tuple[str, str]:
    peer_id, _, secret = link.partition("#")[2].partition(".")
    return peer_id, secret


async def test_a_quiz_with_five_pupils(
    names: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []
    asking = asyncio.create_task(names["teacher"](shown.append))
    await until(lambda: shown)
    pupils = {
        name: asyncio.create_task(
            names["pupil"](*address(shown[0]), name, lambda question: len(question))
        )
        for name in ("Ann", "Bob", "Cid", "Dee", "Eve")
    }
    assert await asking == dict.fromkeys(pupils, len("What is 6 times 7?"))
    await asyncio.gather(*pupils.values())
    assert "Ms. Lee says 5 of 5 have answered" in capsys.readouterr().out


async def test_a_whiteboard(names: dict[str, Any]) -> None:
    shown: list[str] = []
    boards: list[list[Any]] = [[], [], []]
    tasks = [asyncio.create_task(names["board"](shown.append, boards[0].append))]
    await until(lambda: shown)
    where = address(shown[0])
    tasks.append(asyncio.create_task(names["pen"](*where, [[1, 2]], boards[1].append)))
    await until(lambda: boards[0] == [[1, 2]])
    tasks.append(asyncio.create_task(names["pen"](*where, [[3, 4]], boards[2].append)))
    await until(lambda: boards == [[[1, 2], [3, 4]], [[3, 4]], [[1, 2]]])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_whiteboard_with_one_who_sends_nonsense(names: dict[str, Any]) -> None:
    shown: list[str] = []
    boards: list[list[Any]] = [[], [], []]

    def draw(stroke: Any) -> None:
        x, y = stroke
        boards[0].append([x, y])

    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    reported: list[Any] = []
    tasks = [asyncio.create_task(names["board"](shown.append, draw))]
    await until(lambda: shown)
    where = address(shown[0])
    tasks.append(asyncio.create_task(names["pen"](*where, [5, [1, 2]], boards[1].append)))
    await until(lambda: reported)
    tasks.append(asyncio.create_task(names["pen"](*where, [[3, 4]], boards[2].append)))
    await until(lambda: boards == [[[3, 4]], [[3, 4]], []])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(reported) == 1


@pytest.mark.parametrize(("word", "owner"), [("room", Room), ("member", Member)])
def test_every_public_name_is_in_the_tables(word: str, owner: type) -> None:
    public = {name for name in vars(owner) if not name.startswith("_")}
    shown = set(re.findall(rf"`(?:[^`|]* )?{word}\.(\w+)", PAGE))
    hidden = {"join", "start"}  # an example; what `async with` does
    assert public - shown - hidden == set()
    for event in owner._EVENTS:  # type: ignore[attr-defined]
        assert f'"{event}"' in PAGE, event


def test_the_numbers_are_those_of_the_code() -> None:
    mib = 1024 * 1024
    assert f"{OUTBOX_LIMIT // mib} MiB of broadcasts" in PAGE
    assert f"waits while {WINDOW // mib} MiB" in PAGE
    assert f"has {UNREAD_LIMIT // mib} MiB unread" in PAGE
    assert f"may have {INBOX_LIMIT // mib} MiB unread" in PAGE
    assert f"{MAX_MEMBERS} members may be here at once" in PAGE
    assert f"after {GONE_AFTER:g} s" in PAGE
    assert f"after {PATIENCE:g} s is too slow" in " ".join(PAGE.split())
    assert GIVE_UP_AFTER == 180
