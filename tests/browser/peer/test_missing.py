"""What the page lacks is told, with what to do: PeerJS, a new enough one, a page at all."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from harness import Browsers
from peerscript.ports.support import PEERJS_TAG
from pyodide_page import PRELUDE, START, run
from serving.node import node
from serving.places import NODE_MODULES

ATTEMPT = """
import inspect, json
from peerscript import Peer, media, supports
from peerscript.peer.connectivity import check_connectivity
told = {}
async def attempt(name, begin):
    try:
        begun = begin()
        if inspect.isawaitable(begun):
            await begun
    except Exception as error:
        told[name] = f"{type(error).__name__}: {error}"
    else:
        told[name] = "nothing"
"""
MEDIA = """
await attempt("camera", media.get_user_media)
await attempt("screen", media.get_display_media)
await attempt("devices", media.devices)
json.dumps(told)
"""
# Everything that begins with the page. What each raises, as one text.
EVERYTHING = f"""{ATTEMPT}
await attempt("Peer", lambda: Peer("me").start())
await attempt("supports", supports)
await attempt("connectivity", lambda: check_connectivity(timeout=1))
{MEDIA}"""
OF_PEERJS = ("Peer", "supports", "connectivity")

IN_A_WORKER = """([code]) => new Promise((resolve, reject) => {
  const program = `
    import {loadPyodide} from "${location.origin}/vendor/pyodide/pyodide.mjs";
    const py = await loadPyodide();
    py.unpackArchive(await (await fetch("${location.origin}/app.zip")).arrayBuffer(), "zip");
    postMessage(await py.runPythonAsync(${JSON.stringify(code)}));`;
  const url = URL.createObjectURL(new Blob([program], {type: "text/javascript"}));
  const worker = new Worker(url, {type: "module"});
  worker.onmessage = (event) => resolve(event.data);
  worker.onerror = (event) => reject(new Error(event.message));
})"""
IN_NODE = """
import {readFileSync} from "node:fs";
const [pyodide, archive, code] = process.argv.slice(-3);
const {loadPyodide} = await import(pyodide);
const py = await loadPyodide();
py.unpackArchive(new Uint8Array(readFileSync(archive)), "zip");
console.log(await py.runPythonAsync(code));
"""


def page_with(lab: Browsers, folder: Path, *scripts: str) -> Page:
    """A page of plain Pyodide with these scripts."""
    (folder / "with.html").write_text(
        "\n".join(('<!doctype html><link rel="icon" href="data:,">', *scripts))
    )
    page = lab.page()
    page.goto(f"{lab.site.url}with.html")
    page.evaluate(START)
    return page


@pytest.mark.parametrize(
    ("scripts", "words"),
    [
        ((), "PeerJS is not loaded in this page. Put this"),
        (
            ("<script>class Peer {}; window.Peer = Peer</script>",),
            "PeerJS is not loaded in this page (its Peer is something else). Put this",
        ),
        (
            ("<script>window.peerjs = {Peer: class {}, util: {}}</script>",),
            "PeerJS is not loaded in this page (its peerjs is something else). Put this",
        ),
        (
            ('<script src="old.js"></script>',),
            "this page's PeerJS is too old: PeerScript needs 1.5 or newer. Replace its script tag",
        ),
    ],
    ids=["no script", "another Peer", "another peerjs", "an old PeerJS"],
)
def test_peerjs_is_missing_or_old(
    lab: Browsers, lab_folder: Path, scripts: tuple[str, ...], words: str
) -> None:
    shutil.copy(NODE_MODULES / "peerjs-old" / "dist" / "peerjs.min.js", lab_folder / "old.js")
    page = page_with(lab, lab_folder, *scripts)
    told = json.loads(run(page, EVERYTHING))
    for name in OF_PEERJS:
        assert told[name].startswith(f"BrowserUnsupported: {words}"), told
        assert told[name].endswith(PEERJS_TAG)
    assert told["camera"] == "nothing"


def test_something_else_named_peer_is_in_nobody_s_way(lab: Browsers, lab_folder: Path) -> None:
    page = page_with(
        lab,
        lab_folder,
        '<script src="/vendor/peerjs/dist/peerjs.min.js"></script>',
        "<script>window.Peer = class Pear {}</script>",
    )
    run(page, PRELUDE % lab.site.front.port)
    assert run(page, 'async with Peer("me", **broker) as me:\n    found = me.id\nfound') == "me"


def test_a_web_worker_is_no_page(lab: Browsers) -> None:
    page = lab.page()
    page.goto(f"{lab.site.url}pyodide.html")
    told = json.loads(page.evaluate(IN_A_WORKER, [EVERYTHING]))
    for words in told.values():
        assert words.startswith("BrowserUnsupported: Python runs in a web worker here"), told
        assert "Run it in the page (main thread)" in words
        assert '<script type="py" worker>' in words


def test_node_is_no_page(built: Path) -> None:
    pyodide = NODE_MODULES / "pyodide" / "pyodide.mjs"
    program = [node(), "--input-type=module", "-e", IN_NODE, "--"]
    given = [str(pyodide), str(built / "app.zip"), EVERYTHING]
    done = subprocess.run([*program, *given], capture_output=True, text=True, check=True)
    for words in json.loads(done.stdout.splitlines()[-1]).values():
        assert words.startswith("BrowserUnsupported: there is no page here")


def test_a_page_on_http_gets_neither_camera_nor_screen(lab: Browsers) -> None:
    page = lab.page()
    site = f"http://page.test:{lab.site.front.port}"
    lab.watch.sites.append(site)
    page.goto(f"{site}/pyodide.html")
    page.evaluate(START)
    told = json.loads(run(page, ATTEMPT + MEDIA))
    for name in ("camera", "screen", "devices"):
        assert told[name].startswith("InsecurePage: browsers give "), told
        assert f"{site}: open it at an https:// address" in told[name]


# As phones' and tablets' browsers have it, and a browser whose owner switched cameras off.
@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("MediaDevices.prototype, 'getDisplayMedia'", {"screen": "shares no screens"}),
        (
            "Navigator.prototype, 'mediaDevices'",
            {"screen": "no screens, or", "camera": "no cameras, or", "devices": "no cameras, or"},
        ),
    ],
)
def test_a_browser_without(lab: Browsers, lacking: str, words: dict[str, str]) -> None:
    page = lab.page()
    page.add_init_script(f"Reflect.deleteProperty({lacking})")
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(START)
    told = json.loads(run(page, ATTEMPT + MEDIA))
    for name, part in words.items():
        assert told[name].startswith("MediaError: "), told
        assert part in told[name]


OTHER_CAMERA = """
async with asyncio.timeout(30):
    await attempt("camera", lambda: media.get_user_media(video={"deviceId": {"exact": "none"}}))
