"""The rig of `turn`: two unmodified PeerJS pages that meet only in the relay."""

from __future__ import annotations

from playwright.sync_api import Page

from actions import eventually
from harness import Browsers
from turn import TurnServer, turn_server

OPEN = """([id, port, server]) => new Promise((resolve, reject) => {
  const config = {iceServers: [server], iceTransportPolicy: "relay"};
  window.peer = new Peer(id, {host: "/", port, path: "/", secure: false, config, debug: 0});
  window.received = [];
  peer.on("connection", (conn) => conn.on("data", (data) => conn.send(data)));
  peer.on("open", resolve);
  peer.on("error", reject);
})"""
SAY = """([to, text]) => {
  window.conn = peer.connect(to);
  conn.on("open", () => conn.send(text));
  conn.on("data", (data) => received.push(data));
}"""
# Where both ends of the path in use are: two words.
PATH = """async () => {
  const stats = await conn.peerConnection.getStats();
  const {selectedCandidatePairId} = [...stats.values()].find(({type}) => type === "transport");
  const pair = stats.get(selectedCandidatePairId);
  const ends = [pair.localCandidateId, pair.remoteCandidateId];
  return ends.map((id) => stats.get(id).candidateType);
}"""


def relayed(lab: Browsers, turn: TurnServer, peer_id: str) -> Page:
    page = lab.page()
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(OPEN, [peer_id, lab.site.front.port, turn.ice_server])
    return page


def test_two_pages_meet_in_the_relay_alone(lab: Browsers) -> None:
    with turn_server() as turn:
        relayed(lab, turn, "answers")
        page = relayed(lab, turn, "asks")
        page.evaluate(SAY, ["answers", "through the relay"])
        eventually(page, "received.includes('through the relay')")
        assert page.evaluate(PATH) == ["relay", "relay"]

        turn.stop()
        eventually(page, "conn.peerConnection.iceConnectionState === 'disconnected'")
        turn.start()
        page.evaluate(SAY, ["answers", "again"])
        eventually(page, "received.includes('again')")
