"""The report of a connection test, for people: which paths work, and what to do about the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.connection.settings import is_turn, urls_of
from app.faults import explain
from app.language import N_, _
from peerscript.peer.connectivity import Connectivity, IceCandidateError

HOST = N_("On the same network")
SRFLX = N_("Across the internet (STUN)")
RELAY = N_("Through a relay (TURN)")

CHECK_WAY = N_("Check the address and port, and whether a firewall is in the way.")
CHECK_LOGIN = N_("Check both with whoever runs it.")
CHECK_TURN = N_("Check its address, user name and password.")
ASK_OWNER = N_("Ask whoever runs it, or add another one.")

# Why a TURN server refuses
# (https://www.iana.org/assignments/stun-parameters/stun-parameters.xhtml#stun-parameters-6).
_REFUSALS = {
    401: (N_("refused the user name or password"), CHECK_LOGIN),
    403: (N_("does not let you in"), ASK_OWNER),
    441: (N_("refused the user name or password"), CHECK_LOGIN),
    486: (N_("relays as much for this user as it may already"), ASK_OWNER),
    508: (N_("is full"), ASK_OWNER),
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
                _(
                    "No kind of path works, so nobody can be reached. An extension, a privacy "
                    "setting or this network may block WebRTC: try another browser or another "
                    "network."
                )
            )
        )
    elif relay_only and not found.relay:
        lines.append(
            _advice(
                _("“Only through a TURN server” is chosen: nobody can be reached until one works.")
            )
        )
    return lines


def _advice(text: str) -> Line:
    return Line("", Outcome.ADVICE, text)


def _host(found: Connectivity) -> Line:
    if found.host:
        return Line("host", Outcome.WORKS, _("{way}: works.", way=_(HOST)))
    return Line(
        "host",
        Outcome.FAILS,
        _(
            "{way}: does not work. The browser found no address of this device, or "
            "hides it: check that you are online, and what your extensions and privacy "
            "settings do.",
            way=_(HOST),
        ),
    )


def _srflx(found: Connectivity, stun: Sequence[str]) -> Line:
    if found.srflx:
        return Line("srflx", Outcome.WORKS, _("{way}: works.", way=_(SRFLX)))
    if not stun:
        return Line(
            "srflx",
            Outcome.UNKNOWN,
            _(
                "{way}: no STUN server is listed. Without one there is often no direct "
                "path to other networks: add one, such as stun:stun.l.google.com:19302.",
                way=_(SRFLX),
            ),
        )
    if found.complete and not any(_answers(url, found) for url in stun):
        # Browsers leave out an address that they have as "host" already.
        return Line(
            "srflx",
            Outcome.UNKNOWN,
            _(
                "{way}: no further address was found. Either this device’s own address is "
                "the one that others see, and nothing is missing, or this is out of reach: "
                "{servers}.",
                way=_(SRFLX),
                servers=", ".join(stun),
            ),
        )
    return Line("srflx", Outcome.FAILS, _does_not_work(SRFLX, _explanations(stun, found)))


def _relay(found: Connectivity, turn: Sequence[str]) -> Line:
    if found.relay:
        refused = [url for url in turn if _is_refused(url, found)]
        text = " ".join([_("{way}: works.", way=_(RELAY)), _explanations(refused, found)]).rstrip()
        return Line("relay", Outcome.WORKS, text)
    if not turn:
        return Line(
            "relay",
            Outcome.UNKNOWN,
            _(
                "{way}: no TURN server is listed. Strict networks let nothing else "
                "through: add one, with user name and password.",
                way=_(RELAY),
            ),
        )
    return Line("relay", Outcome.FAILS, _does_not_work(RELAY, _explanations(turn, found)))


def _does_not_work(way: str, why: str) -> str:
    return _("{way}: does not work. {why}", way=_(way), why=why)


def _is_refused(url: str, found: Connectivity) -> bool:
    """Whether the server itself refused. That it could not be reached (over IPv6, say) does not
    matter if another address worked.
    """
    answers = _answers(url, found)
    return bool(answers) and answers[0].code != UNREACHABLE


def _explanations(urls: Sequence[str], found: Connectivity) -> str:
    """What each of these servers answered; then what to do, without repetition."""
    answers = [_answer(url, found) for url in urls]
    advice = dict.fromkeys(todo for _said, todo in answers)
    return " ".join([*(said for said, _todo in answers), *map(_, advice)])


def _answer(url: str, found: Connectivity) -> tuple[str, str]:
    answers = _answers(url, found)
    if answers:
        return _refusal(url, answers[0])
    if not found.complete:
        return _("{url} did not answer in time.", url=url), CHECK_WAY
    return _("{url} gave no way through.", url=url), CHECK_TURN if is_turn(url) else CHECK_WAY


def _refusal(url: str, error: IceCandidateError) -> tuple[str, str]:
    said = f": {error.text.rstrip('.')}" if error.text else ""  # Firefox has no words
    if error.code == UNREACHABLE:
        return _("{url} cannot be reached{said} (error 701).", url=url, said=said), CHECK_WAY
    if error.code in _REFUSALS:
        words, todo = _REFUSALS[error.code]
        return _("{url} {words} (error {code}).", url=url, words=_(words), code=error.code), todo
    return _("{url} refused{said} (error {code}).", url=url, said=said, code=error.code), CHECK_TURN


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
        return _advice(_("Not tested: {error}.", error=str(error).rstrip(".")))
    return _advice(_("Not tested. {error}", error=explain(error)))
