"""Fixtures: the built page, served; and browsers that must not complain."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

import snapshots
from harness import (
    PAGES,
    Browsers,
    Site,
    build_with_library,
    running_broker,
    served,
    shown_by_pages,
    watched,
)
from serving.node import packages
from serving.peerserver import PeerServer
from serving.places import CACHE, ROOT

# Three browsers starting on two cores can take longer than the 5 s that Playwright waits.
expect.set_options(timeout=20_000)


BUILT = CACHE / "test-dist"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, unless it is asked for: `-m long`."""
    if "long" not in str(config.getoption("markexpr")):
        slow = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where several processes share the tests, the page is built by the one that starts them."""
    if session.config.getoption("numprocesses", None):
        build_with_library(BUILT)
        if not snapshots.is_made(BUILT):
            make_snapshot(BUILT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a failure stands what the open pages showed then."""
    report = yield
    if report.failed:
        report.sections.append(("pages", "\n".join(shown_by_pages())))
    return report


def make_snapshot(built: Path) -> None:
    """Make the one from which the tests' pages start."""
    with (
        tempfile.TemporaryDirectory() as profile,
        sync_playwright() as running,
        served(built) as site,
        watched(running, site) as browsers,
    ):
        page = browsers.ready(profile=Path(profile))
        snapshots.keep(page, built)


@pytest.fixture(scope="session")
def built() -> Path:
    """The built page."""
    return BUILT if "PYTEST_XDIST_WORKER" in os.environ else build_with_library(BUILT)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """What a module's tests left open is an error of that module, and not of a later one."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def broker() -> Iterator[PeerServer]:
    """One PeerServer for all pages with the app, whose IDs are random."""
    with running_broker() as broker:
        yield broker


@pytest.fixture
def site(built: Path, broker: PeerServer) -> Iterator[Site]:
    """The built page, served."""
    with served(built, broker=broker) as site:
        yield site


@pytest.fixture
def browsers(playwright: Playwright, site: Site) -> Iterator[Browsers]:
    """Browser processes; a console error, exception or third-party request fails the test."""
    with watched(playwright, site) as browsers:
        yield browsers


@pytest.fixture
def unbuilt(playwright: Playwright) -> Iterator[Browsers]:
    """Browsers of the un-built page; the CDN is on this machine."""
    packages()
    with served(ROOT) as site, watched(playwright, site) as browsers:
        browsers.watch.sites.append("https://")  # the CDN's stand-in refuses what it must
        yield browsers


@pytest.fixture
def lab_folder(built: Path, tmp_path: Path) -> Path:
    """The built page's parts, with a page that has no app in it."""
    root = tmp_path / "site"
    shutil.copytree(built, root, symlinks=True)
    shutil.copy(PAGES / "pyodide.html", root)
    return root


@pytest.fixture
def lab(playwright: Playwright, lab_folder: Path) -> Iterator[Browsers]:
    """That folder's page, served with a broker of its own."""
    with served(lab_folder) as site, watched(playwright, site) as browsers:
        yield browsers
