"""Whose certificates secure a connection, as the browser itself holds them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from harness import Browsers
from pyodide_page import python, run

# One page's offer, answered by two strangers: the pictures by one, the data channel by the other.
# That is what a broker can do who takes the bundling out of a call's SDP. With `bundled`, one
# answers all.
CONNECT = """async (bundled) => {
  const certificate = () =>
    RTCPeerConnection.generateCertificate({name: "ECDSA", namedCurve: "P-256"});
  const make = async () => new RTCPeerConnection({certificates: [await certificate()]});
  const [ours, one, other] = [await make(), await make(), await make()];
  const theirs = bundled ? [one] : [one, other];
  const waiting = [];
  const later = (to, candidate) => waiting.push([to, candidate]);
  ours.onicecandidate = ({candidate}) =>
    candidate && later(theirs[bundled ? 0 : candidate.sdpMLineIndex], candidate);
  theirs.forEach((each, place) => each.onicecandidate = ({candidate}) =>
    candidate && (bundled || candidate.sdpMLineIndex === place) && later(ours, candidate));
  ours.addTransceiver("video");
  ours.createDataChannel("auxiliary");
  await ours.setLocalDescription();
  const bare = (sdp) => bundled ? sdp : sdp.replace(/a=group:BUNDLE.*\\r\\n/, "");
  const answers = [];
  for (const each of theirs) {
    await each.setRemoteDescription({type: "offer", sdp: bare(ours.localDescription.sdp)});
    await each.setLocalDescription();
    answers.push(each.localDescription.sdp.split(/(?=^m=)/m));
  }
  const [head, pictures] = answers[0];
  const data = answers.at(-1)[2];
  await ours.setRemoteDescription({type: "answer", sdp: bare(head + pictures + data)});
  window.path = ours;
  while (ours.sctp?.transport?.state !== "connected") {
    for (const [to, candidate] of waiting.splice(0)) await to.addIceCandidate(candidate);
    await new Promise(go => setTimeout(go, 20));
  }
  window.others = theirs;
}"""
SEEN = """
from js import window
from peerscript.bridge.certificates import fingerprints
repr(fingerprints(window.path))
"""


@pytest.fixture
def page(lab: Browsers) -> Page:
    return python(lab)


def test_one_certificate_for_everything(page: Page) -> None:
    page.evaluate(CONNECT, True)
    assert "Fingerprints(own=b" in str(run(page, SEEN))


def test_a_call_that_leads_to_two_has_none(page: Page) -> None:
    page.evaluate(CONNECT, False)
    assert run(page, SEEN) == "None"
