"""Each way that a test can come out has its words."""

from __future__ import annotations

import pytest

from app.connection.connectivity import Line, Outcome, not_tested, report
from app.faults import InvalidSetting
from peerscript.errors import BrowserUnsupported
from peerscript.peer.connectivity import Connectivity, IceCandidateError

STUN = {"urls": "stun:stun.example.org:3478"}
TURN = {"urls": "turn:turn.example.org", "username": "me", "credential": "secret"}
HOST_ALONE = Connectivity(host=True, srflx=False, relay=False)


def by_kind(found: Connectivity, *servers: dict[str, str], relay_only: bool = False) -> list[Line]:
    lines = report(found, servers, relay_only=relay_only)
    assert [line.kind for line in lines[:3]] == ["host", "srflx", "relay"]
    assert all(line.text[-1] == "." for line in lines)
    return lines


def failing(url: str, code: int, text: str = "as the browser says.") -> Connectivity:
    errors = (IceCandidateError(url, code, text),)
    return Connectivity(host=True, srflx=False, relay=False, errors=errors)


def test_everything_works() -> None:
    found = Connectivity(host=True, srflx=True, relay=True)
    lines = by_kind(found, STUN, TURN, relay_only=True)
    assert [line.outcome for line in lines] == [Outcome.WORKS] * 3
    assert [line.text for line in lines] == [
        "On the same network: works.",
        "Across the internet (STUN): works.",
        "Through a relay (TURN): works.",
    ]


def test_no_server_is_listed() -> None:
    host, srflx, relay = by_kind(HOST_ALONE)
    assert host.outcome is Outcome.WORKS
    assert srflx.outcome is relay.outcome is Outcome.UNKNOWN
    assert "no STUN server is listed" in srflx.text
    assert "no TURN server is listed" in relay.text


def test_a_turn_server_is_no_stun_server() -> None:
    found = Connectivity(host=True, srflx=False, relay=True)
    _, srflx, relay = by_kind(found, TURN)
    assert srflx.outcome is Outcome.UNKNOWN
    assert relay.outcome is Outcome.WORKS


def test_nothing_at_all_works() -> None:
    host, *_, advice = by_kind(Connectivity(host=False, srflx=False, relay=False), STUN)
    assert host.outcome is Outcome.FAILS
    assert "check that you are online" in host.text
    assert (advice.kind, advice.outcome) == ("", Outcome.ADVICE)
    assert "may block WebRTC" in advice.text


def test_relay_only_without_a_relay() -> None:
    found = Connectivity(host=True, srflx=True, relay=False)
    assert len(by_kind(found, STUN)) == 3
    advice = by_kind(found, STUN, relay_only=True)[-1]
    assert "nobody can be reached until one works" in advice.text


def test_servers_that_stay_silent() -> None:
    found = Connectivity(host=True, srflx=False, relay=False, complete=False)
    _, srflx, relay = by_kind(found, STUN, TURN)
    for line, url in ((srflx, STUN["urls"]), (relay, TURN["urls"])):
        assert line.outcome is Outcome.FAILS
        assert f"does not work. {url} did not answer in time." in line.text
        assert "firewall" in line.text


def test_no_candidate_and_no_word_about_it() -> None:
    _, srflx, relay = by_kind(HOST_ALONE, STUN, TURN)
    assert srflx.outcome is Outcome.UNKNOWN
    assert "own address is the one that others see" in srflx.text
    assert "out of reach: stun:stun.example.org:3478." in srflx.text
    assert relay.outcome is Outcome.FAILS
    assert "gave no way through. Check its address, user name and password." in relay.text


def test_one_stun_server_is_not_there_and_the_other_says_nothing() -> None:
    found = failing("stun:stun.example.org:3478", 701)
    _, srflx, _ = by_kind(found, STUN, {"urls": "stun:other.example.org"})
    assert srflx.outcome is Outcome.FAILS
    assert "stun:other.example.org gave no way through" in srflx.text


