"""What a page has of JavaScript's is sent: files that a person has chosen, Blobs, arrays."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from pyodide_page import run, two_pythons_and_peerjs
from waiting import until

READY = """
import js, json
from pyodide.ffi import to_js

me = Peer("%s", **broker)
await me.start()
picker = js.document.createElement("input")
picker.type = "file"
picker.multiple = True
js.document.body.append(picker)
came = me.connections()

async def meet(serialization):
    conn = await me.connect("other", serialization=serialization)
    await conn.send("hello")
    return conn

async def met():
    global conn
    conn = await anext(came)
    return await conn.receive()

async def refused(sending):
    try:
        await sending
    except PeerScriptError as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"

def shown(value):
    return json.dumps(value, default=lambda data: f"bytes: {data.decode()}")
"""
PEERJS = """async ([port]) => {
  const {MsgPack} = await import("/serializer.msgpack.mjs");
  const options = {host: "/", port, path: "/", secure: false, config: {iceServers: []}, debug: 0};
  window.peer = new Peer("peerjs", {...options, serializers: {MsgPack}});
  const readable = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      return `bytes: ${new TextDecoder().decode(value)}`;
    }
    return value?.constructor === Object
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]))
      : Array.isArray(value) ? value.map(readable) : value;
  };
  window.received = [];
  peer.on("connection", (conn) => conn.on("data", (data) => received.push(readable(data))));
  await new Promise((resolve) => peer.on("open", resolve));
}"""
PATIENCE = 20.0  # seconds
WITH_BYTES = ("binary", "msgpack", "raw")


@dataclass
class Stage:
    """Two pages with Python, "python" and "other", and one of unmodified PeerJS, "peerjs"."""

    python: Page
    other: Page
    peerjs: Page

    def choose(self, *paths: Path) -> None:
        """A person chooses files in the page "python"."""
        self.python.set_input_files("input", paths)

    def told_peerjs(self) -> Any:
        """What has come there up to "end"."""
        self.peerjs.wait_for_function("received.includes('end')", timeout=PATIENCE * 1000)
        return self.peerjs.evaluate("received.splice(0)")


@pytest.fixture(scope="module")
def stage(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    root = tmp_path_factory.mktemp("files") / "site"
    with two_pythons_and_peerjs(playwright, built, root, READY, PEERJS) as pages:
        lab, python, other, peerjs = pages
        yield Stage(python, other, peerjs)
        assert lab.watch.unexpected() == []


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text("my notes")
    return path


# Files that a person has chosen


@pytest.mark.parametrize("serialization", WITH_BYTES)
def test_a_chosen_file_arrives_at_a_peerjs_page(
    serialization: str, stage: Stage, notes: Path
) -> None:
    stage.choose(notes)
    run(
        stage.python,
        f'conn = await me.connect("peerjs", serialization="{serialization}")\n'
        "await conn.send(picker.files.item(0))\nawait conn.send('end')",
    )
    assert stage.told_peerjs() == ["bytes: my notes", "end"]


@pytest.mark.parametrize("serialization", WITH_BYTES)
def test_a_chosen_file_arrives_at_a_python_page(
    serialization: str, stage: Stage, notes: Path
) -> None:
    stage.choose(notes)
    run(
        stage.python, f'conn = await meet("{serialization}")\nawait conn.send(picker.files.item(0))'
    )
    assert run(stage.other, "shown([await met(), await conn.receive()])") == (
        '["hello", "bytes: my notes"]'
    )


def test_all_that_were_chosen_with_their_names(stage: Stage, notes: Path, tmp_path: Path) -> None:
    second = tmp_path / "more.txt"
    second.write_text("more")
    stage.choose(notes, second)
    run(stage.python, 'conn = await me.connect("peerjs")')
    assert run(stage.python, "await refused(conn.send(picker.files))") == (
        'SerializationError: message: a JavaScript FileList has no place in "binary": '
        "call list() on it first"
    )
    run(
        stage.python,
        "await conn.send({file.name: file for file in picker.files})\n"
        "await conn.send(list(picker.files))\nawait conn.send('end')",
    )
    assert stage.told_peerjs() == [
        {"notes.txt": "bytes: my notes", "more.txt": "bytes: more"},
        ["bytes: my notes", "bytes: more"],
        "end",
    ]


@pytest.mark.parametrize("serialization", WITH_BYTES)
def test_a_file_that_was_changed_cannot_be_read_and_nothing_is_sent(
    serialization: str, stage: Stage, notes: Path
) -> None:
    change_what_is_chosen(stage, notes)
    run(stage.python, f'conn = await me.connect("peerjs", serialization="{serialization}")')
    refusal = run(stage.python, "await refused(conn.send(picker.files.item(0)))")
    start = "SerializationError: message: a JavaScript File cannot be read: NotReadableError: "
    assert refusal.startswith(start)
    run(stage.python, "await conn.send('end')")
    assert stage.told_peerjs() == ["end"]


CANNOT_BE_READ = "({files}) => files[0].arrayBuffer().then(() => false, () => true)"


def change_what_is_chosen(stage: Stage, path: Path) -> None:
    """Chromium notes a moment after the choice when a file was changed last, and tells nobody: who
    changes it before that sends the changed one.
    """

    def is_noticed() -> object:
        path.write_text("my notes")
        stage.choose(path)
        path.write_text("they were changed since")
        return stage.python.eval_on_selector("input", CANNOT_BE_READ)

    until(stage.python, is_noticed, "the browser reads a file that was changed")


@pytest.mark.parametrize("serialization", WITH_BYTES)
def test_a_file_larger_than_a_message_is_not_read(
    serialization: str, stage: Stage, notes: Path
) -> None:
    """Read, it would take more memory than Python has in a page."""
    size = 5 * 2**30
    os.truncate(notes, size)
    stage.choose(notes)
    run(stage.python, f'conn = await me.connect("peerjs", serialization="{serialization}")')
    refusal = run(stage.python, "await refused(conn.send([picker.files.item(0)][0]))")
    assert refusal.startswith(f"MessageTooBig: {size} bytes")
    run(stage.python, "await conn.send('end')")
    assert stage.told_peerjs() == ["end"]


# In the order of the calls


@pytest.mark.parametrize("serialization", WITH_BYTES)
def test_no_message_overtakes_a_blob(serialization: str, stage: Stage) -> None:
    run(
        stage.python,
        f'conn = await me.connect("peerjs", serialization="{serialization}")\n'
        """
