"""A page that throws rubbish at another's door, while honest people go on talking."""

from __future__ import annotations

from playwright.sync_api import expect

from harness import Browsers, own_id, say

# Plain PeerJS, as the page has loaded it, dials as a Link does and sends what it likes.
ATTACK = """async ([id, port]) => {
  const frames = [
    ["nonsense"], ["{"], ["[".repeat(4000)], ["x".repeat(60000)], [new Uint8Array(9)],
    [JSON.stringify({kind: "standing", kept: 1e15, live: 0, name: "Ada", epoch: "", heard: ""})],
    [JSON.stringify({kind: "kept", number: 1, text: "never shown", more: false})],
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
