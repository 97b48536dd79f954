"""What docs/files.md shows runs, and its tables are true."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from peerscript import IncomingOffer, Links, OutgoingOffer, Peer, errors, transfer
from peerscript.protocol.transfer import inbound, messages
from peerscript.testing import MemoryNetwork, MemorySource, MemoryStore
from peerscript.transfer.offering import PATIENCE
from tests.clock import until

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "files.md").read_text()
SENDING, RECEIVING, INTO_FOLDER, IN_FOLDER_AGAIN, SAVING, TAKING, GOING_ON = re.findall(
    r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE
)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page's examples define, with memory for a browser's files."""

    async def open_store() -> MemoryStore:
        return MemoryStore()

    monkeypatch.setattr(transfer, "file_sources", list)
    monkeypatch.setattr(transfer, "open_store", open_store)
    found: dict[str, Any] = {}
    exec(SENDING + RECEIVING + TAKING + GOING_ON, found)
    return found


async def test_sending_and_receiving(
    names: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    network = MemoryNetwork()
    offered: list[Any] = []
    shown: list[str] = []

    def choose(name: str, paths: list[str]) -> list[int]:
        offered.append((name, paths))
        return [0] if "a/x" in paths else []

    async with (
        Peer("alice", browser=network) as alice,
        Peer("bob", browser=network) as bob,
        Links(alice, storage={}) as hosting,
        Links(bob, storage={}) as guesting,
    ):
        there = await guesting.connect("alice", hosting.invites.issue().secret)
        (here,) = hosting.all
        receiving = asyncio.create_task(names["receive"](there, choose))
        files = [MemorySource("x", bytes(3), folder="a"), MemorySource("y", b"y")]
        await names["send"](here, files, shown.append)
        with pytest.raises(errors.OfferDeclined):
            await names["send"](here, files[1:], shown.append)
        await here.close()
        await receiving
    assert offered == [("holiday", ["a/x", "y"]), ("holiday", ["y"])]
    assert shown[0].startswith("0 of 4 bytes")
    assert "3 of 3 bytes" in "\n".join(shown)
    assert capsys.readouterr().out.startswith("a/x 3 709e80c88487a2411e1ee4dfb9f22a861492d20c")


async def test_resuming(names: dict[str, Any]) -> None:
    network, store = MemoryNetwork(), MemoryStore()
    content = bytes(5_000_000)
    async with (
        Peer("alice", browser=network) as alice,
        Peer("bob", browser=network) as bob,
        Links(alice, storage={}) as hosting,
        Links(bob, storage={}) as guesting,
    ):
        for _ in range(2):  # on the next day there is another Link
            there = await guesting.connect("alice", hosting.invites.issue().secret)
            (here,) = hosting.all
            if not store.parts:
                offers = there.offers()
                sending = await here.send_files([MemorySource("x", content)])
                offer = await anext(offers)
                await offer.accept(into=store)
                await until(lambda: offer.files[0].moved)  # noqa: B023
            else:
                taking = asyncio.create_task(names["take"](there, store, {sending.key}))
                await names["go_on"](here, [MemorySource("x", content)], sending.key)
            await here.close()
            await until(lambda: store.parts or store.files)
        await taking
    assert store.files == {"x": content}


@pytest.mark.parametrize(
    ("paths", "folder", "did"),
    [
        (["a/x"], None, [("download", "x")]),
        (["a/x", "y"], "folder", [("folder", ["a/x", "y"])]),
        (["a/x", "y"], None, [("zip", ["a/x", "y"]), ("download", "files.zip")]),
    ],
)
async def test_saving(
    monkeypatch: pytest.MonkeyPatch, paths: list[str], folder: str | None, did: list[Any]
) -> None:
    done: list[Any] = []

    async def choose_folder() -> str | None:
        return folder

    async def save_to_folder(_: str, files: list[tuple[str, Any]]) -> None:
        done.append(("folder", [path for path, _ in files]))

    async def zip_file(files: list[tuple[str, Any]], _: str) -> None:
        done.append(("zip", [path for path, _ in files]))

    monkeypatch.setattr(transfer, "choose_folder", choose_folder)
    monkeypatch.setattr(transfer, "save_to_folder", save_to_folder)
    monkeypatch.setattr(transfer, "zip_file", zip_file)
    monkeypatch.setattr(transfer, "download", lambda _, name: done.append(("download", name)))
    names: dict[str, Any] = {}
    exec(SAVING, names)
    infos = [path.rpartition("/") for path in paths]
    received = [
        transfer.ReceivedFile(transfer.FileInfo(name, 1, folder=at), "", b"")
        for at, _, name in infos
    ]
    await names["save"](received)
    assert done == did


async def test_receiving_into_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[Any] = []

    async def choose_folder() -> str:
        return "mine"

    async def may_write(folder: str, *, ask: bool) -> bool:
        return ask

    class Offer:
        async def accept(self, into: str) -> Offer:
            did.append(into)
            return self

        async def finished(self) -> None:
            did.append("finished")

    monkeypatch.setattr(transfer, "choose_folder", choose_folder)
    monkeypatch.setattr(transfer, "may_write", may_write)
    monkeypatch.setattr(transfer, "folder_store", lambda folder: f"store of {folder}")
    names: dict[str, Any] = {}
    exec(INTO_FOLDER + IN_FOLDER_AGAIN, names)
    await names["receive_into_folder"](Offer())
    assert did == ["store of mine", "finished"]
    for pressed in (False, True):
        await names["go_on_in_folder"](Offer(), "mine", pressed)
    assert did == ["store of mine", "finished", "store of mine"]


@pytest.mark.parametrize("side", [IncomingOffer, OutgoingOffer])
def test_every_public_name_is_in_the_table(side: type) -> None:
    public = {name for name in dir(side) if not name.startswith("_")}
    shown = set(re.findall(r"`(?:[^`|]* )?offer\.(\w+)", PAGE))
    assert public - shown - {"off", "once"} - set(side._PEERJS_NAMES) == set()  # type: ignore[attr-defined]


def test_every_error_is_in_the_table() -> None:
    table = set(re.findall(r"^\| `(\w+)` \| ", PAGE, re.MULTILINE))
    assert {kind.__name__ for kind in errors.TransferError.__subclasses__()} <= table


def test_the_limits_are_those_of_the_code() -> None:
    assert f"files in an offer | {messages.MAX_FILES:,}" in PAGE
    assert f"{inbound.MAX_OFFERS}, {inbound.MAX_OFFERED:,} files in all" in PAGE
    assert f"then {inbound.OFFERS_PER_SECOND} offers a second" in PAGE
    assert f"{messages.WINDOW // 1024 // 1024} MiB of an offer" in PAGE
    assert f"(yet) | {PATIENCE:g} s" in PAGE
