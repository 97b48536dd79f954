"""What a turn of the slides costs the presenter's page, apart from all painting.

The followers are plain data channels to a page of another process, which answers nothing. In one
page Python presents over Links of the library; in another one plain PeerJS packs and sends the same
state to as many connections. Counted is the CPU time of the page's main thread. In both, the same
loop in JavaScript calls what turns, as a press on a button does.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bench.measure import lab
from bench.memory import main_thread, process_of
from bench.pages import isolated
from bench.table import Figure
from pyodide_page import python, run

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from harness import Browsers

TURNS = 40  # in a block
WARM_UP = 2  # blocks

PRESENT = """
from js import globalThis
from pyodide.ffi import create_proxy
from peerscript.slides import DeckState, Presenter, Role
peer = Peer("presenter", **broker)
await peer.start()
links = Links(peer, name="Presenter", storage={})
links.start()

class Deck:
    slide = 0
    @property
    def state(self):
        return DeckState(self.slide, 1_000_000, 0)
    def next(self):
        self.slide += 1
    def previous(self):
        self.slide -= 1
    def goto(self, slide, step=0):
        self.slide = slide

show = Presenter(Deck())
async def admit():
    async for link in links:
        asyncio.ensure_future(show.serve(link, Role.FOLLOWER))
admitting = asyncio.ensure_future(admit())
globalThis.turn = create_proxy(lambda: show.next())
"""
FOLLOW = """
from peerscript.slides import Viewer
peers = []
async def follow(number, secret):
    peer = Peer(f"follower-{number}", **broker)
    await peer.start()
    links = Links(peer, name="Follower", storage={})
    links.start()
    link = await links.connect("presenter", secret)
    viewer = Viewer(link)
    peers.append((peer, links, viewer, asyncio.ensure_future(viewer.run())))
    while viewer.state is None:
        await asyncio.sleep(0.05)
"""
LISTEN = """(port) => new Promise((resolve, reject) => {
  window.fans = [];
  const options = {host: "/", port, path: "/", secure: false, config: {iceServers: []}};
  window.plain = new Peer("plain-presenter", options);
  plain.on("connection", (conn) => conn.on("open", () => fans.push(conn)));
  let n = 0;
  window.turn = () => {
    n++;
    for (const conn of fans)
      conn.send({kind: "state", revision: n, slide: n, step: 0, total: 99, black: false});
  };
  plain.on("open", () => resolve(null));
  plain.on("error", reject);
})"""
JOIN = """([port, count]) => Promise.all(Array.from({length: count}, () => new Promise(
  (resolve, reject) => {
    const options = {host: "/", port, path: "/", secure: false, config: {iceServers: []}};
    const peer = new Peer(options);
    peer.on("error", reject);
    peer.on("open", () => {
      const conn = peer.connect("plain-presenter", {serialization: "binary", reliable: true});
      conn.on("open", () => resolve(null));
    });
  }))).then(() => null)"""
TURN = """async (count) => {
  for (let n = 0; n < count; n++) {
    turn();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""


class Halls:
    """Both presenters, with their followers.

    Args:
        most: how many each will have.
    """

    def __init__(self, browsers: Browsers, most: int) -> None:
        self._port = browsers.site.front.port
        self._plain, self._fans = isolated(browsers), isolated(browsers)
        self._ours, self._audience = python(browsers), python(browsers)
        self._plain.evaluate(LISTEN, self._port)
        run(self._ours, PRESENT)
        run(self._audience, FOLLOW)
        self._count = 0
        self._processes = {page: process_of(page) for page in (self._plain, self._ours)}
        for page in (self._plain, self._fans, self._ours, self._audience):
            page.set_default_timeout(60_000)
        self._most = most

    def fill(self, count: int) -> None:
        """Let more follow, until there are so many."""
        self._fans.evaluate(JOIN, [self._port, count - self._count])
        for number in range(self._count, count):
            secret = run(self._ours, "links.invites.issue().secret")
            run(self._audience, f"await follow({number}, {secret!r})")
            print(f"\r{number + 1} of {self._most} follow", end="", file=sys.stderr, flush=True)
        self._count = count

    def plain(self) -> float:
        """Seconds of CPU a turn and follower, in plain PeerJS."""
        return self._cost(self._plain)

    def ours(self) -> float:
        """The same of PeerScript."""
        return self._cost(self._ours)

    def _cost(self, page: Page) -> float:
        process = self._processes[page]
        before = main_thread(process)
        page.evaluate(TURN, TURNS)
        return (main_thread(process) - before) / TURNS / self._count


def presenter_figures(counts: tuple[int, ...], blocks: int) -> list[Figure]:
    """Measure with so many followers each, in turns."""
    figures = []
    with lab() as browsers:
        halls = Halls(browsers, counts[-1])
        for count in counts:
            halls.fill(count)
            plain: list[float] = []
            ours: list[float] = []
            for _ in range(WARM_UP + blocks):
                plain.append(halls.plain())
                ours.append(halls.ours())
            name = f"presenter, a turn and follower of {count}"
            goal = "≤ 0.3 ms" if count > 1 else ""
            figures.append(Figure(name, plain[WARM_UP:], ours[WARM_UP:], "ms", goal))
        print(file=sys.stderr)
    return figures
