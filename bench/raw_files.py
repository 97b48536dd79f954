"""What plain JavaScript does with a file's bytes: loops over a raw RTCDataChannel, and PeerJS.

The receiver of a loop counts the bytes, or writes each message to the origin's private file system
as it comes. One loop does all that PeerScript does: its bytes are read from a file, and both sides
compute their SHA-256, by WebAssembly (hash-wasm). PeerJS sends a File as its documentation does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.pages import PATIENCE
from bench.raw_beside import DESCRIBE, REMOTE
from serving.places import NODE_MODULES

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from harness import Browsers

# The far page says when it has read everything, and has closed the file if it writes one.
CONNECTION = """() => {
  window.path = new RTCPeerConnection();
  window.control = path.createDataChannel("control", {negotiated: true, id: 0});
  window.bulk = path.createDataChannel("bulk", {negotiated: true, id: 1});
  bulk.binaryType = "arraybuffer";
  bulk.bufferedAmountLowThreshold = 256 * 1024;
  const once = (target, name) => new Promise((resolve) =>
    target.addEventListener(name, resolve, {once: true}));
  window.opened = Promise.all([control, bulk].map((channel) =>
    channel.readyState === "open" || once(channel, "open")));
  let left = 0, file = null, sum = null;
  control.onmessage = async ({data}) => {
    const order = JSON.parse(data);
    if (order.writes) {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle("raw", {create: true});
      file = await handle.createWritable();
    }
    sum = order.sums ? (await hashwasm.createSHA256()).init() : null;
    left = order.size;
    control.send("begin");
  };
  bulk.onmessage = async ({data}) => {
    file?.write(data);
    sum?.update(new Uint8Array(data));
    if ((left -= data.byteLength) > 0) return;
    await file?.close();
    file = null;
    control.send(sum?.digest() ?? "end");
  };
  window.sendRaw = async ([size, part, writes]) => {
    const answer = () => once(control, "message");
    control.onmessage = null;
    const ready = answer();
    control.send(JSON.stringify({size, writes}));
    await ready;
    const piece = new Uint8Array(part), start = performance.now(), end = answer();
    for (let sent = 0; sent < size; sent += part) {
      if (bulk.bufferedAmount > 1024 * 1024) await once(bulk, "bufferedamountlow");
      bulk.send(sent + part > size ? piece.subarray(0, size - sent) : piece);
    }
    await end;
    return (performance.now() - start) / 1000;
  };
  window.sendChosen = async (part) => {
    const [file] = document.getElementById("chosen").files, start = performance.now();
    const own = (await hashwasm.createSHA256()).init(), answer = () => once(control, "message");
    control.onmessage = null;
    const ready = answer();
    control.send(JSON.stringify({size: file.size, writes: true, sums: true}));
    await ready;
    const end = answer();
    for (let read = 0; read < file.size; read += 16 * part) {
      const block = new Uint8Array(await file.slice(read, read + 16 * part).arrayBuffer());
      own.update(block);
      for (let sent = 0; sent < block.length; sent += part) {
        if (bulk.bufferedAmount > 1024 * 1024) await once(bulk, "bufferedamountlow");
        bulk.send(block.subarray(sent, sent + part));
      }
    }
    if ((await end).data !== own.digest()) throw new Error("the sums differ");
    return (performance.now() - start) / 1000;
  };
}"""
PEERJS = """(port) => new Promise((resolve, reject) => {
  const peer = new Peer({host: "/", port, path: "/", secure: false, config: {iceServers: []}});
  peer.on("connection", (conn) =>
    conn.on("data", (data) => conn.send(data.byteLength ?? data.size)));
  window.dial = (id) => new Promise((resolve, reject) => {
    const conn = peer.connect(id, {reliable: true});
    window.sendFile = () => new Promise((resolve, reject) => {
      const [file] = document.getElementById("chosen").files, start = performance.now();
      conn.once("data", (size) => size === file.size
        ? resolve((performance.now() - start) / 1000)
        : reject(new Error(`${size} bytes arrived`)));
      conn.send(file);
    });
    conn.on("open", () => resolve(null));
    conn.on("error", reject);
  });
  peer.on("open", resolve);
  peer.on("error", reject);
})"""


def connected(browsers: Browsers) -> tuple[Page, Page]:
    """Two pages with two raw channels between them."""
    pages = plain(browsers), plain(browsers)
    for page in pages:
        page.add_script_tag(path=NODE_MODULES / "hash-wasm/dist/sha256.umd.min.js")
        page.evaluate(CONNECTION)
    here, there = pages
    there.evaluate(REMOTE, here.evaluate(DESCRIBE, "createOffer"))
    here.evaluate(REMOTE, there.evaluate(DESCRIBE, "createAnswer"))
    for page in pages:
        page.evaluate("opened.then(() => null)")
    return pages


def send_raw(page: Page, size: int, part: int, *, writes: bool) -> float:
    """Seconds until so many bytes have arrived over there."""
    return float(page.evaluate("given => sendRaw(given)", [size, part, writes]))


def send_chosen(page: Page, part: int) -> float:
    """Seconds until the chosen file is on the disk over there, and both sums are equal."""
    return float(page.evaluate("part => sendChosen(part)", part))


def peerjs(browsers: Browsers) -> tuple[Page, Page]:
    """Two pages of PeerJS, connected."""
    here, there = plain(browsers), plain(browsers)
    port = browsers.site.front.port
    here.evaluate(PEERJS, port)
    here.evaluate("id => dial(id)", there.evaluate(PEERJS, port))
    return here, there


def send_peerjs(page: Page) -> float:
    """Seconds until the chosen file has arrived over there."""
    return float(page.evaluate("sendFile()"))


def plain(browsers: Browsers) -> Page:
    """An empty page with PeerJS's script, of an origin that has storage."""
    page = browsers.page(camera=False)
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{browsers.site.url}pyodide.html")
    return page
