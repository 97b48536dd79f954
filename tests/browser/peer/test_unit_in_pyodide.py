"""The unit tests of pure code, in the interpreter that users run."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path

from harness import Browsers
from pyodide_page import START
from serving.places import ROOT

# What pytest is made of; all of it is pure Python.
PYTEST = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments")
PROTOCOL = ROOT / "tests" / "unit" / "peerscript" / "protocol"
# Tests that await nothing and draw no examples: no plugin is needed for them.
PURE = [
    *(
        str(path.relative_to(ROOT))
        for path in sorted(PROTOCOL.rglob("test_*.py"))
        if "hypothesis" not in path.read_text()
    ),
    *(f"tests/unit/peerscript/test_{name}.py" for name in ("errors", "options")),
    *(
        f"tests/unit/app/{name}.py"
        for name in (
            "test_faults",
            "test_units",
            "connection/test_invite",
            "connection/test_settings",
        )
    ),
]

RUN = """
import os, sys
os.chdir("/home/pyodide/suite")
sys.path[:0] = [os.path.abspath(each) for each in ("packages", ".", "py")]
import pytest

class Count:
    def __init__(self):
        self.outcomes = {}
        self.failures = []
    def pytest_collectreport(self, report):
        if report.failed:
            self.failures.append(f"{report.nodeid}: {report.longreprtext[-600:]}")
    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.failed:
            self.outcomes[report.outcome] = self.outcomes.get(report.outcome, 0) + 1
        if report.failed:
            self.failures.append(f"{report.nodeid}: {report.longreprtext[-600:]}")

count = Count()
code = pytest.main(
    ["-q", "-p", "no:cacheprovider", "--noconftest", "--import-mode=importlib", "-c", "empty.ini",
     *%r], plugins=[count]
)
import json
json.dumps({"code": int(code), "version": list(sys.version_info[:2]), "platform": sys.platform,
            "outcomes": count.outcomes, "failures": count.failures})
"""


def suite(target: Path) -> None:
    """Pack pytest, the tests and the sources, whose docstrings are tested, for the browser."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("empty.ini", "[pytest]\n")
        for name in PYTEST:
            spec = importlib.util.find_spec(name)
            assert spec is not None
            assert spec.origin is not None
            package = Path(spec.origin).parent
            for path in package.rglob("*.py"):
                archive.write(path, Path("packages") / path.relative_to(package.parent))
        archive.write(package.parent / "py.py", "packages/py.py")  # pytest's, a lone file
        for folder in ("tests/unit", "py"):
            for path in (ROOT / folder).rglob("*.py"):
                archive.write(path, path.relative_to(ROOT))


def test_pure_code_in_the_browsers_own_python(lab: Browsers) -> None:
    suite(lab.site.front.root / "suite.zip")
    page = lab.page()
    page.goto(f"{lab.site.url}pyodide.html")
    page.evaluate(START)
    page.evaluate(
        """async () => {
          const suite = await (await fetch("/suite.zip")).arrayBuffer();
          py.unpackArchive(suite, "zip", {extractDir: "/home/pyodide/suite"});
        }"""
    )
    result = page.evaluate("async (code) => JSON.parse(await py.runPythonAsync(code))", RUN % PURE)
    assert result["failures"] == []
    assert result["code"] == 0
    assert result["outcomes"]["passed"] > 200
    assert (result["platform"], result["version"]) == ("emscripten", [3, 14])
