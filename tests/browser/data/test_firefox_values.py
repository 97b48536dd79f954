"""The rows of docs/values.md between Firefox and Chromium, one way each."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from firefox import FirefoxPage, firefox
from pages.telling import (
    FROM_PEERJS,
    NAMES,
    PEERJS,
    PYTHON,
    TO_PEERJS,
    PeerJsPage,
    PythonPage,
    canonical,
    code_blocks,
    connect_all,
    in_javascript,
    laboratory,
    marks,
    plain_page,
    rows,
    wrong_from_peerjs,
    wrong_from_python,
)
from pages.values import Description

CLASSES = "".join(code_blocks())


def test_python_in_firefox_to_peerjs_in_chromium(
    playwright: Playwright, built: Path, tmp_path: Path
) -> None:
    with (
        laboratory(playwright, built, tmp_path / "root") as browsers,
        firefox(tmp_path / "profile") as window,
    ):
        port = browsers.site.front.port
        python = PythonPage(
            FirefoxPage(window, browsers.site.url + PYTHON), "python", port, CLASSES
        )
        peerjs = PeerJsPage(plain_page(browsers, PEERJS), "peerjs", port)
        connect_all(python, peerjs)
        for name in NAMES:
            found = rows(f"{name}: {TO_PEERJS}")
            assert wrong_from_python(found, python, peerjs, f"{name} from Python") == ""
        many_in_a_row(python, peerjs)


STRAY = """() => {
  window.stray = [];
  addEventListener("error", ({message}) => stray.push(message));
}"""
LEAVE = """
import asyncio
async def leave():
    conn = await side._connection("burst")
    for _ in range(500):
        await conn.receive()
    await conn.close(flush=False)
leaving = asyncio.ensure_future(leave())
"""
# Whatever was posted before it has come by then.
LEFT = """await leaving
await asyncio.sleep(0)
str(js.stray)"""


def many_in_a_row(python: PythonPage, peerjs: PeerJsPage) -> None:
    """They are collected, and the reader closes in the middle of others."""
    evaluate = python._page.evaluate
    evaluate(STRAY)
    peerjs.connect(python.id, "burst", "raw")
    mark, sent = next(marks), [["string", str(number)] for number in range(3000)]
    peerjs.send_described("burst", sent, "raw")
    peerjs.mark("burst", mark)
    assert python.until("burst", mark) == [["str", text] for _, text in sent]
    evaluate("code => py.runPythonAsync(code)", LEAVE)
    peerjs.send_described("burst", sent, "raw")
    assert evaluate("code => py.runPythonAsync(code)", LEFT) == ""


def test_peerjs_in_firefox_to_python_in_chromium_and_back(
    playwright: Playwright, built: Path, tmp_path: Path
) -> None:
    with (
        laboratory(playwright, built, tmp_path / "root") as browsers,
        firefox(tmp_path / "profile") as window,
    ):
        port = browsers.site.front.port
        python = PythonPage(plain_page(browsers, PYTHON), "python", port, CLASSES)
        peerjs = PeerJsPage(FirefoxPage(window, browsers.site.url + PEERJS), "peerjs", port)
        connect_all(python, peerjs)
        for name in NAMES:
            found = rows(f"{name}: {FROM_PEERJS}")
            label = f"{name} from PeerJS"
            assert wrong_from_peerjs(found, peerjs, python, label) == ""
            comes_back(name, python, peerjs)


# What a PeerJS page can send and Python may send back, in every serialization but "raw".
SAMPLE: list[Description] = [
    ["string", "héllo 😀" * 100],
    ["boolean", True],
    ["number", "4008000000000000"],  # 3.0
    ["number", "3fb999999999999a"],  # 0.1
    ["number", "c1e65a0bc0000000"],  # -3e9
    ["Array", [["null"], ["Object", [["a", ["Array", []]], ["", ["string", ""]]]]]],
]
BYTES: Description = ["Uint8Array", bytes(range(256)).hex()]
RETURNS: dict[str, list[Description]] = {
    "binary": [*SAMPLE, BYTES],
    "json": SAMPLE,
    "msgpack": [*SAMPLE, BYTES, ["Date", 1_000_000_000_123]],
    "raw": [SAMPLE[0], BYTES],
}


def comes_back(name: str, python: PythonPage, peerjs: PeerJsPage) -> None:
    """Python sends back what PeerJS sent."""
    label = f"{name} from PeerJS"
    mark = next(marks)
    sent = peerjs.send_described(label, RETURNS[name], name)
    assert sent == [canonical(value) for value in RETURNS[name]]
    peerjs.mark(label, mark)
    arrived = python.until(label, mark)
    assert python.send_described(label, [*arrived, ["str", mark]]) == [None] * (len(sent) + 1)
    assert peerjs.until(label, mark) == [in_javascript(value, name) for value in arrived]
