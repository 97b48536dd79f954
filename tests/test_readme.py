"""What the README shows runs, and says what is true."""

from __future__ import annotations

import asyncio
import json
import re
import textwrap
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import peerscript
from peerscript.options import read_options
from peerscript.ports.support import PEERJS_TAG
from peerscript.testing import MemoryNetwork
from tests.clock import until

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", README, re.DOTALL | re.MULTILINE)


async def text_until(capsys: pytest.CaptureFixture[str], wanted: str) -> str:
    """What is printed until it has that in it."""
    printed: list[str] = []

    def read() -> bool:
        printed.append(capsys.readouterr().out)
        return wanted in "".join(printed)

    await until(read)
    return "".join(printed)


async def test_the_library_in_ten_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    network = MemoryNetwork()
    monkeypatch.setattr(peerscript, "Peer", partial(peerscript.Peer, browser=network))
    first, second = ({} for _ in range(2))  # type: ignore[var-annotated]
    shown: tuple[dict[str, Any], dict[str, Any]] = (first, second)
    for names, code in zip(shown, blocks("python")[:2], strict=True):
        exec(code, names)
    echoing = asyncio.create_task(second["echo"]())
    await until(lambda: "another-peers-id" in network.pages)
    talking = asyncio.create_task(first["main"]())
    printed = await text_until(capsys, "hello")
    for task in (talking, echoing):
        task.cancel()
    await asyncio.gather(talking, echoing, return_exceptions=True)
    assert re.match(r"my peer ID is page-\d+\n", printed)
    assert "{'username': 'andrei', 'message': 'hello'}" in printed


async def test_the_link(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    network = MemoryNetwork()
    monkeypatch.setattr(peerscript, "Peer", partial(peerscript.Peer, browser=network))
    code = next(code for code in blocks("python") if "async def guest" in code)
    names: dict[str, Any] = {}
    exec(code, names)
    shown: list[str] = []
    hosting = asyncio.create_task(names["host"](shown.append))
    await until(lambda: shown)
    visiting = asyncio.create_task(names["guest"](shown[0].rpartition(".")[2]))
    printed = await text_until(capsys, "\n")
    for task in (visiting, hosting):
        task.cancel()
    await asyncio.gather(visiting, hosting, return_exceptions=True)
    assert printed == "Bob, I have read: hello True\n"


async def test_the_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(peerscript, "Peer", partial(peerscript.Peer, browser=MemoryNetwork()))
    names: dict[str, Any] = {}
    exec(next(code for code in blocks("python") if "async def teacher" in code), names)
    shown: list[str] = []
    hosting = asyncio.create_task(names["teacher"](shown.append))
    await until(lambda: shown)
    peer_id, _, secret = shown[0].partition("#")[2].partition(".")
    visiting = asyncio.create_task(names["pupil"](peer_id, secret))
    printed = await text_until(capsys, "\n")
    for task in (visiting, hosting):
        task.cancel()
    await asyncio.gather(visiting, hosting, return_exceptions=True)
    assert printed == "Bob: 42\n"


async def test_remote_functions() -> None:
    (code,) = [code for code in blocks("python") if "@link.serve" in code]
    names: dict[str, Any] = {}
    exec(code, names)
    network = MemoryNetwork()
    async with (
        peerscript.Peer("host", browser=network) as host,
        peerscript.Peer("guest", browser=network) as guest,
        peerscript.Links(host, storage={}) as hosting,
        peerscript.Links(guest, storage={}) as visiting,
    ):
        link = await visiting.connect("host", hosting.invites.issue().secret)
        names["serve"](await anext(aiter(hosting)))
        assert await names["total"](link) == 3


def test_the_settings_shown_are_settings() -> None:
    (shown,) = blocks("toml")
    table = tomllib.loads(re.sub("^   ", "", shown, flags=re.MULTILINE))["peerscript"]
    options = read_options({}, table)
    assert options.ice_servers is not None
    assert options.ice_servers[1].username == "me"


def test_ci_runs_the_test_command_word_for_word() -> None:
    serve, test = blocks("sh")
    assert test in (ROOT / ".ci" / "run").read_text()
    assert serve.replace("nox -s serve", "nox -s test") == test


def test_every_pull_request_runs_the_test_command_word_for_word() -> None:
    _, test = blocks("sh")
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text()
    assert re.search(r"^on:\n  pull_request:\n", workflow, re.MULTILINE)
    (run,) = re.findall(r"^        run: \|\n((?:          .*\n)+)", workflow, re.MULTILINE)
    assert textwrap.dedent(run) == test


def test_every_place_on_the_map_is_there() -> None:
    for row in re.findall(r"^\| (`[^|]+) \|", README, re.MULTILINE):
        for place in re.findall(r"`([\w./-]+)`", row):
            assert (ROOT / place).exists(), place


def test_the_wheel_is_named_by_its_version() -> None:
    assert f"peerscript-{peerscript.__version__}-py3-none-any.whl" in README
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == peerscript.__version__


def test_the_tag_that_errors_show_is_the_one_to_paste() -> None:
    assert PEERJS_TAG in README
    version = json.loads((ROOT / "package.json").read_text())["dependencies"]["peerjs"]
    source = re.findall(r'src="([^"]+)"', PEERJS_TAG)
    assert source == [f"https://cdn.jsdelivr.net/npm/peerjs@{version}/dist/peerjs.min.js"]
    assert source[0] in (ROOT / "index.html").read_text()


def test_the_moving_picture_is_of_modest_size() -> None:
    (shown,) = re.findall(r"!\[[^]]+\]\((\S+)\)", README)
    assert (ROOT / shown).stat().st_size <= 1_500_000  # bytes
