"""The rig of `mitm`: two unmodified PeerJS pages fall for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright

from actions import eventually
from harness import Browsers, served, watched
from mitm import hostile_broker

OPEN = """([id, port]) => new Promise((resolve, reject) => {
  const config = {iceServers: []};
  window.peer = new Peer(id, {host: "/", port, path: "/", secure: false, config, debug: 0});
  window.received = [];
  window.keep = (conn) => {
    window.conn = conn;
    conn.on("data", (data) => received.push(data.byteLength ?? data));
  };
  peer.on("connection", (conn) => {
    keep(conn);
    conn.once("data", () => conn.send("from the callee"));  // aiortc loses what comes at once
  });
  peer.on("open", resolve);
  peer.on("error", reject);
})"""
DIAL = """() => {
  const options = {serialization: "raw", reliable: true, label: "tea", metadata: {sugar: [2]}};
  keep(peer.connect("callee", options));
  conn.on("open", () => { conn.send("from the caller"); conn.send(new Uint8Array(3)); });
}"""
TERMS = "[conn.serialization, conn.reliable, conn.label, conn.metadata, conn.connectionId]"
OWN = "conn.peerConnection.localDescription.sdp.match(/^a=fingerprint:sha-256 (.*)$/m)[1].trim()"
REMOTE = """async () => {
  const [certificate] = conn.peerConnection.sctp.transport.getRemoteCertificates();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", certificate));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}"""


def behind(lab: Browsers, peer_id: str) -> Page:
    page = lab.page()
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(OPEN, [peer_id, lab.site.front.port])
    return page


def values(pages: list[Page], expression: str) -> list[Any]:
    return [page.evaluate(expression) for page in pages]


def test_two_pages_fall_for_the_man_in_the_middle(playwright: Playwright, lab_folder: Path) -> None:
    with (
        hostile_broker() as broker,
        served(lab_folder, broker.port) as site,
        watched(playwright, site) as lab,
    ):
        pages = [behind(lab, peer_id) for peer_id in ("callee", "caller")]
        callee, caller = pages
        caller.evaluate(DIAL)
        eventually(callee, "received.length === 2")
        eventually(caller, "received.length === 1")
        assert values(pages, "received") == [["from the caller", 3], ["from the callee"]]
        assert set(broker.seen) == {"from the caller", bytes(3), "from the callee"}
        assert callee.evaluate(TERMS) == caller.evaluate(TERMS)
        assert len({*values(pages, OWN), *values(pages, REMOTE)}) == 4

        caller.evaluate("conn.close()")
        eventually(callee, "!conn.open")
