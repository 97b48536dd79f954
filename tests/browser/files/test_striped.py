"""A file goes over several connections where the path is long, and outlives any of them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from file_pages import Chromium, connect, file_lab, made, read_back
from udp_relay import relay

SIZE = 15_000_000  # bytes
RATE = 3e6  # bytes a second: it takes long enough for stripes to be made, and lost
CARRIED = 100_000  # bytes

# Whether each of the four beside PeerJS's own has carried so much.
ALL_CARRY = """async (least) => {
  const sent = await Promise.all(paths.map(async (path) =>
    [...(await path.getStats()).values()].filter(({type}) => type === "data-channel")
      .reduce((sum, {bytesSent}) => sum + bytesSent, 0)));
  return sent.length === 5 && sent.every((bytes) => bytes > least);
}"""


def test_four_more_connections_carry_it_and_two_are_killed(
    playwright: Playwright, built: Path, tmp_path: Path
) -> None:
    sent = made(tmp_path / "file.bin", SIZE, seed=12)
    with file_lab(playwright, built, tmp_path / "site") as lab, relay(0.015, RATE) as place:
        giver = Chromium(lab, "giver", tmp_path / "giver")
        taker = Chromium(lab, "taker", tmp_path / "taker")
        place.between(giver.page, taker.page)
        connect(giver.side, taker.side)
        giver.choose("files", tmp_path / "file.bin")
        giver.run("await side.give('files')")
        giver.page.wait_for_function(ALL_CARRY, arg=CARRIED)
        giver.page.evaluate("paths[2].close()")
        taker.page.evaluate("paths[3].close()")
        for each in (giver, taker):
            assert each.run("await side.outcome()") == "done"
            assert each.side.described() == [["file.bin", "done", sent, ""]]
        assert read_back(taker.page) == [sent]
        assert lab.watch.unexpected() == []
