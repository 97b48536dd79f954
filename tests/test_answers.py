"""What the front sends is compressed where that helps, and is not sent to a browser that has it."""

from __future__ import annotations

import asyncio
import gzip
import random
import tomllib
from collections.abc import AsyncIterator
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest

from serving.front import Front
from serving.places import ROOT

pytestmark = pytest.mark.sockets

PAGE = "<p>the page</p>\n" * 100
LASTING = "page-0123456789abcdef/start.mjs"
ARCHIVE = random.Random(1).randbytes(2000)


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "app.zip").write_bytes(ARCHIVE)
    (tmp_path / "pyscript.toml").write_text((ROOT / "pyscript.toml").read_text())
    (tmp_path / "broker.json").write_text("{}")
    (tmp_path / LASTING).parent.mkdir()
    (tmp_path / LASTING).write_text(PAGE)
    front = Front(tmp_path, broker_port=1)
    await front.start("127.0.0.1")
    yield front
    await front.stop()


async def ask(
    front: Front, path: str = "/", method: str = "GET", **headers: str
) -> tuple[int, Message, bytes]:
    """The status, the headers and the body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    request = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""])
    writer.write(request.encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    status, _, rest = head.partition(b"\r\n")
    return int(status.split()[1]), BytesParser().parsebytes(rest), body


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("*", True),
        ("br", False),
        ("gzip;q=0, *", False),
        ("gzip; q=0.000", False),
        ("*;q=0", False),
        ("", False),
    ],
)
async def test_compressed_for_whoever_takes_it(
    front: Front, accepted: str, compressed: bool
) -> None:
    _, headers, body = await ask(front, accept_encoding=accepted)
    assert headers["Content-Encoding"] == ("gzip" if compressed else None)
    assert headers["Vary"] == "Accept-Encoding"
    assert int(headers["Content-Length"]) == len(body)
    assert (gzip.decompress(body) if compressed else body) == PAGE.encode()
    assert (len(body) < len(PAGE)) is compressed


async def test_what_does_not_shrink_is_sent_as_it_is(front: Front) -> None:
    _, headers, body = await ask(front, "/app.zip", accept_encoding="gzip")
    assert headers["Content-Encoding"] is None
    assert body == ARCHIVE


async def test_each_content_is_compressed_once(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    compress = gzip.compress

    def counted(content: bytes, level: int, *, mtime: int) -> bytes:
        done.append(content)
        return compress(content, level, mtime=mtime)

    monkeypatch.setattr(gzip, "compress", counted)
    monkeypatch.setattr("serving.answer._compressed", {})
    (front.root / "index.html").write_text("unlike every other test's page" * 9999)
    answers = await asyncio.gather(*(ask(front, accept_encoding="gzip") for _ in range(5)))
    assert len({body for _, _, body in answers}) == 1
    assert len(done) == 1


async def test_a_browser_asks_again_and_is_sent_nothing(front: Front) -> None:
    _, first, _ = await ask(front, accept_encoding="gzip")
    assert first["Cache-Control"] == "no-cache"
    for tags in (first["ETag"], f'"other", W/{first["ETag"]}', "*"):
        status, again, body = await ask(front, accept_encoding="gzip", if_none_match=tags)
        assert status == 304
        assert body == b""
        for name in ("ETag", "Vary", "Cache-Control"):
            assert again[name] == first[name]
        assert again["Content-Length"] is None


async def test_what_is_named_by_its_content_is_kept_for_a_year(front: Front) -> None:
    for method in ("GET", "HEAD"):
        status, headers, _ = await ask(front, f"/{LASTING}", method, accept_encoding="gzip")
        assert status == 200
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["Content-Encoding"] == "gzip"
    status, again, _ = await ask(
        front, f"/{LASTING}", accept_encoding="gzip", if_none_match=headers["ETag"]
    )
    assert status == 304
    assert again["Cache-Control"] == headers["Cache-Control"]
    for path in ("/", "/pyscript.toml", "/app.zip"):
        _, headers, _ = await ask(front, path)
        assert headers["Cache-Control"] == "no-cache"


async def test_a_changed_file_is_sent_again(front: Front) -> None:
    _, first, _ = await ask(front)
    changed = PAGE.replace("page", "Page")  # of the same size, and perhaps of the same moment
    (front.root / "index.html").write_text(changed)
    status, again, body = await ask(front, if_none_match=first["ETag"])
    assert status == 200
    assert body == changed.encode()
    assert again["ETag"] != first["ETag"]


async def test_each_encoding_has_its_own_tag(front: Front) -> None:
    _, packed, _ = await ask(front, accept_encoding="gzip")
    status, plain, body = await ask(front, if_none_match=packed["ETag"])
    assert status == 200
    assert plain["ETag"] != packed["ETag"]
    assert body == PAGE.encode()


@pytest.mark.parametrize("path", ["/pyscript.toml", "/broker.json"])
async def test_the_tag_of_the_settings_is_that_of_what_is_sent(front: Front, path: str) -> None:
    _, first, body = await ask(front, path)
    front.ice_servers = "[]"  # as another front serves the same file
    status, again, other = await ask(front, path, if_none_match=first["ETag"])
    assert status == 200
    assert other != body
    assert again["ETag"] != first["ETag"]
    assert (await ask(front, path, if_none_match=again["ETag"]))[0] == 304


async def test_head_is_get_without_the_body(front: Front) -> None:
    for given in ({}, {"accept_encoding": "gzip"}):
        _, wanted, _ = await ask(front, **given)
        status, headers, body = await ask(front, method="HEAD", **given)
        assert (status, headers.items(), body) == (200, wanted.items(), b"")
    status, headers, body = await ask(front, method="HEAD", if_none_match=headers["ETag"])
    assert (status, body) == (200, b"")  # that was the tag of the compressed page
    assert (await ask(front, method="HEAD", if_none_match=headers["ETag"]))[0] == 304


async def test_no_refusal_is_kept(front: Front) -> None:
    for path, method in (("/missing", "GET"), ("/missing", "HEAD"), ("/", "POST")):
        _, headers, body = await ask(front, path, method)
        assert headers["Cache-Control"] == "no-store"
        assert len(body) == (0 if method == "HEAD" else int(headers["Content-Length"]))


async def test_the_settings_are_whole_when_compressed(front: Front) -> None:
    _, _, body = await ask(front, "/pyscript.toml", accept_encoding="gzip")
    assert tomllib.loads(gzip.decompress(body).decode())["peerscript"]["port"] == front.port
