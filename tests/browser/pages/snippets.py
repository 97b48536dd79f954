"""The pages of test_snippets.py: one runs blocks of JavaScript, one of Python, and an onlooker of
plain PeerJS tells what it saw of them.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import loads
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from actions import eventually
from harness import Browsers
from serving.node import node, packages
from serving.peerserver import free_port
from serving.places import ROOT

WITHIN = 15.0  # seconds in which a block must show its effect
PAGES = Path(__file__).parent
TEXT = (ROOT / "docs" / "from-peerjs.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read_checks(text: str) -> dict[str, list[tuple[str, str]]]:
    """The languages and the code of the blocks under each check."""
    _, *parts = re.split(r"^<!-- check: (.+) -->$", text, flags=re.MULTILINE)
    names, shown = parts[::2], parts[1::2]
    return {name: BLOCK.findall(part) for name, part in zip(names, shown, strict=True)}


SHOWN = read_checks(TEXT)
((_, PREFACE),) = BLOCK.findall(TEXT.partition("<!-- check")[0])


@dataclass(frozen=True)
class Check:
    """What blocks need, what happens then, and what must come of it, whatever their language.

    Attributes:
        effect: some of these. `printed`: lines; `opened`: IDs, sorted; `options`: what each Peer
            was given; `open`: of the last Peer; `servers`: the ICE servers of each path; `shown`:
            tracks in the <video>; `seen`: by the onlooker. An ID that the broker made up is <id>.
        needs: what is there before: peer, conn, file (that was chosen), stream, call.
        onlooker: JavaScript in the onlooker's tab, once the block's peer is open; `id` is its ID.
        own: JavaScript in the block's own tab, after that.
    """

    effect: dict[str, Any]
    needs: str = "peer"
    onlooker: str = ""
    own: str = ""


IN_EVERY_TAB = """
window.paths = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); paths.push(this); }
};
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); sockets.push(this); }
};
const streams = [];
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  streams.push(await ask(wanted));
  return streams.at(-1);
};
window.begin = () => {
  window.stage = {printed: [], opened: [], options: [], ended: false, failed: null};
  window.video = document.createElement("video");
  for (const stream of streams.splice(0)) stream.getTracks().forEach((track) => track.stop());
  for (const known of [paths, sockets]) known.length = 0;
};
window.effects = {
  printed: () => stage.printed,
  opened: () => stage.opened.toSorted(),
  options: () => stage.options.map((text) => JSON.parse(text)),
  open: () => isOpen(),
  servers: () => paths.map((path) => path.getConfiguration().iceServers.map(
    (server) => [[server.urls].flat().join(), server.username ?? ""])),
  shown: () => (video.srcObject?.getTracks() ?? []).map((track) => track.kind).sort(),
};
window.loseBroker = () => sockets.at(-1).close();
window.chooseFile = () => {
  const picker = Object.assign(document.createElement("input"), {type: "file"});
  const chosen = new DataTransfer();
  chosen.items.add(new File(["my notes"], "notes.txt"));
  picker.files = chosen.files;
  document.querySelector("input")?.remove();
  document.body.append(picker);
};
window.breakPath = () => {
  const path = paths.at(-1);
  Object.defineProperty(path, "iceConnectionState", {get: () => "failed"});
  path.dispatchEvent(new Event("iceconnectionstatechange"));
};
"""

RUNS_JAVASCRIPT = """(broker) => {
  const peers = [];
  let scope, running;
  class PeerHere extends Peer {
    constructor(id, options) {
      if (typeof id === "object") [id, options] = [undefined, id];
      stage.options.push(JSON.stringify(options ?? {}));
      super(id, {config: {iceServers: []}, ...options, ...broker});
      this.on("open", (id) => stage.opened.push(id));
      peers.push(this);
    }
  }
  const print = (...values) => stage.printed.push(values.map(
    (value) => typeof value === "string" ? value : JSON.stringify(value)).join(" "));
  const event = (thing, name) => new Promise((resolve) => thing.once(name, resolve));
  const make = {
    async peer() {
      scope.peer = new PeerHere();
      await event(scope.peer, "open");
    },
    async conn() {
      const options = {label: "chat", metadata: {name: "Ann"}, reliable: true};
      scope.conn = scope.peer.connect("another-peers-id", options);
      await event(scope.conn, "open");
    },
    file: chooseFile,
    async stream() {
      scope.stream = await navigator.mediaDevices.getUserMedia({audio: true, video: true});
    },
    async call() {
      const options = {metadata: {name: "Ann"}};
      scope.call = scope.peer.call("another-peers-id", scope.stream, options);
      await Promise.all([event(scope.call, "stream"), event(scope.call, "willCloseOnRemote")]);
    },
  };
  const AsyncFunction = make.peer.constructor;
  window.prepare = async (needs) => {
    begin();
    const console = {log: print, error: print};
    scope = {Peer: PeerHere, util: peerjs.util, console, video};
    for (const need of needs) await make[need]();
  };
  window.run = (code) => {
    const block = new AsyncFunction(...Object.keys(scope), `{\\n${code}\\n}`);
    running = block(...Object.values(scope))
      .catch((error) => { stage.failed = `${error}`; })
      .finally(() => { stage.ended = true; });
  };
  window.isOpen = () => peers.at(-1).open;
  window.end = async () => {
    for (const peer of peers.splice(0)) peer.removeAllListeners().destroy();
    await running;
  };
}"""

RUNS_PYTHON = """async ([port, preface]) => {
  const {loadPyodide} = await import("/vendor/pyodide/pyodide.mjs");
  const py = await loadPyodide();
  py.unpackArchive(await (await fetch("/app.zip")).arrayBuffer(), "zip");
  py.globals.set("PORT", port);
  py.globals.set("PREFACE", preface);
  py.runPython(`
import asyncio, json, js, peerscript
from pyodide.code import eval_code_async

BROKER = dict(host="/", port=PORT, path="/", secure=False)
peers = []

class PeerHere(peerscript.Peer):
    def __init__(self, id=None, **options):
        js.stage.options.push(json.dumps(options, default=str))
        super().__init__(id, **{"ice_servers": [], **options, **BROKER})
        peers.append(self)

    async def start(self):
        await super().start()
        js.stage.opened.push(self.id)

def print(*values):
    compact = {"separators": (",", ":")}
    texts = [value if isinstance(value, str) else json.dumps(value, **compact) for value in values]
    js.stage.printed.push(" ".join(texts))

async def make_peer(scope):
    scope["peer"] = PeerHere()
    await scope["peer"].start()

async def make_conn(scope):
    options = {"label": "chat", "metadata": {"name": "Ann"}}
    scope["conn"] = await scope["peer"].connect("another-peers-id", **options)

async def make_file(scope):
    js.chooseFile()

async def make_stream(scope):
    scope["stream"] = await peerscript.media.get_user_media()

async def make_call(scope):
    metadata = {"name": "Ann"}
    call = await scope["peer"].call("another-peers-id", scope["stream"], metadata=metadata)
    connected = asyncio.Event()
    call.once("willCloseOnRemote", connected.set)
    await call.wait_stream()
    await connected.wait()
    scope["call"] = call

async def prepare(needs):
    global scope, ending
    ending = False
    js.begin()
    scope = {}
    exec(PREFACE, scope)
    scope |= {"Peer": PeerHere, "print": print, "video": js.video}
    for need in needs:
        await globals()["make_" + need](scope)

async def run(code):
    global running
    running = asyncio.ensure_future(eval_code_async(code, scope))
    running.add_done_callback(tell)
    await asyncio.sleep(0)  # its handlers are on, if it waits for nothing else

def tell(running):
    js.stage.ended = True
    error = running.exception()
    if error and not (ending and isinstance(error, peerscript.ConnectionClosed)):
        js.stage.failed = repr(error)

async def end():
    global ending
    ending = True  # of which a block that still reads hears
    for peer in peers:
        await peer.close()
    peers.clear()
    await asyncio.wait_for(asyncio.wait([running]), 5)
`);
  const call = (code) => py.runPythonAsync(code);
  window.prepare = (needs) => call(`await prepare(${JSON.stringify(needs)})`);
  window.run = (code) => call(`await run(${JSON.stringify(code)})`);
  window.isOpen = () => py.runPython("peers[-1].open");
  window.end = () => call("await end()");
}"""

LOOKS_ON = """async (broker) => {
  const options = {config: {iceServers: []}, ...broker};
  const onlooker = new Peer("another-peers-id", options);
  const silent = new Peer("nobody-answers", options);
  let open = [];
  const readable = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? {bytes: new TextDecoder().decode(value)}
    : value?.content ? {...value, content: readable(value.content)} : value;
  const follow = (thing) => {
    const mine = seen;
    open.push(thing);
    thing.on("close", () => { mine.closed = true; });
    thing.on("data", (value) => mine.data.push(readable(value)));
    thing.on("stream", (stream) => {
      mine.tracks = stream.getTracks().map((track) => track.kind).sort();
      mine.stereo = thing.peerConnection.remoteDescription.sdp.includes("stereo=1");
    });
    return thing;
  };
  const camera = () => navigator.mediaDevices.getUserMedia({audio: true, video: true});
  onlooker.on("connection", (conn) => {
    const {label, metadata, serialization, reliable} = follow(conn);
    Object.assign(seen, {label, metadata, serialization, reliable});
    conn.on("data", (value) => conn.send(value));
  });
  onlooker.on("call", async (call) => {
    seen.metadata = follow(call).metadata;
    call.answer(await camera());
  });
  window.greet = (id, options) => {
    const conn = follow(onlooker.connect(id, options));
    conn.on("open", () => conn.send("hi!"));
  };
  window.ring = async (id, options) => { follow(onlooker.call(id, await camera(), options)); };
  window.hangUp = () => open.splice(0).forEach((thing) => thing.close());
  window.look = () => { begin(); window.seen = {data: []}; };
  window.alone = () => new Promise((resolve) => {
    onlooker.listAllPeers((known) => resolve(known.length === 2));
  });
  look();
  await Promise.all([onlooker, silent].map((peer) => new Promise((resolve, reject) => {
    peer.on("open", resolve);
    peer.on("error", reject);
  })));
}"""


@contextmanager
def talkative_broker() -> Iterator[int]:
    """A PeerServer that lists its peers, and soon says that one is not there; gives its port."""
    port = free_port()
    program = packages() / "peer" / "dist" / "bin" / "peerjs.js"
    options = ["--port", str(port), "--allow_discovery", "--expire_timeout", "500"]
    command = [node(), str(program), "--host", "127.0.0.1", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert "Started PeerServer" in process.stdout.readline()
            yield port
        finally:
            process.kill()


class Stage:
    """The three tabs."""

    def __init__(self, browsers: Browsers) -> None:
        site = browsers.site
        self._watch = browsers.watch
        self._context = browsers.context()
        self._context.add_init_script(IN_EVERY_TAB)
        broker = {"host": "/", "port": site.front.port, "path": "/", "secure": False}
        self._onlooker = self._tab(site.url, LOOKS_ON, broker)
        self._tabs = {
            "js": self._tab(site.url, RUNS_JAVASCRIPT, broker),
            "python": self._tab(site.url, RUNS_PYTHON, [site.front.port, PREFACE]),
        }

    def _tab(self, url: str, script: str, given: object) -> Page:
        page = self._context.new_page()
        page.set_default_timeout(30_000)
        self._watch.attach(page)
        page.goto(f"{url}pyodide.html")
        page.evaluate(script, given)
        return page

    def perform(
        self, language: str, code: str, check: Check, within: float = WITHIN
    ) -> dict[str, Any]:
        """Run a block; return its effect: what is expected, or what there is after a while."""
        tab = self._tabs[language]
        self._onlooker.evaluate("look()")
        tab.evaluate("(needs) => prepare(needs)", check.needs.split())
        tab.evaluate("(code) => run(code)", code)
        try:
            if check.onlooker:
                eventually(tab, "stage.opened.length > 0", WITHIN)
                act = f"(id) => {{ {check.onlooker} }}"
                self._onlooker.evaluate(act, tab.evaluate("stage.opened[0]"))
            if check.own:
                tab.evaluate(check.own)
            effect = self._effect(tab, check.effect, within)
            if effect == check.effect and "async for" not in code:
                eventually(tab, "stage.ended", WITHIN)
            return effect
        finally:
            self._onlooker.evaluate("hangUp()")
            tab.evaluate("end()")
            eventually(self._onlooker, "alone()", WITHIN)  # IDs are free for the next block
            problems = [tab.evaluate("stage.failed"), *self._watch.unexpected()]
            self._watch.problems.clear()
            assert problems == [None], problems

    def _effect(self, tab: Page, expected: dict[str, Any], within: float) -> dict[str, Any]:
        deadline = time.monotonic() + within
        while True:
            found = {name: self._read(tab, name, expected) for name in expected}
            failed = tab.evaluate("stage.failed") is not None
            if found == expected or failed or time.monotonic() > deadline:
                return found
            tab.wait_for_timeout(20)

    def _read(self, tab: Page, name: str, expected: dict[str, Any]) -> Any:
        if name == "seen":
            seen = self._onlooker.evaluate("seen")
            return {key: seen.get(key) for key in expected["seen"]}
        made_up = [id for id in tab.evaluate("stage.opened") if len(id) == 36]
        text = tab.evaluate(f"JSON.stringify(effects.{name}())")
        for id in made_up:
            text = text.replace(id, "<id>")
        value = loads(text)
        return [_in_python(options) for options in value] if name == "options" else value


def _in_python(options: dict[str, Any]) -> dict[str, Any]:
    """PeerJS's options as PeerScript's: the one that differs here."""
    if "pingInterval" in options:
        options["ping_interval"] = options.pop("pingInterval") / 1000
    return options