sending = []
for number in range(50):
    text = str(number)
    for value in (js.Blob.new(to_js([text])), text, to_js(text.encode())):
        sending.append(asyncio.ensure_future(conn.send(value)))
await asyncio.gather(*sending)
await conn.send("end")
""",
    )
    wanted = [form % number for number in range(50) for form in ("bytes: %d", "%d", "bytes: %d")]
    assert stage.told_peerjs() == [*wanted, "end"]


# Whatever else JavaScript has


def test_a_file_of_another_frame_is_a_file(stage: Stage) -> None:
    run(
        stage.python,
        """
frame = js.document.createElement("iframe")
js.document.body.append(frame)
theirs = frame.contentWindow
conn = await me.connect("peerjs")
await conn.send([
    theirs.File.new(to_js(["file"]), "name"),
    theirs.Blob.new(to_js(["blob"])),
    theirs.Uint8Array.of(97),
    theirs.Uint8Array.of(98).buffer,
])
frame.remove()
await conn.send("end")
""",
    )
    assert stage.told_peerjs() == [["bytes: file", "bytes: blob", "bytes: a", "bytes: b"], "end"]


MISTAKES = {
    "file.arrayBuffer()": 'PyodideFuture has no place in "binary": await it first',
    "js.window": 'a JavaScript Window has no place in "binary": '
    "send what matters of it, as Python values",
    "create_proxy({})": 'a JavaScript PyProxy has no place in "binary": call .unwrap() first',
    "run_js('new Proxy({}, {get() { throw new Error() }})')": (
        'a JavaScript Object has no place in "binary": call .to_py() first'
    ),
    "run_js('Object.create(null)')": (
        'a JavaScript Object has no place in "binary": call .to_py() first'
    ),
    "run_js('new (class Point {})')": (
        'a JavaScript Point has no place in "binary": send what matters of it, as Python values'
    ),
    "run_js('new TypeError()')": (
        'a JavaScript TypeError has no place in "binary": send what matters of it, as Python values'
    ),
    "run_js('const it = new ArrayBuffer(8); structuredClone(it, {transfer: [it]}); it')": (
        "a JavaScript ArrayBuffer cannot be read: TypeError: "
        "Cannot perform Construct on a detached ArrayBuffer"
    ),
}


@pytest.mark.parametrize("expression", MISTAKES)
def test_what_nothing_carries_is_named_with_what_to_do(expression: str, stage: Stage) -> None:
    found = run(
        stage.python,
        f"""
from pyodide.code import run_js
from pyodide.ffi import create_proxy
file = js.Blob.new()
conn = await me.connect("peerjs")
wrong = {expression}
answers = [await refused(conn.send(value)) for value in (wrong, {{"a": [wrong]}})]
await conn.send("end")
json.dumps(answers)
""",
    )
    words = MISTAKES[expression]
    assert json.loads(found) == [
        f"SerializationError: message: {words}",
        f'SerializationError: message["a"][0]: {words}',
    ]
    assert stage.told_peerjs() == ["end"]


# On a Link

CHANNELS = {
    "kept": "",
    "reliable": ", kept=False",
    "live": ', "live"',
    "bulk": ", bulk=True",
}


@pytest.fixture(scope="module")
def linked(stage: Stage) -> Stage:
    """The two pages of Python have a Link."""
    run(stage.other, "links = Links(me, storage={})\nlinks.start()")
    secret = run(stage.other, "links.invites.issue().secret")
    run(
        stage.python,
        "links = Links(me, storage={})\nlinks.start()\n"
        f"link = await links.connect('other', '{secret}')",
    )
    run(stage.other, "link = await anext(aiter(links))")
    return stage


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_chosen_file_arrives_on_a_channel(kind: str, linked: Stage, notes: Path) -> None:
    linked.choose(notes)
    for page in (linked.python, linked.other):
        run(page, f'channel = link.channel("{kind}"{CHANNELS[kind]})')
    run(linked.python, 'await channel.send({"file": picker.files.item(0), "end": to_js(b".")})')
    arrived = run(linked.other, "shown(await channel.receive())")
    assert json.loads(arrived) == {"file": "bytes: my notes", "end": "bytes: ."}
    assert run(linked.python, "await refused(channel.send([picker]))") == (
        'SerializationError: message[0]: a JavaScript HTMLInputElement has no place in "binary": '
        "send what matters of it, as Python values"
    )
