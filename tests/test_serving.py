"""The front serves files and nothing else, and the build takes the page off the CDN."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import socket
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from serving import names, offline, sheets
from serving.build import CSP, DECKS_CSP, _config, _main_page, _with_icons
from serving.front import Front
from serving.places import ROOT, SetupProblem

pytestmark = pytest.mark.sockets


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    root = tmp_path / "root"
    root.mkdir()
    (root / "index.html").write_text("the page")
    (root / "module.mjs").write_text("the module")
    (root / "pyscript.toml").write_text((ROOT / "pyscript.toml").read_text())
    (tmp_path / "secret").write_text("not to be served")
    front = Front(root, broker_port=1, ice_servers="[]")
    await front.start("127.0.0.1")
    yield front
    await front.stop()


async def ask(front: Front, request: str) -> tuple[str, str]:
    """The head and the body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
    writer.write(f"{request} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return head, body


async def test_files_with_their_types(front: Front) -> None:
    head, body = await ask(front, "GET /?query")
    assert "200 OK" in head
    assert "text/html" in head
    assert body == "the page"
    head, body = await ask(front, "HEAD /module.mjs")
    assert "text/javascript" in head
    assert "Content-Length: 10" in head
    assert body == ""


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /../secret", 404),
        ("GET /%2e%2e/secret", 404),
        ("GET //etc/passwd", 404),
        ("GET /missing", 404),
        ("GET /%00", 404),
        ("GET /" + "long" * 100, 404),
        ("POST /", 405),
        ("GET nowhere", 400),
        ("garbage", 400),
    ],
)
async def test_nothing_else(front: Front, request_line: str, status: int) -> None:
    head, body = await ask(front, request_line)
    assert f"HTTP/1.1 {status}" in head
    assert "not to be served" not in body


def test_whoever_reads_nothing_is_let_go_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(50_000_000))

    async def serve(client: socket.socket) -> None:
        front = Front(tmp_path, broker_port=None)
        await front.start("127.0.0.1")
        client.connect(("127.0.0.1", front.port))
        client.sendall(b"GET /large HTTP/1.1\r\n\r\n")
        await asyncio.to_thread(client.recv, 1)
        await front.stop()

    with socket.socket() as client:
        asyncio.run(serve(client))
    gc.collect()  # what was left open would be an error


@pytest.mark.parametrize("rounds", range(6))
def test_whoever_has_just_come_is_let_go_at_the_end(tmp_path: Path, rounds: int) -> None:
    async def serve(client: socket.socket) -> None:
        front = Front(tmp_path, broker_port=None)
        await front.start("127.0.0.1")
        client.connect(("127.0.0.1", front.port))
        for _ in range(rounds):  # of the event loop: how far the server is with the connection
            await asyncio.sleep(0)
        await front.stop()

    with socket.socket() as client:
        asyncio.run(serve(client))
    gc.collect()  # what was left open would be an error


async def test_the_settings_name_this_front_as_the_broker(front: Front) -> None:
    _, body = await ask(front, "GET /pyscript.toml")
    settings = tomllib.loads(body)["peerscript"]
    assert settings == {
        "host": "/",
        "port": front.port,
        "path": "/",
        "key": "peerjs",
        "secure": False,
        "ice_servers": [],
    }


def test_the_built_page_asks_no_cdn() -> None:
    page = _main_page((ROOT / "index.html").read_text())
    assert "jsdelivr" not in page
    assert "integrity=" not in page
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert policy
    # The one script inside the page is the line that starts reveal.js in a deck's frame.
    assert re.sub(r" 'sha256-[^']+'", "", policy[1], count=1) == DECKS_CSP


def test_the_icons_that_the_page_has_are_in_its_style_sheet(tmp_path: Path) -> None:
    sheet = (ROOT / "site" / "css" / "icons.css").read_text()
    addresses = re.findall(
        r"https://cdn\.jsdelivr\.net/npm/(@tabler/icons)@([\d.]+)/([^\"]+)", sheet
    )
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]["@tabler/icons"]
    assert {version for _, version, _ in addresses} == {wanted}
    for package, _, path in addresses:
        (tmp_path / package / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / package / path).write_text(f'<svg\n  id="{path}"\n/>')
    styles = tmp_path / "icons.css"
    styles.write_text(sheet)
    _with_icons(styles, tmp_path)
    assert "https:" not in styles.read_text()
    for _, _, path in addresses:
        assert f'url("data:image/svg+xml,%3Csvg id=%22{path}%22 /%3E")' in styles.read_text()
    styles.write_text(sheet.replace("/phone.svg", "/no-such.svg"))
    with pytest.raises(SetupProblem, match=r"no-such\.svg"):
        _with_icons(styles, tmp_path)


