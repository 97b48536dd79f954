"""The page's certificate, and those of the pages it is connected to."""

from __future__ import annotations

import hashlib

import js
from pyodide.ffi import JsProxy

from peerscript.bridge.values import plain_object
from peerscript.ports import Fingerprints


async def make_certificate() -> JsProxy:
    """Make a certificate: [RTCPeerConnection.generateCertificate](https://developer.mozilla.org/docs/Web/API/RTCPeerConnection/generateCertificate_static)."""
    made: JsProxy = await js.RTCPeerConnection.generateCertificate(
        plain_object({"name": "ECDSA", "namedCurve": "P-256"})
    )
    return made


def fingerprints(path: JsProxy | None) -> Fingerprints | None:
    """Both certificates of an RTCPeerConnection; None unless the same two secure all of its
    transports.

    They are not read from the SDP, which a broker can forge: Chromium shows the last of several
    fingerprints there, and Firefox accepts any of them. Nor from one transport alone: a broker that
    removes the bundling from the SDP can direct media elsewhere than the data channel.
    """
    own = path.getConfiguration().certificates if path else None
    remote = {_remote(transport) for transport in _transports(path)} if path else set()
    if not own or not own.length or len(remote) != 1 or b"" in remote:
        return None
    return Fingerprints(_own(own[0]), remote.pop())


def _transports(path: JsProxy) -> list[JsProxy]:
    """Every RTCDtlsTransport in use; a shared one is listed several times."""
    transceivers = path.getTransceivers()
    parts = [path.sctp, *(end for each in transceivers for end in (each.sender, each.receiver))]
    return [part.transport for part in parts if part and part.transport]


def _remote(transport: JsProxy) -> bytes:
    """The SHA-256 of the other side's certificate; b"" before it is known."""
    chain = transport.getRemoteCertificates()
    return hashlib.sha256(chain[0].to_bytes()).digest() if chain.length else b""


def _own(certificate: JsProxy) -> bytes:
    for fingerprint in certificate.getFingerprints():
        if str(fingerprint.algorithm).lower() == "sha-256":
            return bytes.fromhex(str(fingerprint.value).replace(":", ""))
    raise RuntimeError("the browser gives no SHA-256 of its own certificate")
