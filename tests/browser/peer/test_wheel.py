"""The wheel as somebody installs it in a page: Pyodide from its CDN, and micropip."""

from __future__ import annotations

import json
import subprocess
import sys

from cdn import Cdn
from harness import Browsers
from pyodide_page import PRELUDE, peerjs, run
from serving.places import NODE_MODULES, ROOT

INSTALL = """async ([version, wheel]) => {
  const cdn = `https://cdn.jsdelivr.net/pyodide/v${version}/full/`;
  const {loadPyodide} = await import(`${cdn}pyodide.mjs`);
  window.py = await loadPyodide();
  await py.loadPackage("micropip");
  await py.pyimport("micropip").install(wheel);
}"""
CONNECT = """
async with Peer(**broker) as me, me.connect("server") as conn:
    await conn.send("hello")
    answer = await conn.receive()
answer
"""


def test_the_wheel_installs_and_runs_in_pyodide(lab: Browsers) -> None:
    root = lab.site.front.root
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(root)]
    subprocess.run(build, cwd=ROOT, check=True)
    (wheel,) = root.glob("*.whl")
    peerjs(lab, "server")
    lab.watch.sites.append("https://")  # the CDN's stand-in refuses what it must
    page = lab.page()
    cdn = Cdn()
    cdn.serve(page.context)
    page.goto(f"{lab.site.url}pyodide.html")
    version = json.loads((NODE_MODULES / "pyodide" / "package.json").read_text())["version"]
    page.evaluate(INSTALL, [version, f"{lab.site.url}{wheel.name}"])
    assert "site-packages" in run(page, "import peerscript\npeerscript.__file__")
    smoke = (ROOT / "tests" / "smoke.py").read_text()
    page.evaluate("text => py.FS.writeFile('/home/pyodide/smoke.py', text)", smoke)
    run(page, "import smoke\nawait smoke.main()")
    run(page, PRELUDE % lab.site.front.port)
    assert run(page, CONNECT) == "hello"
    assert cdn.refused == []
