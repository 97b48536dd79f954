"""What a page can know of a broker that it cannot reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerscript.protocol.unreachable import Answer, BrokerAddress, is_blocked, why

HTTP = BrokerAddress("broker.test", 9000, "/my/", "peerjs", secure=False)
HTTPS = replace(HTTP, port=443, path="/", secure=True)
UUID = "f3a9e1c2-90b4-4a52-8d4b-5c1a1a6f8f6b"


def test_an_address_is_what_one_opens_in_a_tab() -> None:
    assert str(HTTP) == "http://broker.test:9000/my/"
    assert str(HTTPS) == "https://broker.test:443/"
    assert HTTP.url("id") == "http://broker.test:9000/my/peerjs/id"


@pytest.mark.parametrize(
    ("broker", "answer", "words"),
    [
        (HTTP, None, "nothing answers. No server listens at that host and port, or it is on https"),
        (HTTP, None, "Open http://broker.test:9000/my/ in a tab"),
        (HTTPS, None, "or its certificate is not trusted"),
        (HTTP, Answer(), 'not as a PeerServer does. It may be another server, a PeerServer under '
         'another path than path="/my/", or one that does not allow this site'),
        (HTTP, Answer(404), 'answers 404. It may be another server, or a PeerServer under another '
         'path than path="/my/"'),
        (HTTP, Answer(502), "answers 502: the PeerServer behind it may be down"),
        (HTTP, Answer(200, "<!doctype html>"), "something else than a PeerServer's ID"),
        (HTTP, Answer(200, ""), "something else than a PeerServer's ID"),
        (HTTP, Answer(200, "x" * 201), "something else than a PeerServer's ID"),
        (HTTP, Answer(200, UUID), "the PeerServer answers, but opens no WebSocket"),
    ],
)  # fmt: skip
def test_each_answer_has_its_words(
    broker: BrokerAddress, answer: Answer | None, words: str
) -> None:
    told = why(broker, answer, page_is_secure=False, online=True)
    assert told.startswith(f"no broker at {broker}: ")
    assert words in told


def test_a_device_that_is_offline_is_told_so() -> None:
    assert why(HTTP, None, page_is_secure=False, online=False).endswith("this device is offline")


def test_a_page_on_https_reaches_no_broker_on_http() -> None:
    assert "write secure=True" in why(HTTP, None, page_is_secure=True, online=True)
    assert is_blocked(HTTP, page_is_secure=True)
    assert not is_blocked(HTTP, page_is_secure=False)
    assert not is_blocked(HTTPS, page_is_secure=True)


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "[::1]"])
def test_but_one_on_this_machine(host: str) -> None:
    assert not is_blocked(replace(HTTP, host=host), page_is_secure=True)
