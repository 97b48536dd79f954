"""The same as `bench.beside` without any Python: two raw RTCDataChannels of one connection.

It tells what the browsers themselves cost a message that travels beside a load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from harness import Browsers

CONNECTION = """(echoes) => {
  window.path = new RTCPeerConnection();
  window.control = path.createDataChannel("control", {negotiated: true, id: 0});
  window.bulk = path.createDataChannel("bulk", {negotiated: true, id: 1});
  bulk.binaryType = "arraybuffer";
  if (!echoes) return;
  let read = 0;
  control.onmessage = ({data}) => control.send(data);
  bulk.onmessage = ({data}) => control.send(`read ${read += data.byteLength}`);
}"""
# Sets a description, or what `createOffer` or `createAnswer` gives, with all candidates in it.
DESCRIBE = """async (kind) => {
  await path.setLocalDescription(await path[kind]());
  while (path.iceGatheringState !== "complete")
    await new Promise((resolve) => { path.onicegatheringstatechange = resolve; });
  return path.localDescription.toJSON();
}"""
REMOTE = "(description) => path.setRemoteDescription(description)"
OPEN = """Promise.all([control, bulk].map((channel) => channel.readyState === "open"
  || new Promise((resolve) => { channel.onopen = resolve; })))"""
# Seconds of `count` round trips when idle, of those beside `size` bytes, and bytes a second.
MEASURE = """async ([size, window, part, count]) => {
  let sent = 0, read = 0, on_read = () => {}, on_echo = () => {};
  const before = globalThis.before ?? 0;  // read over there in earlier blocks
  control.onmessage = ({data}) => {
    if (!data.startsWith("read ")) return on_echo();
    read = Number(data.slice(5)) - before;
    on_read();
  };
  const round_trip = async () => {
    const start = performance.now();
    control.send("text");
    await new Promise((resolve) => { on_echo = resolve; });
    return (performance.now() - start) / 1000;
  };
  const reading = () => new Promise((resolve) => { on_read = resolve; });
  const idle = [], loaded = [];
  while (idle.length < count) idle.push(await round_trip());
  const piece = new Uint8Array(part), start = performance.now();
  let ended = null;
  const load = async () => {
    while (sent < size) {
      while (sent - read >= window) await reading();
      bulk.send(piece);
      sent += part;
    }
    while (read < sent) await reading();
    ended = performance.now();
  };
  const loading = load();
  while (ended === null) {
    loaded.push(await round_trip());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await loading;
  globalThis.before = before + sent;
  return [idle, loaded, sent * 1000 / (ended - start)];
}"""


def connected(browsers: Browsers) -> Page:
    """One of two pages in two browser processes; the other echoes."""
    here, there = browsers.page(), browsers.page()
    for page in (here, there):
        page.evaluate(CONNECTION, page is there)
    there.evaluate(REMOTE, here.evaluate(DESCRIBE, "createOffer"))
    here.evaluate(REMOTE, there.evaluate(DESCRIBE, "createAnswer"))
    here.evaluate(OPEN)
    return here


def measure(page: Page, size: int, window: int, part: int, count: int) -> Any:
    """Seconds of idle round trips, seconds of those beside the load, and bytes a second.

    Args:
        size: of the load, in bytes.
        window: bytes that may be on their way.
        part: bytes in a message.
        count: of the idle round trips.
    """
    return page.evaluate(MEASURE, [size, window, part, count])
