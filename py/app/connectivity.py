"""Which kinds of path work, in a person's words, and what to do about those that don't."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.faults import explain
from app.settings import is_turn, urls_of
from peerscript.connectivity import Connectivity, IceCandidateError

HOST = "On the same network"
SRFLX = "Across the internet (STUN)"
RELAY = "Through a relay (TURN)"

# Why a TURN server refuses
# (https://www.iana.org/assignments/stun-parameters/stun-parameters.xhtml#stun-parameters-6).
_REFUSALS = {
    401: "refused the user name or password",
    403: "refuses to relay for you",
    441: "refused the user name or password",
    486: "relays as much for this user as it may already",
    508: "is full",
}
UNREACHABLE = 701
_HOST = re.compile(r"\w+:(\[[^\]]*\]|[^:?]*)")


class Outcome(Enum):
    """How a kind of path came out."""

    WORKS = "works"
    FAILS = "fails"
    MISSING = "missing"  # no server for it is listed
    ADVICE = "advice"  # no path: what follows from all of them


@dataclass(frozen=True)
class Line:
    """One line of the report.

    Attributes:
        kind: "host", "srflx", "relay"; "" for advice.
    """

    kind: str
    outcome: Outcome
    text: str


def report(
    found: Connectivity, servers: Sequence[Mapping[str, Any]], *, relay_only: bool = False
) -> list[Line]:
    """Say what was found with these servers.

    Args:
        found: the library's answer.
        servers: those that were tested, as the settings hold them.
        relay_only: whether the person wants to go only through a TURN server.
    """
    urls = [url for server in servers for url in urls_of(server)]
    turn = [url for url in urls if is_turn(url)]
    stun = [url for url in urls if not is_turn(url)]
    lines = [_host(found), _srflx(found, stun), _relay(found, turn)]
    if not (found.host or found.srflx or found.relay):
        lines.append(
            _advice(
                "No kind of path works, so nobody can be reached. An extension, a privacy setting "
                "or this network may block WebRTC: try another browser or another network."
            )
        )
    elif relay_only and not found.relay:
        lines.append(
            _advice(
                "“Only through a TURN server” is chosen: nobody can be reached until one works."
            )
        )
    return lines


def _advice(text: str) -> Line:
    return Line("", Outcome.ADVICE, text)


def _host(found: Connectivity) -> Line:
    if found.host:
        return Line("host", Outcome.WORKS, f"{HOST}: works.")
    return Line(
        "host",
        Outcome.FAILS,
        f"{HOST}: does not work. The browser found no address of this device, or hides it: check "
        "that you are online, and what your extensions and privacy settings do.",
    )


def _srflx(found: Connectivity, stun: Sequence[str]) -> Line:
    if found.srflx:
        return Line("srflx", Outcome.WORKS, f"{SRFLX}: works.")
    if not stun:
        return Line(
            "srflx",
            Outcome.MISSING,
            f"{SRFLX}: no STUN server is listed. Without one there is often no direct path to "
            "other networks: add one, such as stun:stun.l.google.com:19302.",
        )
    answers = [_told(url, found) for url in stun]
    return Line("srflx", Outcome.FAILS, f"{SRFLX}: does not work. {' '.join(answers)}")


def _relay(found: Connectivity, turn: Sequence[str]) -> Line:
    if found.relay:
        others = _refused(turn, found)
        return Line("relay", Outcome.WORKS, " ".join([f"{RELAY}: works.", *others]))
    if not turn:
        return Line(
            "relay",
            Outcome.MISSING,
            f"{RELAY}: no TURN server is listed. Strict networks let nothing else through: add "
            "one, with user name and password.",
        )
    answers = [_told(url, found) for url in turn]
    return Line("relay", Outcome.FAILS, f"{RELAY}: does not work. {' '.join(answers)}")


def _refused(urls: Sequence[str], found: Connectivity) -> Iterator[str]:
    """What is wrong for certain. A browser also fails to reach a good server, over IPv6, say."""
    for url in urls:
        answers = _answers(url, found)
        if answers and answers[0].code != UNREACHABLE:
            yield _told(url, found)


def _told(url: str, found: Connectivity) -> str:
    """What one server answered that gave no path, and what to do."""
    answers = _answers(url, found)
    if answers:
        return _refusal(url, answers[0])
    if not found.complete:
        return (
            f"{url} did not answer in time. Check its address and port, and whether a firewall "
            "is in the way."
        )
    if is_turn(url):
        return f"{url} gave no way through. Check its address, user name and password."
    return f"{url} did not answer, or this device’s own address is already a public one."


def _refusal(url: str, error: IceCandidateError) -> str:
    if error.code == UNREACHABLE:
        words = error.text.rstrip(".") or "no answer"
        return (
            f"{url} cannot be reached: {words} (error 701). Check its address and port, and "
            "whether a firewall is in the way."
        )
    if error.code in _REFUSALS:
        return f"{url} {_REFUSALS[error.code]} (error {error.code})."
    return f"{url} answered “{error.text.rstrip('.')}” (error {error.code})."


def _answers(url: str, found: Connectivity) -> list[IceCandidateError]:
    """What that server answered, a refusal of its own before the browser's "unreachable". Browsers
    add port and transport, so hosts are compared.
    """
    same = [
        error
        for error in found.errors
        if is_turn(error.url) == is_turn(url) and _host_of(error.url) == _host_of(url)
    ]
    return sorted(same, key=lambda error: error.code == UNREACHABLE)


def _host_of(url: str) -> str:
    match = _HOST.match(url)
    return match[1].lower() if match else url


def trouble(error: Exception) -> Line:
    """Why there is nothing to report."""
    if isinstance(error, ValueError):
        return _advice(f"Not tested: {str(error).rstrip('.')}.")
    return _advice(f"Not tested. {explain(error)}")
