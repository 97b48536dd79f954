"""What the pages of docs/ show runs, and prints what they say; their links lead somewhere."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import peerscript
from peerscript.options import read_options
from peerscript.testing import MemoryNetwork
from serving.places import ROOT
from tests.clock import until
from tests.pyscript_page import PyScriptPage

# A block of Python, and what it prints if that stands right after it.
RUN = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```)?", re.DOTALL | re.MULTILINE)


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text()


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page(name), re.DOTALL | re.MULTILINE)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> MemoryNetwork:
    network = MemoryNetwork()
    for name in ("Peer", "check_connectivity"):
        monkeypatch.setattr(peerscript, name, partial(getattr(peerscript, name), browser=network))
    return network


async def run(code: str, names: dict[str, Any]) -> None:
    """Run a block, where `await` may stand outside of functions, and then the tests in it."""
    before = set(names)
    compiled = compile(code, "<docs>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    ran = eval(compiled, names)
    if inspect.isawaitable(ran):
        await ran
    for name in sorted(set(names) - before):
        if name.startswith("test_"):
            with pytest.MonkeyPatch.context() as monkeypatch:
                wanted = inspect.signature(names[name]).parameters
                given = {"monkeypatch": monkeypatch} if "monkeypatch" in wanted else {}
                await names[name](**given)


@pytest.mark.parametrize("name", ["testing", "servers"])
async def test_the_blocks_of_a_page_run_one_after_the_other(
    name: str, network: MemoryNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    for code, printed in RUN.findall(page(name)):
        await run(code, names)
        assert capsys.readouterr().out == printed or not printed


@pytest.mark.parametrize("number", range(len(RUN.findall(page("live")))))
async def test_each_block_that_can_be_tried_runs_alone(
    number: int, network: MemoryNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed = RUN.findall(page("live"))[number]
    await run(code, {})
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize("number", range(len(blocks("tutorial", "python"))))
async def test_each_step_of_the_tutorial(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    source = blocks("tutorial", "python")[number]
    host = PyScriptPage(source, monkeypatch)
    await host.run()
    assert host.page["link"].hash == "host"
    guest = PyScriptPage(
        source, monkeypatch, network=host.network, own_id="guest", fragment="#host"
    )
    running = asyncio.create_task(guest.run())
    if "send" in source:
        if "friends" in source:
            await until(lambda: host.names["friends"] and guest.names["friends"])
            for side in (host, guest):
                side.page["words"].value = "hello"
                await side.do("submit", "#say")
        sent = source.count("display(words")
        await until(lambda: host.shown == guest.shown == ["hello"] * sent)
        await host.names["peer"].close()
    await running


def test_the_tutorial_ends_with_the_readmes_page() -> None:
    """Which `tests/browser/peer/test_own_page.py` opens in a browser."""
    readme = (ROOT / "README.md").read_text()
    assert blocks("tutorial", "html")[0] in readme
    assert blocks("tutorial", "python")[-1] in readme


@pytest.mark.parametrize("number", range(len(blocks("servers", "toml"))))
def test_the_settings_shown_are_settings(number: int) -> None:
    table = tomllib.loads(blocks("servers", "toml")[number])["peerscript"]
    assert read_options({}, table)


def test_every_page_with_python_is_run_by_a_test() -> None:
    """Here, or by a test that reads it; package.md has the README's (`test_package.py`)."""
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    for path in (ROOT / "docs").rglob("*.md"):
        if "```python" in path.read_text():
            here = path.stem in ("live", "servers", "testing", "tutorial", "package")
            assert here or f'"docs" / "{path.name}")' in tests, path.name


LINKED = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def words(path: Path) -> str:
    """A page without its code."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "`", text)


def anchors(path: Path) -> set[str]:
    """What headings can be linked by, as GitHub makes it of their words."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", LINKED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_inside_of_the_repository_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", words(path)):
        if re.match(r"https?:", target):
            continue
        place, _, anchor = target.partition("#")
        found = path if not place else path.parent / place
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target
