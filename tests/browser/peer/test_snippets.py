"""docs/from-peerjs.md: each JavaScript block and its Python twins do the same to a PeerJS page.

Three tabs of one browser: PeerJS that runs the JavaScript blocks, plain Pyodide that runs the
Python ones, and PeerJS that looks on, as the "another-peers-id" of the blocks. A comment in the
page, `<!-- check: name -->`, names the Check of the blocks that follow it. All that is put into a
block's way is a subclass of `Peer` that knows the broker's address, and a `print` that is read.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from harness import Browsers, served
from pages.snippets import BLOCK, PAGES, SHOWN, TEXT, Check, Stage, talkative_broker

BOTH = ["audio", "video"]
GREET = "greet(id, {label: 'chat', metadata: {name: 'Bob'}})"
CHECKS = {
    "create": Check({"opened": ["pick-an-id"]}, needs=""),
    "my-id": Check({"printed": ["My peer ID is: <id>"]}, needs=""),
    "options": Check(
        {
            "opened": ["<id>", "<id>", "my-id", "pick-an-id"],
            "options": [
                {},
                {},
                {"host": "localhost", "port": 9000, "path": "/myapp"},
                {"secure": True, "key": "peerjs", "ping_interval": 10},
            ],
        },
        needs="",
    ),
    "ice-servers": Check(
        {"servers": [[["stun:127.0.0.1:3478", ""], ["turn:127.0.0.1:3478", "me"]]]}, needs=""
    ),
    "connect": Check({"seen": {"data": ["hi!"]}}),
    "receive": Check({"printed": ["hi!"], "seen": {"data": ["hello!"]}}, onlooker=GREET),
    "receive-many": Check({"printed": ["hi!", "hi!"]}, onlooker=f"{GREET}; {GREET}"),
    "talk": Check(
        {"printed": ["Received Hello!"], "seen": {"data": ["Hello!"]}}, needs="peer conn"
    ),
    "call": Check({"shown": BOTH, "seen": {"tracks": BOTH}}),
    "answer": Check({"shown": BOTH, "seen": {"tracks": BOTH}}, onlooker="ring(id)"),
    "connect-options": Check(
        {
            "seen": {
                "label": "chat",
                "metadata": {"name": "Ann"},
                "serialization": "json",
                "reliable": True,
            }
        }
    ),
    "call-options": Check(
        {"seen": {"metadata": {"name": "Ann"}, "stereo": True, "tracks": BOTH}},
        needs="peer stream",
    ),
    "on-connection": Check({"printed": ['another-peers-id chat {"name":"Bob"}']}, onlooker=GREET),
    "on-call": Check(
        {"printed": ['another-peers-id {"name":"Bob"}']},
        onlooker="ring(id, {metadata: {name: 'Bob'}})",
    ),
    "destroy": Check({"printed": ["closed"], "seen": {"closed": True}}, needs="peer conn"),
    "reconnect": Check({"printed": ["lost the broker"], "open": True}, own="loseBroker()"),
    "id-taken": Check({"printed": ["that ID is taken"]}, needs=""),
    "nobody": Check({"printed": ["nobody is there"]}),
    "disconnect": Check(
        {"printed": ["true true"], "seen": {"data": ["still here"]}}, needs="peer conn"
    ),
    "list-all-peers": Check({"printed": ["true true"]}),
    "peer-properties": Check(
        {"printed": ["<id> true false false", "1", "true"]}, needs="peer conn"
    ),
    "send": Check(
        {
            "seen": {
                "data": [
                    "a string",
                    {"username": "andrei", "points": [1, 2.5, None], "ready": True},
                    {"bytes": "bytes"},
                ]
            }
        },
        needs="peer conn",
    ),
    "send-file": Check(
        {"seen": {"data": [{"name": "notes.txt", "content": {"bytes": "my notes"}}]}},
        needs="peer conn file",
    ),
    "close": Check({"seen": {"data": ["goodbye"], "closed": True}}, needs="peer conn"),
    "on-close": Check({"printed": ["closed"]}, needs="peer conn", onlooker="hangUp()"),
    "too-big": Check({"printed": ["too big"]}),
    "on-error": Check({"printed": ["it broke"]}, needs="peer conn", own="breakPath()"),
    "connection-properties": Check(
        {
            "printed": [
                'another-peers-id chat {"name":"Ann"} data',
                "true true binary 0",
                "true stable",
            ]
        },
        needs="peer conn",
    ),
    "answer-options": Check(
        {"seen": {"stereo": True, "tracks": BOTH}}, needs="peer stream", onlooker="ring(id)"
    ),
    "hang-up": Check({"seen": {"closed": True}}, needs="peer stream call"),
    "on-hang-up": Check(
        {"printed": ["they hung up"]}, needs="peer stream call", onlooker="hangUp()"
    ),
    "call-properties": Check(
        {"printed": ['another-peers-id {"name":"Ann"} media true', "2 2"]},
        needs="peer stream call",
    ),
    "no-answer": Check({"printed": ["no answer"]}, needs="peer stream"),
    "supports": Check({"printed": ["OK to start a data connection"]}, needs=""),
}


# Before any script of a tab: what the browser makes is noted, to be read, broken or let go.
@pytest.fixture(scope="module")
def stage(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    root = tmp_path_factory.mktemp("site") / "root"
    shutil.copytree(built, root, symlinks=True)
    shutil.copy(PAGES / "pyodide.html", root)
    with served(root) as site, talkative_broker() as port:
        site.front.broker_port = port
        browsers = Browsers(playwright, site)
        try:
            yield Stage(browsers)
        finally:
            browsers.close()


def test_every_block_is_checked() -> None:
    assert list(SHOWN) == list(CHECKS)
    fenced = len(BLOCK.findall(TEXT))
    assert sum(len(blocks) for blocks in SHOWN.values()) == fenced - 1  # the lines that they share
    for blocks in SHOWN.values():
        assert [language for language, _ in blocks] in (
            ["js", "python"],
            ["js", "python", "python"],
        )


@pytest.mark.parametrize("name", CHECKS)
def test_each_block_does_the_same(name: str, stage: Stage) -> None:
    for language, code in SHOWN[name]:
        assert stage.perform(language, code, CHECKS[name]) == CHECKS[name].effect, code


def test_a_block_that_does_something_else_is_noticed(stage: Stage) -> None:
    check = Check({"printed": ["hi!"]}, needs="")
    assert stage.perform("python", 'print("ho!")', check, within=0.5) != check.effect
