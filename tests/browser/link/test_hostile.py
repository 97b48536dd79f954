"""Pages that throw rubbish at another's door, or come under an ID that is not theirs."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, WebSocketRoute, expect

from actions import invite, own_id, say, wait_connected, wait_ready
from harness import Browsers

# Plain PeerJS, as the page has loaded it, dials as a Link does and sends what it likes.
ATTACK = """async ([id, port]) => {
  const frames = [
    ["nonsense"], ["{"], ["[".repeat(4000)], ["x".repeat(60000)], [new Uint8Array(9)],
    [JSON.stringify({kind: "resume", name: "Ada", epoch: "", heard: ""})],
    [JSON.stringify({kind: "opened", received: 1e15, channel: "chat", mode: "kept"})],
    [new TextEncoder().encode("\u0000\u0004" + "\u0000".repeat(7) + "\u0001chatnever shown")],
    [JSON.stringify({kind: "hello", version: 2, mode: "secret", nonce: "?", session: ""})],
    [JSON.stringify({kind: "hello", version: 2, mode: "resume", nonce: "A".repeat(43),
                     session: "f".repeat(16)})],
    Array(20000).fill("flood"),
  ];
  const peer = new Peer({host: "localhost", port, path: "/", key: "peerjs", debug: 0,
                         config: {iceServers: []}});
  await new Promise(open => peer.on("open", open));
  const ended = frames.map(frames => new Promise(end => {
    const made = peer.connect(id, {label: "peerscript-link", serialization: "raw", reliable: true});
    made.on("open", () => { for (const frame of frames) made.send(frame); });
    made.on("close", () => end("closed"));
    setTimeout(() => end("open still"), 20000);
  }));
  const found = await Promise.all(ended);
  peer.destroy();
  return found;
}"""


def test_rubbish_is_turned_away_and_disturbs_nobody(browsers: Browsers) -> None:
    host, guest = browsers.pair()
    attacker = browsers.ready()
    browsers.watch.expected += ["a Link with", "a message from"]  # are logged
    port = browsers.site.front.port
    outcomes = attacker.evaluate(ATTACK, [own_id(host), port])
    assert set(outcomes) == {"closed"}
    for sender, receiver in ((host, guest), (guest, host)):
        say(sender, "not disturbed")
        received = receiver.locator(".message:not([data-from='me']) .text")
        expect(received).to_have_text("not disturbed")
    expect(host.locator("#peers > li")).to_have_count(1)
    expect(host.locator("#status")).to_have_attribute("data-state", "connected")
    assert "never shown" not in host.locator("body").inner_text()


class Broker:
    """A page's way to the broker, which the test can close; paths to other pages stay."""

    def __init__(self, page: Page) -> None:
        self._open: list[tuple[WebSocketRoute, WebSocketRoute]] = []
        self._closed = False
        page.route_web_socket(re.compile("/peerjs"), self._pass)

    def _pass(self, near: WebSocketRoute) -> None:
        if self._closed:
            near.close()
        else:
            self._open.append((near, near.connect_to_server()))

    def close(self) -> None:
        self._closed = True
        for both in self._open:
            for end in both:
                end.close()


TAB = """identity => {
  if (window === top) sessionStorage.setItem("peerscript/tab", identity);  // a frame has none
}"""


def test_who_takes_a_guests_id_and_has_the_link_gets_neither_their_link_nor_their_texts(
    browsers: Browsers,
) -> None:
    host = browsers.ready()
    link = browsers.site.url + invite(host)
    guest, thief = browsers.page(), browsers.page()
    broker = Broker(guest)
    browsers.watch.expected += ["WebSocket", "the broker", "broker:"]
    guest.goto(link)
    for page in (host, guest):
        wait_connected(page)
    broker.close()
    identity = json.dumps({"id": own_id(guest), "token": "of the thief"})
    thief.add_init_script(f"({TAB})({json.dumps(identity)})")
    thief.goto(link)
    wait_ready(thief)
    wait_connected(thief)
    assert own_id(thief) == own_id(guest)
    expect(host.locator("#peers > [data-state='connected']")).to_have_count(2)
    say(host, "for the guest alone")
    received = guest.locator(".message:not([data-from='me']) .text")
    expect(received).to_have_text("for the guest alone")
    expect(guest.locator("#peers > li")).to_have_attribute("data-state", "connected")
    expect(thief.locator(".message")).to_have_count(0)
