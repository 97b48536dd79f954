"""The package as an index and pip see it: what it says, what it holds, and that it runs."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import venv
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import peerscript
from serving.places import ROOT

HOME = "https://github.com/someone/peerscript"
# Beyond the repository: what else the index's page may lead to.
ELSEWHERE = {"https://peerjs.com/"}


def run(*command: object, cwd: Path = ROOT, repository: str | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment.pop("GITHUB_REPOSITORY", None)
    environment.pop("GITHUB_SERVER_URL", None)
    if repository:
        environment["GITHUB_REPOSITORY"] = repository
    ran = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def build(target: Path, *what: str, cwd: Path = ROOT, repository: str | None = None) -> None:
    run(
        sys.executable,
        "-m",
        "hatchling",
        "build",
        *what,
        "-d",
        target,
        cwd=cwd,
        repository=repository,
    )


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def page(wheel: Path) -> str:
    """What the index shows."""
    words = metadata(wheel).get_payload(decode=True)
    assert isinstance(words, bytes)
    return words.decode()


def links(text: str) -> list[str]:
    return re.findall(r"\]\(([^)]*)\)", text)


def python_blocks(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel, built as GitHub's workflows would."""
    folder = tmp_path_factory.mktemp("published")
    build(folder, repository="someone/peerscript")
    return folder


@pytest.fixture(scope="module")
def wheel(published: Path) -> Path:
    return only(published, "*.whl")


def test_an_index_would_take_both(published: Path) -> None:
    told = run(sys.executable, "-m", "twine", "check", "--strict", *published.iterdir())
    assert told.count("PASSED") == 2


def test_what_it_says_of_itself(wheel: Path) -> None:
    told = metadata(wheel)
    assert told["Version"] == peerscript.__version__
    assert told["Author"] == "The PeerScript authors"
    assert told["License-Expression"] == "MIT"
    assert "webrtc" in told["Keywords"].split(",")
    assert {"Framework :: AsyncIO", "Typing :: Typed"} <= set(told.get_all("Classifier", []))
    assert "Programming Language :: Python :: 3.11" in told.get_all("Classifier", [])
    assert not told.get_all("Requires-Dist")
    urls = dict(line.split(", ") for line in told.get_all("Project-URL", []))
    assert urls == {
        "Repository": HOME,
        "Documentation": f"{HOME}/blob/HEAD/README.md",
        "Changelog": f"{HOME}/blob/HEAD/CHANGELOG.md",
        "Issues": f"{HOME}/issues",
    }


def test_the_links_of_the_indexs_page_resolve(wheel: Path) -> None:
    shown = links(page(wheel))
    inside = [link.removeprefix(f"{HOME}/blob/HEAD/") for link in shown if link.startswith(HOME)]
    assert len(inside) >= 5
    assert [place for place in inside if not (ROOT / place).exists()] == []
    assert {link for link in shown if not link.startswith(HOME)} == ELSEWHERE


def test_where_no_repository_is_named_nothing_leads_to_one(tmp_path: Path) -> None:
    build(tmp_path, "-t", "wheel")
    wheel = only(tmp_path, "*.whl")
    assert metadata(wheel).get_all("Project-URL") is None
    assert set(links(page(wheel))) == ELSEWHERE
    assert "Every name has\n  its twin, and" in page(wheel)


def test_the_examples_of_the_indexs_page_are_the_readmes_which_run(wheel: Path) -> None:
    shown = python_blocks(page(wheel))
    assert shown
    assert shown == python_blocks((ROOT / "README.md").read_text())[: len(shown)]


def test_the_wheel_has_the_library_and_nothing_else(wheel: Path) -> None:
    library = ROOT / "py" / "peerscript"
    wanted = {
        str(path.relative_to(library.parent))
        for path in [*library.rglob("*.py"), library / "py.typed"]
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name for name in names if ".dist-info/" not in name} == wanted
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_sdist_builds_the_same_wheel(published: Path, wheel: Path, tmp_path: Path) -> None:
    run("tar", "-xzf", only(published, "*.tar.gz"), "-C", tmp_path)
    build(tmp_path / "built", "-t", "wheel", cwd=only(tmp_path, "peerscript-*"))
    assert only(tmp_path / "built", "*.whl").read_bytes() == wheel.read_bytes()


def test_the_wheel_runs_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "environment"
    venv.create(fresh)
    python = fresh / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel)
    # -I: neither this folder nor the script's nor PYTHONPATH is where modules are found.
    told = run(python, "-I", ROOT / "tests" / "smoke.py", cwd=tmp_path)
    assert Path(told.strip()).is_relative_to(fresh)
