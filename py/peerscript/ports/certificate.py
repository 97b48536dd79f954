"""The certificates that secure a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Certificate = Any  # the browser's RTCCertificate, passed through untouched


@dataclass(frozen=True)
class Fingerprints:
    """The certificates that secure a connection, as this browser holds them: SHA-256 of each
    ([RTCDtlsTransport.getRemoteCertificates](https://developer.mozilla.org/docs/Web/API/RTCDtlsTransport/getRemoteCertificates)).
    """

    own: bytes
    remote: bytes
