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
    """Both certificates of an RTCPeerConnection.

    Not from its SDP, of which a broker can make anything: Chromium shows the last of several
    fingerprints there, and Firefox accepts any of them.
    """
    transport = _transport(path) if path else None
    if path is None or transport is None:
        return None
    remote = transport.getRemoteCertificates()
    own = path.getConfiguration().certificates
    if not remote.length or not own or not own.length:
        return None
    return Fingerprints(_own(own[0]), hashlib.sha256(remote[0].to_bytes()).digest())


def _transport(path: JsProxy) -> JsProxy | None:
    """The RTCDtlsTransport: there is one, since everything is bundled."""
    candidates = [path.sctp, *(each.sender for each in path.getTransceivers())]
    for each in candidates:
        transport: JsProxy | None = each.transport if each else None
        if transport:
            return transport
    return None


def _own(certificate: JsProxy) -> bytes:
    for fingerprint in certificate.getFingerprints():
        if str(fingerprint.algorithm).lower() == "sha-256":
            return bytes.fromhex(str(fingerprint.value).replace(":", ""))
    raise RuntimeError("the browser gives no SHA-256 of its own certificate")