json.dumps(told)
"""


def test_a_camera_that_is_not_there_is_told(lab: Browsers) -> None:
    page = lab.page()
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(START)
    told = json.loads(run(page, "import asyncio\n" + ATTEMPT + OTHER_CAMERA))
    assert told["camera"].startswith("MediaNotFound: ")  # of an OverconstrainedError


NO_STREAMS = """
import js
from peerscript.errors import PeerScriptError
stream = await media.get_user_media()
asked = media.get_user_media()
wrong = {
    "coroutine": asked,
    "PyodideFuture": js.Promise.resolve(stream),
    "MediaStreamTrack": stream.getTracks()[0],
    "HTMLVideoElement": js.document.createElement("video"),
    "str": "camera",
}
told = {}
async with Peer("callee", **broker) as callee, Peer("caller", **broker) as caller:
    ringing = await caller.call("callee", stream)
    incoming = await anext(callee.calls())
    for name, value in wrong.items():
        for what in (caller.call("callee", value), incoming.answer(value)):
            try:
                await what
            except TypeError as error:
                told.setdefault(name, []).append(str(error))
    await incoming.answer(stream)  # a mistake has not ended it
    answered = await ringing.answered() is not None
asked.close()
json.dumps([told, answered])
"""


def test_a_call_sends_a_stream_or_says_what_would_be_one(lab: Browsers) -> None:
    page = lab.page()
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(START)
    run(page, PRELUDE % lab.site.front.port + "import json")
    told, answered = json.loads(run(page, NO_STREAMS))
    instead = {
        "coroutine": "put `await` before it",
        "PyodideFuture": "put `await` before it",
        "MediaStreamTrack": "js.MediaStream.new([track])",
        "HTMLVideoElement": "video.srcObject",
        "str": "`await media.get_user_media()` gives one",
    }
    assert set(told) == set(instead)
    for name, (at_call, at_answer) in told.items():
        assert at_call == at_answer
        assert at_call.startswith(f"a call sends a MediaStream, and was given {name}: ")
        assert instead[name] in at_call
    assert answered
