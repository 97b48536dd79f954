"""How soon an audience sees a turn, against plain PeerJS to the same pages in the same run.

The followers are pages of the app, with the deck on their screens. So many do not fit into as many
browser processes on one machine: a process has several. All of them, and all their painting, share
the machine's cores with the presenter; an audience with devices of its own does not.

PeerScript's time goes from the press on the presenter's Next until the follower has painted the
first frame of the slide; PeerJS's from before the first `send` until the follower has painted a
frame after the message came. Nothing is turned there: it is the least that any fan-out takes.
"""

from __future__ import annotations

import sys
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from actions import wait_ready
from bench.measure import lab
from bench.table import HEAD, Figure
from presentations import NOTE_PRESSED, NOTE_SHOWN, SHOWN, deck, frame, holds, link, present, shows

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from harness import Browsers

TURNS = 24
IN_A_PROCESS = 10  # followers

LISTEN = """(port) => new Promise((resolve, reject) => {
  window.fans = [];
  window.plain = new Peer({host: "/", port, path: "/", secure: false, config: {iceServers: []}});
  plain.on("connection", (conn) => conn.on("open", () => fans.push(conn)));
  plain.on("open", resolve);
  plain.on("error", reject);
})"""
JOIN = """([id, port]) => new Promise((resolve, reject) => {
  window.told = [];
  window.plain = new Peer({host: "/", port, path: "/", secure: false, config: {iceServers: []}});
  plain.on("error", reject);
  plain.on("open", () => {
    const conn = plain.connect(id, {serialization: "binary", reliable: true});
    conn.on("open", () => resolve(null));
    conn.on("data", () => requestAnimationFrame(() => setTimeout(
      () => told.push(performance.timeOrigin + performance.now()))));
  });
})"""
SEND = """(slide) => {
  const start = performance.timeOrigin + performance.now();
  for (const conn of fans) conn.send({kind: "state", slide, step: 0, total: 99, black: false});
  return start;
}"""
TOLD = SHOWN.replace("shown", "told")

Times = list[list[float]]  # of each turn, each follower's; seconds


class Audience:
    """A presenter, and so many who follow."""

    def __init__(self, browsers: Browsers, count: int) -> None:
        self._presenter = present(browsers, deck(TURNS + 2))
        self._followers: list[Page] = []
        address = browsers.site.url + link(self._presenter, "#slides-watch-link")
        port = browsers.site.front.port
        plain_id = self._presenter.evaluate(LISTEN, port)
        for number in range(count):
            if number % IN_A_PROCESS == 0:
                process = browsers.context(camera=False).browser
            assert process
            page = process.new_page()  # a window of its own: tabs behind others paint late
            browsers.watch.attach(page)
            page.goto(address)
            wait_ready(page)
            holds(page, "follower")
            shows(page, 1)
            page.evaluate(JOIN, [plain_id, port])
            frame(page).evaluate(NOTE_SHOWN)
            self._followers.append(page)
            print(f"\r{number + 1} of {count} follow", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        self._presenter.evaluate(NOTE_PRESSED, "slides-next")

    def turn(self, number: int) -> list[float]:
        """Turn to the next slide for the n-th time."""
        self._presenter.click("#slides-next")
        shown = [frame(page).evaluate(SHOWN, number)[-1] for page in self._followers]
        start = self._presenter.evaluate("pressed.at(-1)")
        return [(moment - start) / 1000 for moment in shown]

    def tell(self, number: int) -> list[float]:
        """Send a message to all over plain PeerJS for the n-th time."""
        start = self._presenter.evaluate(SEND, number)
        told = [page.evaluate(TOLD, number)[-1] for page in self._followers]
        return [(moment - start) / 1000 for moment in told]

    def see(self, number: int) -> None:
        """Wait until all show a slide."""
        for page in (self._presenter, *self._followers):
            shows(page, number)


def followed(count: int) -> tuple[Times, Times]:
    """Turn the slides for so many followers; the times of PeerJS and of PeerScript, in turns."""
    expect.set_options(timeout=60_000)  # a slide is that far away where all share two cores
    peerjs, peerscript = [], []
    with lab() as browsers:
        audience = Audience(browsers, count)
        for number in range(1, TURNS + 2):
            peerjs.append(audience.tell(number))
            peerscript.append(audience.turn(number))
            audience.see(number + 1)
            print(f"\rturn {number} of {TURNS + 1}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        for problem in browsers.watch.unexpected():
            print(f"a page complained: {problem}", file=sys.stderr)
    return peerjs[1:], peerscript[1:]  # the first is to warm up


def followers_table(count: int) -> str:
    """Measure, and make a table."""
    plain, ours = followed(count)

    def line(name: str, part: Callable[[list[float]], float]) -> Figure:
        return Figure(name, [part(turn) for turn in plain], [part(turn) for turn in ours], "ms")

    lines = [
        line("the median follower", median),
        line("the slowest follower", max),
        Figure("the slowest of all turns", [max(map(max, plain))], [max(map(max, ours))], "ms"),
    ]
    title = f"turn to shown: {count} followers"
    rows = [(title, *HEAD[1:4]), *(each.cells()[:4] for each in lines)]
    return "\n".join(f"{a:37}{b:>10}{c:>12}{d:>20}" for a, b, c, d in rows)
