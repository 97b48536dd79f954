"""Reloads, killed browsers, broken paths and ended Links at random bytes: what arrives is what was
sent, every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Playwright

from file_pages import Chromium, Pair, file_lab, made, read_back
from harness import Browsers

MB = 1_000_000
SEEDS = [*range(5), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(5, 55))]
CUT = "paths.forEach((path) => path.close())"  # of which this page gets no event


class Transfer:
    """Files that are given, and offered again when that is for a person to do."""

    def __init__(self, pair: Pair, files: list[Path]) -> None:
        self._pair = pair
        self._files = files
        self.key = pair.give("files", *files)

    def reload_giver(self) -> None:
        self._pair.giver.reload()
        self._pair.connect()
        self._choose_and_give()

    def kill_giver(self) -> None:
        self._pair.giver.kill()
        self._pair.giver.start()
        self._pair.connect()
        self._choose_and_give()

    def reload_taker(self) -> None:
        self._pair.taker.reload()  # the other page offers again by itself

    def kill_taker(self) -> None:
        self._pair.taker.kill()
        self._pair.taker.start()
        self.end_link(self._pair.giver)

    def end_link(self, chromium: Chromium) -> None:
        """Close the Link on one of the pages, and make another one."""
        chromium.run("await side.part()")
        self._pair.giver.run("await side.wait_for('closed')")
        self._pair.connect()
        self._give()

    def cut(self, chromium: Chromium) -> None:
        """Break the path, and let one of the pages not reach the broker for as long as it takes to
        notice.
        """
        chromium.page.context.set_offline(True)
        chromium.page.evaluate(CUT)
        for each in (self._pair.giver, self._pair.taker):
            each.run("await side.wait_for('reconnecting')")
        chromium.page.context.set_offline(False)

    def _choose_and_give(self) -> None:
        self._pair.giver.choose("files", *self._files)
        self._give()

    def _give(self) -> None:
        self._pair.giver.run(f"await side.give('files', {self.key!r})")

    def faults(self) -> dict[str, Callable[[], None]]:
        """What may happen."""
        pair = self._pair
        return {
            "the giver is reloaded": self.reload_giver,
            "the giver is killed": self.kill_giver,
            "the taker is reloaded": self.reload_taker,
            "the taker is killed": self.kill_taker,
            "the path breaks at the giver": lambda: self.cut(pair.giver),
            "the path breaks at the taker": lambda: self.cut(pair.taker),
            "the giver ends the Link": lambda: self.end_link(pair.giver),
            "the taker ends the Link": lambda: self.end_link(pair.taker),
        }


class Rig:
    """Two browsers for one test after another. After one that has failed, the next has new ones,
    with empty profiles.
    """

    def __init__(self, lab: Browsers, folder: Path) -> None:
        self._lab = lab
        self._folder = folder
        self._made = 0
        self._pair: Pair | None = None

    @contextmanager
    def pair(self) -> Iterator[Pair]:
        """A giver and a taker, connected."""
        pair, self._pair = self._pair or self._new(), None
        yield pair
        self._pair = pair

    def _new(self) -> Pair:
        self._lab.close()
        self._made += 1
        return Pair(self._lab, self._folder / f"profiles {self._made}")


@pytest.fixture(scope="module")
def rig(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("interrupted")
    with file_lab(playwright, built, folder / "site") as lab:
        lab.watch.expected += ["ERR_", "WebSocket connection"]
        yield Rig(lab, folder)
        assert lab.watch.unexpected() == []


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_at_whatever_byte(rig: Rig, tmp_path: Path, seed: int) -> None:
    with rig.pair() as pair:
        interrupt(pair, tmp_path, seed)


def interrupt(pair: Pair, tmp_path: Path, seed: int) -> None:
    """Transfer files of random sizes, with random faults at random bytes."""
    pair.taker.run(f"await side.arrive(in_folder={seed % 2 == 1})")
    random = Random(seed)
    sizes = {"film": random.randrange(24 * MB, 48 * MB), "text": random.randrange(MB), "empty": 0}
    names = random.sample(list(sizes), len(sizes))
    sent = {name: made(tmp_path / name, sizes[name], seed) for name in names}
    moments = sorted(random.randrange(sum(sizes.values())) for _ in range(random.randint(1, 3)))
    transfer = Transfer(pair, [tmp_path / name for name in names])
    faults = transfer.faults()
    for moment in moments:
        what = random.choice(list(faults))
        moved = pair.taker.run(f"await side.reached({moment})")
        print(f"at {moved:,} bytes of {sum(sizes.values()):,}, after {moment:,}, {what}")
        faults[what]()
    print(pair.giver.run("await side.done()"))
    # The taker's page may have been loaded again when all was there: then its store alone knows.
    pair.taker.run(f"await side.saved({transfer.key!r})")
    assert read_back(pair.taker.page) == list(sent.values())
