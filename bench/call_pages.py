"""The pages of `bench.calls`: a call over a Link, and the same call in plain PeerJS.

Both open the fake camera with the same constraints and show what comes in a <video>, whose pictures
`requestVideoFrameCallback` counts.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from bench.pages import RUN_PYTHON
from pyodide_page import PRELUDE, START

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from harness import Browsers

# As a real one; that of the tests takes fewer pictures. Of two such flags the last one counts.
CAMERA = "--use-fake-device-for-media-stream=fps=30"
# Each other page's picture, by its ID: how many were shown, and when the first was.
SHOWS = """() => {
  window.shown = {};
  window.show = (id, stream) => {
    const video = document.createElement("video");
    Object.assign(video, {muted: true, autoplay: true, srcObject: stream});
    document.body.append(video);
    const mine = shown[id] = {count: 0, at: null, last: null};
    const next = (now) => {
      mine.at ??= performance.timeOrigin + now;
      mine.last = performance.timeOrigin + now;
      mine.count++;
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  };
}"""
PEERJS = """async ([id, port, video]) => {
  const config = {iceServers: []};
  window.peer = new Peer(id, {host: "/", port, path: "/", secure: false, config});
  const open = new Promise((resolve) => peer.on("open", resolve));
  window.stream = await navigator.mediaDevices.getUserMedia({video, audio: true});
  window.calls = [];
  const follow = (call) => {
    calls.push(call);
    let seen = false;  // PeerJS tells of it once for each track
    call.on("stream", (stream) => { if (!seen) show(call.peer, stream); seen = true; });
  };
  peer.on("call", (call) => { window.ringing = call; window.onRing?.(); });
  window.ring = (other) => follow(peer.call(other, stream));
  window.rung = () => new Promise((resolve) => { window.ringing ? resolve() : onRing = resolve; });
  window.accept = () => {
    const start = performance.timeOrigin + performance.now(), call = ringing;
    window.ringing = null;
    follow(call);
    call.answer(stream);
    return start;
  };
  window.hangUp = () => { calls.splice(0).forEach((call) => call.close()); };
  await open;
}"""
PYTHON = """
import js
from peerscript.calls import *
peer = Peer(%r, token="of-%s", **broker)
await peer.start()
links = Links(peer)
links.start()
stream = await media.get_user_media(video=%r, audio=True)
camera, microphone = stream.getVideoTracks()[0], stream.getAudioTracks()[0]
ringing, calls = None, {}
rings = asyncio.Event()

def follow(link, call):
    calls[link.peer_id] = call
    shown = None
    def change():
        nonlocal shown
        if call.remote.camera is not shown:
            shown = call.remote.camera
            if shown is not None:
                js.show(link.peer_id, shown)
    call.on("change", change)

async def take(link):
    global ringing
    async for call in link.calls():
        ringing = link, call
        rings.set()

taking = asyncio.ensure_future(links.handle_links(take))

async def ring(other):
    (link,) = [each for each in links.all if each.peer_id == other]
    call = link.call(camera=camera, microphone=microphone)
    follow(link, call)
    await call.start()

async def accept():
    global ringing
    start = js.performance.timeOrigin + js.performance.now()
    link, call = ringing
    rings.clear()
    follow(link, call)
    await call.accept(camera=camera, microphone=microphone)
    return start

async def hang_up():
    for call in calls.values():
        call.hang_up()
    calls.clear()
"""


class CallPage(ABC):
    """A page that calls and is called, with its picture on."""

    def __init__(self, lab: Browsers, peer_id: str, video: dict[str, int]) -> None:
        self.id = peer_id
        self.page: Page = lab.page(flags=[CAMERA])
        self.page.goto(f"{lab.site.url}pyodide.html")
        self.page.evaluate(SHOWS)
        browser = self.page.context.browser
        assert browser
        self._system = browser.new_browser_cdp_session()
        self._start(lab.site.front.port, video)

    @abstractmethod
    def _start(self, port: int, video: dict[str, int]) -> None: ...

    @abstractmethod
    def meet(self, other: Any) -> None:
        """What has to be done once before the other page can be called."""

    @abstractmethod
    def ring(self, other: str) -> None:
        """Call another page."""

    @abstractmethod
    def accept(self) -> float:
        """Take the call that rings, or is about to; when it was taken, in ms."""

    @abstractmethod
    def hang_up(self) -> None:
        """End every call."""

    def first_picture(self, other: str) -> float:
        """When the first picture of another page was shown, in ms; waits for it."""
        self.page.wait_for_function("(id) => shown[id]?.at", arg=other)
        return float(self.page.evaluate("(id) => shown[id].at", other))

    def counts(self) -> dict[str, int]:
        """How many pictures of each other page were shown."""
        shown: dict[str, dict[str, int]] = self.page.evaluate("shown")
        return {id: each["count"] for id, each in shown.items()}

    def forget(self) -> None:
        """Show nobody any more."""
        self.page.evaluate(
            "for (const each of document.querySelectorAll('video')) each.remove(); shown = {}"
        )

    def cpu(self) -> float:
        """Seconds that the browser's renderers have computed, since they began."""
        found = self._system.send("SystemInfo.getProcessInfo")["processInfo"]
        return float(sum(each["cpuTime"] for each in found if each["type"] == "renderer"))


class PeerJsCaller(CallPage):
    """Plain PeerJS, as its documentation has it."""

    def _start(self, port: int, video: dict[str, int]) -> None:
        self.page.evaluate(PEERJS, [self.id, port, video])

    def meet(self, other: Any) -> None:
        pass

    def ring(self, other: str) -> None:
        self.page.evaluate("(id) => ring(id)", other)

    def accept(self) -> float:
        self.page.evaluate("rung()")
        return float(self.page.evaluate("accept()"))

    def hang_up(self) -> None:
        self.page.evaluate("hangUp()")


class PythonCaller(CallPage):
    """The library, in plain Pyodide."""

    def _start(self, port: int, video: dict[str, int]) -> None:
        self._video = video
        self._port = port
        self.page.evaluate(START)
        self._run(PRELUDE % port)
        self._run(PYTHON % (self.id, self.id, video))

    def _run(self, code: str) -> Any:
        return self.page.evaluate(RUN_PYTHON, code)

    def meet(self, other: PythonCaller) -> None:
        secret = other._run("links.invites.issue().secret")
        self._run(f"await links.connect({other.id!r}, {secret!r})\nNone")

    def ring(self, other: str) -> None:
        self._run(f"await ring({other!r})")

    def accept(self) -> float:
        self._run("await rings.wait()\nNone")
        return float(self._run("await accept()"))

    def hang_up(self) -> None:
        self._run("await hang_up()")

    def reload_into_the_call(self, other: str) -> float:
        """Load the page again and take the call back; seconds from the load of Python until the
        other page's picture is shown.
        """
        self.page.reload()
        self.page.evaluate(SHOWS)
        began = time.time()
        self._start(self._port, self._video)
        self.accept()
        return self.first_picture(other) / 1000 - began
