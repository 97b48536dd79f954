"""A file goes over several connections where the path is long, and outlives any of them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from file_pages import Chromium, connect, file_lab, made, read_back
from udp_relay import relay

SIZE = 30_000_000  # bytes
RATE = 3e6  # bytes a second: it takes long enough for stripes to be made, and lost
CARRIED = 100_000  # bytes

# Wait until three connections have carried so much on their only data channel, and keep them; for
# half a minute at most. (PeerJS's own has two channels.)
SEVERAL_CARRY = """async (least) => {
  const carries = async (path) => {
    const found = [...(await path.getStats()).values()].filter(({type}) => type === "data-channel");
    return found.length === 1 && found[0].bytesSent + found[0].bytesReceived > least;
  };
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const which = await Promise.all(paths.map(carries));
    window.stripes = paths.filter((_, at) => which[at]);
    if (stripes.length >= 3) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${stripes.length} of ${paths.length} connections carry something`);
}"""


def test_several_connections_carry_it_and_two_are_killed(
    playwright: Playwright, built: Path, tmp_path: Path
) -> None:
    sent = made(tmp_path / "file.bin", SIZE, seed=12)
    with relay(0.015, RATE) as place, file_lab(playwright, built, tmp_path / "site") as lab:
        giver = Chromium(lab, "giver", tmp_path / "giver")
        taker = Chromium(lab, "taker", tmp_path / "taker")
        place.between(giver.page, taker.page)
        connect(giver.side, taker.side)
        giver.choose("files", tmp_path / "file.bin")
        giver.run("await side.give('files')")
        for each in (giver, taker):
            each.page.evaluate(SEVERAL_CARRY, CARRIED)
        giver.page.evaluate("stripes.at(0).close()")
        taker.page.evaluate("stripes.at(-1).close()")
        for each in (giver, taker):
            assert each.run("await side.outcome()") == "done"
            assert each.side.described() == [["file.bin", "done", sent, ""]]
        assert read_back(taker.page) == [sent]
        assert lab.watch.unexpected() == []
