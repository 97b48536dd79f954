"""The report of a connection test, for people: which paths work, and what to do about the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.connection.settings import is_turn, urls_of
from app.faults import explain
from peerscript.peer.connectivity import Connectivity, IceCandidateError

HOST = "On the same network"
SRFLX = "Across the internet (STUN)"
RELAY = "Through a relay (TURN)"

CHECK_WAY = "Check the address and port, and whether a firewall is in the way."
CHECK_LOGIN = "Check both with whoever runs it."
CHECK_TURN = "Check its address, user name and password."
ASK_OWNER = "Ask whoever runs it, or add another one."

# Why a TURN server refuses
# (https://www.iana.org/assignments/stun-parameters/stun-parameters.xhtml#stun-parameters-6).
_REFUSALS = {
    401: ("refused the user name or password", CHECK_LOGIN),
    403: ("does not let you in", ASK_OWNER),
    441: ("refused the user name or password", CHECK_LOGIN),
    486: ("relays as much for this user as it may already", ASK_OWNER),
    508: ("is full", ASK_OWNER),
}
UNREACHABLE = 701
_URL = re.compile(
    r"(?P<scheme>\w+):(?P<host>\[[^\]]*\]|[^:?]*)(?::(?P<port>\d+))?(?:\?transport=(?P<how>\w+))?"
)


class Outcome(Enum):
    """The result for one kind of path."""

    WORKS = "works"
    FAILS = "fails"
    UNKNOWN = "unknown"  # no server for it is listed, or none answered
    ADVICE = "advice"  # no result: a conclusion from all of them


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
    """Describe what was found with these servers.

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
            Outcome.UNKNOWN,
            f"{SRFLX}: no STUN server is listed. Without one there is often no direct path to "
            "other networks: add one, such as stun:stun.l.google.com:19302.",
        )
    if found.complete and not any(_answers(url, found) for url in stun):
        # Browsers leave out an address that they have as "host" already.
        return Line(
            "srflx",
            Outcome.UNKNOWN,
            f"{SRFLX}: no further address was found. Either this device’s own address is the one "
            f"that others see, and nothing is missing, or this is out of reach: {', '.join(stun)}.",
        )
    return Line("srflx", Outcome.FAILS, f"{SRFLX}: does not work. {_explanations(stun, found)}")


def _relay(found: Connectivity, turn: Sequence[str]) -> Line:
    if found.relay:
        refused = [url for url in turn if _is_refused(url, found)]
        text = f"{RELAY}: works. {_explanations(refused, found)}".rstrip()
        return Line("relay", Outcome.WORKS, text)
    if not turn:
        return Line(
            "relay",
            Outcome.UNKNOWN,
            f"{RELAY}: no TURN server is listed. Strict networks let nothing else through: add "
            "one, with user name and password.",
        )
    return Line("relay", Outcome.FAILS, f"{RELAY}: does not work. {_explanations(turn, found)}")


def _is_refused(url: str, found: Connectivity) -> bool:
    """Whether the server itself refused. That it could not be reached (over IPv6, say) does not
    matter if another address worked.
    """
    answers = _answers(url, found)
    return bool(answers) and answers[0].code != UNREACHABLE


def _explanations(urls: Sequence[str], found: Connectivity) -> str:
    """What each of these servers answered; then what to do, without repetition."""
    answers = [_answer(url, found) for url in urls]
    return " ".join([*(words for words, _ in answers), *dict.fromkeys(todo for _, todo in answers)])


def _answer(url: str, found: Connectivity) -> tuple[str, str]:
    answers = _answers(url, found)
    if answers:
        return _refusal(url, answers[0])
    if not found.complete:
        return f"{url} did not answer in time.", CHECK_WAY
    return f"{url} gave no way through.", CHECK_TURN if is_turn(url) else CHECK_WAY


def _refusal(url: str, error: IceCandidateError) -> tuple[str, str]:
    said = f": {error.text.rstrip('.')}" if error.text else ""  # Firefox has no words
    if error.code == UNREACHABLE:
        return f"{url} cannot be reached{said} (error 701).", CHECK_WAY
    if error.code in _REFUSALS:
        words, todo = _REFUSALS[error.code]
        return f"{url} {words} (error {error.code}).", todo
    return f"{url} refused{said} (error {error.code}).", CHECK_TURN


def _answers(url: str, found: Connectivity) -> list[IceCandidateError]:
    """What that server answered, with its own refusals before the browser's "unreachable"."""
    same = [error for error in found.errors if _place(error.url) == _place(url)]
    return sorted(same, key=lambda error: error.code == UNREACHABLE)


def _place(url: str) -> tuple[str, ...]:
    """An address with its default port and transport, as browsers write it (RFC 7064 and 7065)."""
    match = _URL.match(url.lower())
    if not match:
        return (url,)
    secure = match["scheme"].endswith("s")
    port = match["port"] or ("5349" if secure else "3478")
    return match["scheme"], match["host"], port, match["how"] or ("tcp" if secure else "udp")


def not_tested(error: Exception) -> Line:
    """The line for a test that failed."""
    if isinstance(error, ValueError):
        return _advice(f"Not tested: {str(error).rstrip('.')}.")
    return _advice(f"Not tested. {explain(error)}")
