"""Files go from page to page between two Chromium processes, and what arrives is what was sent."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from disk import room
from file_pages import ON_DISK, Pair, file_lab, made, read_back
from waiting import until

MB = 1_000_000
FULL = "The file could not be kept: the disk is full: it needs 40.0 MB"


@pytest.fixture(scope="module")
def connected(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("files")
    with file_lab(playwright, built, folder / "site") as lab:
        yield Pair(lab, folder)


@pytest.fixture
def pair(connected: Pair) -> Iterator[Pair]:
    """Two pages, which the tests share."""
    with connected.lab.watch.checked():
        yield connected


def test_files_and_folders_arrive(pair: Pair, tmp_path: Path) -> None:
    sizes = {"film.mp4": 20 * MB, "empty": 0, "a/one byte": 1, "a/b/small.txt": 4096}
    sizes |= {"a/b/also empty": 0, "c/piece": 256 * 1024, "c/piece and one": 256 * 1024 + 1}
    sent = {
        f"folder/{path}": made(tmp_path / "folder" / path, size, seed)
        for seed, (path, size) in enumerate(sizes.items())
    }
    pair.give("folder", tmp_path / "folder")
    for each in (pair.giver, pair.taker):
        assert each.run("await side.outcome()") == "done"
        found = each.side.described()
        assert {path: sha256 for path, _, sha256, _ in found} == sent
        assert {state for _, state, _, _ in found} == {"done"}
    paths = [path for path, *_ in pair.taker.side.described()]
    assert dict(zip(paths, read_back(pair.taker.page), strict=True)) == sent


def vanish(path: Path) -> None:
    path.unlink()


def grow_shorter(path: Path) -> None:
    os.truncate(path, 9 * MB)


def change(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"another beginning")


@pytest.mark.parametrize("happen", [vanish, grow_shorter, change])
def test_a_file_that_is_another_while_it_is_read(
    pair: Pair, tmp_path: Path, happen: Callable[[Path], None]
) -> None:
    made(tmp_path / "log", 20 * MB, 1)
    after = made(tmp_path / "after", MB, 2)
    pair.give("files", tmp_path / "log", tmp_path / "after")
    pair.giver.run(f"await side.reached({2 * MB})\nside.offer.pause([0])")
    happen(tmp_path / "log")
    pair.giver.run("side.offer.resume([0])")
    for each in (pair.giver, pair.taker):
        outcome = each.run("await side.outcome()")
        assert outcome.startswith("TransferFailed: log: The file could not be read: "), outcome
        assert [state for _, state, *_ in each.side.described()] == ["failed", "done"]
    assert read_back(pair.taker.page) == [after]


def test_a_disk_that_fills(pair: Pair, tmp_path: Path) -> None:
    made(tmp_path / "film", 40 * MB, 1)
    # All of it is one segment, however long that takes.
    pair.taker.run("from peerscript.bridge.files import sink\nsink.OPEN_FOR = 1000")
    key = pair.give("files", tmp_path / "film")
    pair.taker.run(f"await side.reached({2 * MB})\nside.offer.pause()")
    with room(pair.taker.page, 10 * MB):
        pair.taker.run("side.offer.resume()")
        for each in (pair.giver, pair.taker):
            assert each.run("await side.outcome()") == f"TransferFailed: film: {FULL}"
    page = pair.taker.page
    until(page, lambda: page.evaluate(ON_DISK) == [], "something stays on the disk")
    assert pair.taker.run(f"await side.whole({key!r})") == 0


@pytest.mark.parametrize("leaves", ["giver", "taker"])
def test_the_other_page_is_closed_at_any_byte(pair: Pair, tmp_path: Path, leaves: str) -> None:
    made(tmp_path / "film", 60 * MB, 1)
    key = pair.give("files", tmp_path / "film")
    leaving, staying = (pair.giver, pair.taker) if leaves == "giver" else (pair.taker, pair.giver)
    byte = random.randrange(30 * MB)
    print(f"at {byte:,} bytes")
    pair.taker.run(f"await side.reached({byte})")
    leaving.page.close()
    staying.run("await side.wait_for('reconnecting')")
    assert staying.run("len(side.outcomes)") == 0  # it may come back
    staying.run("await side.part()")
    assert staying.run("await side.outcome()") == f"TransferLost: the link to {leaves} is over"
    leaving.open()
    assert pair.taker.run(f"await side.whole({key!r})") == 0
    pair.connect()