def test_the_style_sheets_of_the_page_become_one(tmp_path: Path) -> None:
    (tmp_path / "site" / "css").mkdir(parents=True)
    for name, text in (("a.css", "@layer a, b;"), ("b.css", "b { color: red }")):
        (tmp_path / name).write_text(text)
    link = '  <link rel="stylesheet" href="./{}">\n'
    head = "<head>\n" + link.format("a.css") + "  <title>x</title>\n" + link.format("b.css")
    deck = f"</head>\n<template>\n{link.format('vendor/deck.css')}</template>"
    page = sheets.join(head + deck, tmp_path)
    assert page == f"<head>\n  <title>x</title>\n{link.format(sheets.NAME)}{deck}"
    assert (tmp_path / sheets.NAME).read_text() == "@layer a, b;\nb { color: red }"
    assert not (tmp_path / "a.css").exists()


@pytest.mark.parametrize("said", ['@import "x.css";', "a { mask: url(x.svg) }", '@charset "x";'])
def test_a_style_sheet_with_an_address_is_not_joined(tmp_path: Path, said: str) -> None:
    (tmp_path / "site" / "css").mkdir(parents=True)
    (tmp_path / "a.css").write_text(said)
    with pytest.raises(SetupProblem, match=r"a\.css has "):
        sheets.join('  <link rel="stylesheet" href="./a.css">\n</head>', tmp_path)


def test_what_decks_show_is_all_that_the_page_allows_beyond_the_rest() -> None:
    strict, with_decks = (
        dict(part.split(" ", 1) for part in policy.split("; ")) for policy in (CSP, DECKS_CSP)
    )
    for name in ("default-src", "script-src", "connect-src", "base-uri", "form-action"):
        assert strict[name] == with_decks[name]
    more = {name for name in with_decks if with_decks[name] != strict.get(name)}
    shown = {"style-src", "img-src", "media-src", "font-src"}
    assert more == shown | {"frame-src", "worker-src"}


def test_the_built_settings_keep_what_a_fork_edits() -> None:
    text = (ROOT / "pyscript.toml").read_text()
    before, after = tomllib.loads(text), tomllib.loads(_config(text))
    assert after == {"peerscript": before["peerscript"]}


def test_a_folder_is_named_by_what_is_in_it(tmp_path: Path) -> None:
    found = set()
    for content in ("one", "two", "one"):
        (tmp_path / "a" / "b").mkdir(parents=True, exist_ok=True)
        (tmp_path / "a" / "b" / "file").write_text(content)
        named = names.rename(tmp_path, ["a/b"])
        found.add(named["a/b"])
        assert (tmp_path / named["a/b"] / "file").read_text() == content
        assert names.lasts(f"{named['a/b']}/file")
        assert names.put_in('"./a/b/file" a/bc/d', named) == f'"./{named["a/b"]}/file" a/bc/d'
        (tmp_path / named["a/b"] / "file").unlink()
        (tmp_path / named["a/b"]).rmdir()
    assert len(found) == 2
    assert not names.lasts("site/css/page.css")
    assert not names.lasts("page-0123456789abcdef")  # a file: somebody has chosen that name


def test_the_worker_keeps_what_each_visit_needs_as_one_version(tmp_path: Path) -> None:
    for pattern in offline._KEPT:
        path = tmp_path / pattern.replace("**", "x").replace("-*/", "-0123456789abcdef/")
        path = path.with_name(path.name.replace("*", "x"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("content")
        path.with_name(f"{path.name}.br").write_text("compressed")
    entries = {each["url"]: each for each in offline.kept(tmp_path)}
    assert not [url for url in entries if url.endswith(".br")]
    assert all(each["integrity"].startswith("sha256-") for each in entries.values())
    # What has its hash in its name the browser's own cache gives; Workbox asks anew for the rest.
    assert entries["index.html"]["revision"]
    assert entries["page-0123456789abcdef/x"]["revision"] is None
    (tmp_path / "index.html").unlink()
    with pytest.raises(SetupProblem, match=r"index\.html"):
        offline.kept(tmp_path)


def test_the_manifest_leads_to_files_of_its_own_site() -> None:
    manifest = json.loads((ROOT / "site" / "manifest.webmanifest").read_text())
    assert manifest["start_url"] == manifest["scope"] == manifest["share_target"]["action"] == "../"
    for each in (*manifest["icons"], *manifest["screenshots"]):
        assert (ROOT / "site" / each["src"]).is_file()
    assert {each["purpose"] for each in manifest["icons"]} == {"any", "maskable"}
    assert {each["form_factor"] for each in manifest["screenshots"]} == {"wide", "narrow"}


def test_the_built_page_has_one_script_of_its_own() -> None:
    page = _main_page((ROOT / "index.html").read_text()).partition("<template")[0]
    (script,) = re.findall(r"<script[^>]*>", page)
    assert script == '<script type="module" async src="./page/start.mjs">'
    assert "pyscript" not in page