def test_a_stun_server_that_is_not_there() -> None:
    found = failing("stun:stun.example.org:3478", 701, "STUN host lookup received error.")
    _, srflx, _ = by_kind(found, STUN)
    assert "stun:stun.example.org:3478 cannot be reached: STUN host lookup" in srflx.text
    assert "(error 701). Check the address" in srflx.text


def test_a_browser_may_find_no_words() -> None:
    _, srflx, _ = by_kind(failing("stun:stun.example.org", 701, ""), STUN)
    assert "stun:stun.example.org:3478 cannot be reached (error 701)" in srflx.text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (401, "refused the user name or password (error 401)"),
        (403, "does not let you in (error 403)"),
        (441, "refused the user name or password (error 441)"),
        (486, "relays as much for this user as it may already (error 486)"),
        (508, "is full (error 508)"),
        (500, "refused: as the browser says (error 500)"),
        (701, "cannot be reached: as the browser says (error 701)"),
    ],
)
def test_what_a_turn_server_answers(code: int, words: str) -> None:
    # Chromium adds port and transport to the address that was given.
    _, _, relay = by_kind(failing("turn:TURN.example.org:3478?transport=udp", code), TURN)
    assert relay.outcome is Outcome.FAILS
    assert f"turn:turn.example.org {words}" in relay.text


def test_a_refusal_counts_more_than_an_interface_without_a_way() -> None:
    errors = tuple(
        IceCandidateError("turn:turn.example.org:3478?transport=udp", code, "")
        for code in (701, 401)
    )
    found = Connectivity(host=True, srflx=False, relay=False, errors=errors)
    assert "(error 401)" in by_kind(found, TURN)[2].text


def test_each_server_has_its_own_answer() -> None:
    urls = ("turn:turn.example.org", "turn:turn.example.org?transport=tcp", "turns:[fd00::1]")
    errors = (
        IceCandidateError("turns:[fd00::1]:5349?transport=tcp", 401, ""),
        IceCandidateError("turn:turn.example.org:3478?transport=tcp", 508, ""),
        IceCandidateError("", 701, "a browser that does not say whom it means"),
    )
    found = Connectivity(host=True, srflx=False, relay=False, errors=errors, complete=False)
    relay = by_kind(found, *({**TURN, "urls": url} for url in urls))[2].text
    assert "does not work. turn:turn.example.org did not answer in time." in relay
    assert "turn:turn.example.org?transport=tcp is full (error 508)." in relay
    assert "turns:[fd00::1] refused the user name or password (error 401)." in relay


def test_what_to_do_is_said_once() -> None:
    found = Connectivity(host=True, srflx=False, relay=False, complete=False)
    srflx = by_kind(found, STUN, {"urls": "stun:other.example.org"})[1].text
    assert srflx.count("did not answer in time") == 2
    assert srflx.count("firewall") == 1


def test_one_relay_works_and_another_refuses() -> None:
    other = {**TURN, "urls": "turn:other.example.org"}
    errors = (
        IceCandidateError("turn:other.example.org:3478?transport=udp", 401, ""),
        IceCandidateError("turn:turn.example.org:3478?transport=udp", 701, "over IPv6"),
    )
    found = Connectivity(host=True, srflx=True, relay=True, errors=errors)
    relay = by_kind(found, TURN, other)[2]
    assert relay.outcome is Outcome.WORKS
    assert relay.text == (
        "Through a relay (TURN): works. "
        "turn:other.example.org refused the user name or password (error 401). "
        "Check both with whoever runs it."
    )


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (InvalidSetting("“x” is no address."), "Not tested: “x” is no address."),
        (ValueError("not taken"), "Not tested: not taken."),
        (BrowserUnsupported("no WebRTC"), "Not tested. This page cannot connect"),
        (KeyError("bug"), "Not tested. Something unexpected went wrong (KeyError"),
    ],
)
def test_a_test_that_could_not_be_made(error: Exception, text: str) -> None:
    line = not_tested(error)
    assert line.outcome is Outcome.ADVICE
    assert line.text.startswith(text)
