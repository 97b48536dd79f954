"""The page's stage, for tests of decks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from deck_lab import deck_lab
from harness import Browsers
from pyodide_page import run


@pytest.fixture(scope="module")
def the_lab(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Browsers, Page]]:
    """The page's stage, for tests of decks."""
    with deck_lab(playwright, built, tmp_path_factory.mktemp("decks") / "site") as lab:
        yield lab


@pytest.fixture
def page(the_lab: tuple[Browsers, Page]) -> Iterator[Page]:
    """That page, which must not complain."""
    browsers, page = the_lab
    with browsers.watch.checked():
        yield page
        run(page, "stage.close()\nstage.cover('')\nstage.on_turned = on_turned")
    assert run(page, 'found, problems[:] = "\\n".join(problems), []\nfound') == ""


@pytest.fixture
def watch(the_lab: tuple[Browsers, Page]) -> list[str]:
    """Parts of complaints that a test is about."""
    return the_lab[0].watch.expected
