"""What several RTCPeerConnections give on a path with delay: raw loops in plain JavaScript.

One association has a window, and so a limit, of its own; several might have more together.
"""

from __future__ import annotations

import random
import sys
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.measure import lab
from bench.raw_files import plain
from udp_relay import relay

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from harness import Browsers

COUNTS = (1, 2, 4)  # connections
# ms that a round trip takes longer, and the share of packets that is lost
PATHS = ((0, 0.0), (20, 0.0), (50, 0.0), (20, 0.003), (50, 0.003))
SIZE = 12_000_000  # bytes of a block, over all connections together
PART = 256 * 1024  # bytes of a message

CONNECTIONS = """(count) => {
  window.ways = Array.from({length: count}, () => {
    const path = new RTCPeerConnection();
    const channel = path.createDataChannel("bulk", {negotiated: true, id: 0});
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = 256 * 1024;
    let left = 0;
    channel.onmessage = ({data}) => {
      if (typeof data === "string") left = Number(data);
      else if ((left -= data.byteLength) <= 0) channel.send("end");
    };
    return {path, channel};
  });
}"""
DESCRIBE = """async ([at, kind]) => {
  const {path} = ways[at];
  await path.setLocalDescription(await path[kind]());
  while (path.iceGatheringState !== "complete")
    await new Promise((resolve) => { path.onicegatheringstatechange = resolve; });
  return path.localDescription.toJSON();
}"""
REMOTE = "([at, description]) => ways[at].path.setRemoteDescription(description)"
OPEN = """Promise.all(ways.map(({channel}) => channel.readyState === "open"
  || new Promise((resolve) => { channel.onopen = resolve; }))).then(() => null)"""
SEND = """async ([count, size, part]) => {
  const once = (target, name) => new Promise((resolve) =>
    target.addEventListener(name, resolve, {once: true}));
  const start = performance.now(), piece = new Uint8Array(part);
  await Promise.all(ways.slice(0, count).map(async ({channel}) => {
    channel.onmessage = null;
    const end = once(channel, "message");
    channel.send(String(size / count));
    for (let sent = 0; sent < size / count; sent += part) {
      if (channel.bufferedAmount > 1024 * 1024) await once(channel, "bufferedamountlow");
      channel.send(piece);
    }
    await end;
  }));
  return (performance.now() - start) / 1000;
}"""


def connected(browsers: Browsers, place: Any) -> Page:
    """One of two pages with connections between them, over a relay."""
    here, there = plain(browsers), plain(browsers)
    place.between(here, there)
    for page in (here, there):
        page.evaluate(CONNECTIONS, max(COUNTS))
    for at in range(max(COUNTS)):
        offer = here.evaluate(DESCRIBE, [at, "createOffer"])
        there.evaluate(REMOTE, [at, offer])
        answer = there.evaluate(DESCRIBE, [at, "createAnswer"])
        here.evaluate(REMOTE, [at, answer])
    here.evaluate(OPEN)
    there.evaluate(OPEN)
    return here


def delay_table(blocks: int) -> str:
    """Measure, and make a table of megabytes a second."""
    lines = ["".join(f"{cell:>14}" for cell in ("path", *(f"{n} paths" for n in COUNTS)))]
    for delay, loss in PATHS:
        with relay(delay / 2000, loss=loss) as place, lab() as browsers:
            page = connected(browsers, place)
            rates: dict[int, list[float]] = {count: [] for count in COUNTS}
            page.evaluate(SEND, [max(COUNTS), SIZE, PART])  # the associations' windows grow
            for block in range(blocks):
                for count in random.Random(block).sample(COUNTS, len(COUNTS)):
                    seconds = page.evaluate(SEND, [count, SIZE, PART])
                    rates[count].append(SIZE / 1e6 / seconds)
                print(f"\r{delay} ms, block {block + 1} of {blocks}", end="", file=sys.stderr)
            one = rates[COUNTS[0]]
            cells = [f"{delay} ms, {loss:.1%}"]
            for each in rates.values():
                ratio = median(many / alone for many, alone in zip(each, one, strict=True))
                cells.append(f"{median(each):.1f} ({ratio:.2f})")
            lines.append("".join(f"{cell:>14}" for cell in cells))
    print(file=sys.stderr)
    return "\n".join(lines)
