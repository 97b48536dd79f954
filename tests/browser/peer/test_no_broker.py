"""A broker that is not there is told with its address and with what may be the cause."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Page, Playwright

from harness import Browsers, served, watched
from pyodide_page import START, run
from serving.peerserver import free_port

# What `start` raises, and what the "error" event had before.
ATTEMPT = """
import json
from peerscript import Peer
from peerscript.errors import PeerScriptError
async def attempt(id, options):
    heard = []
    peer = Peer(id, host="localhost", ice_servers=[], **options)
    peer.on("error", lambda error: heard.append(str(error)))
    try:
        await peer.start()
    except PeerScriptError as error:
        assert heard in ([str(error)], []), heard
        return [type(error).__name__, str(error)]
    finally:
        await peer.close()
"""


@pytest.fixture
def page(lab: Browsers) -> Page:
    return page_at(lab)


def page_at(lab: Browsers, **options: object) -> Page:
    page = lab.page(**options)  # type: ignore[arg-type]
    # The browser's own words on the console, and requests to what is no site of ours.
    lab.watch.expected += ["WebSocket connection", "ERR_", "CORS policy", "Failed to load"]
    lab.watch.expected += ["third party: http", "Mixed Content", "insecure"]
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(START)
    run(page, ATTEMPT)
    return page


def told(page: Page, **options: object) -> str:
    """What is told, with an ID of our own and with one that the broker is to make up."""
    answers = []
    for peer_id in ("me", None):
        code = f"json.dumps(await attempt({peer_id!r}, {options!r}))"
        answers.append(json.loads(run(page, code)))
    (with_id, without) = answers
    assert with_id == without
    assert with_id[0] == "BrokerUnreachable"
    return str(with_id[1])


class Static(BaseHTTPRequestHandler):
    """What a web server says that is no broker."""

    status = HTTPStatus.OK
    allowed = False  # to pages of other sites

    def do_GET(self) -> None:
        self.send_response(self.status)
        if self.allowed:
            self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Welcome</title>")

    def log_message(self, *_: object) -> None: ...


@contextmanager
def web_server(tls: ssl.SSLContext | None = None, **says: object) -> Iterator[int]:
    handler = type("Says", (Static,), says)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def own_certificate() -> ssl.SSLContext:
    """TLS with a certificate that no browser trusts."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(tls)
    return tls


def test_a_closed_port(page: Page) -> None:
    port = free_port()
    words = told(page, port=port, secure=False)
    assert words.startswith(f"no broker at http://localhost:{port}/: nothing answers. No server")
    assert "or it is on https (then write secure=True)" in words
    assert f"Open http://localhost:{port}/ in a tab" in words


def test_a_certificate_that_nobody_trusts(page: Page) -> None:
    with web_server(own_certificate()) as port:
        words = told(page, port=port, secure=True, path="/my")
    assert words.startswith(f"no broker at https://localhost:{port}/my/: nothing answers.")
    assert "or its certificate is not trusted" in words


def test_http_where_https_is_spoken(page: Page) -> None:
    with web_server(own_certificate()) as port:
        assert "secure=True" in told(page, port=port, secure=False)


def test_a_server_that_is_no_broker(page: Page) -> None:
    with web_server() as port:
        words = told(page, port=port, secure=False)
    assert f"no broker at http://localhost:{port}/: a server answers, but not as a" in words
    with web_server(allowed=True) as port:
        assert "with something else than a PeerServer's ID" in told(page, port=port, secure=False)
    with web_server(allowed=True, status=HTTPStatus.BAD_GATEWAY) as port:
        assert "answers 502: the PeerServer behind it may" in told(page, port=port, secure=False)


def test_another_path(lab: Browsers, page: Page) -> None:
    words = told(page, port=lab.site.broker_port, secure=False, path="/other")
    assert 'under another path than path="/other/"' in words
    words = told(page, port=lab.site.front.port, secure=False, path="/other")  # the page's own site
    assert "a server answers 404" in words
    assert 'under another path than path="/other/"' in words


@pytest.mark.parametrize("peer_id", ["me", None])
def test_a_wrong_key(lab: Browsers, page: Page, peer_id: str | None) -> None:
    options = {"port": lab.site.broker_port, "secure": False, "key": "wrong"}
    code = f"json.dumps(await attempt({peer_id!r}, {options!r}))"
    address = f"http://localhost:{lab.site.broker_port}/"
    words = f"the broker at {address} does not take key='wrong'"
    assert json.loads(run(page, code)) == ["InvalidKey", words]


def test_a_broker_on_http_from_a_page_on_https(playwright: Playwright, lab_folder: Path) -> None:
    tls = own_certificate()
    with served(lab_folder, tls=tls) as site, watched(playwright, site) as lab:
        page = page_at(lab, ignore_https_errors=True)
        code = "json.dumps([await attempt(id, dict(host='page.test', port=9000, secure=False)) "
        run(page, ATTEMPT.replace('host="localhost", ', ""))
        for kind, words in json.loads(run(page, code + "for id in ('me', None)])")):
            assert kind == "BrokerUnreachable"
            assert words.startswith("no broker at http://page.test:9000/: this page is on https")
            assert words.endswith("write secure=True")


def test_a_broker_that_is_lost_later_is_named(lab: Browsers, page: Page) -> None:
    run(
        page,
        f"""
import asyncio
me = Peer("me", host="localhost", port={lab.site.broker_port}, secure=False, ice_servers=[])
lost = asyncio.get_running_loop().create_future()
me.on("error", lost.set_result)
await me.start()
""",
    )
    lab.site.restart_broker(lambda: run(page, "await lost\nNone"))
    address = f"http://localhost:{lab.site.broker_port}/"
    assert run(page, "await me.close()\nstr(lost.result())") == (
        f"the broker at {address}: Lost connection to server."
    )
