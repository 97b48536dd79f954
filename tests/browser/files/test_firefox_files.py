"""A file goes from Firefox to Chromium, and from Chromium to Firefox."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from file_pages import Chromium, Side, connect, file_lab, made, read_back
from firefox import FirefoxPage, firefox

MB = 1_000_000


@pytest.mark.parametrize(
    "size", [20 * MB, pytest.param(200 * MB, marks=pytest.mark.long)], ids=["20 MB", "200 MB"]
)
def test_a_file_goes_there_and_back(
    playwright: Playwright, built: Path, tmp_path: Path, size: int
) -> None:
    with (
        file_lab(playwright, built, tmp_path / "site") as lab,
        firefox(tmp_path / "firefox") as window,
    ):
        chromium = Chromium(lab, "chromium", tmp_path / "chromium")
        other = Side(lab, FirefoxPage(window, f"{lab.site.url}files.html"), "firefox")
        connect(chromium.side, other)
        for giver, taker, name in (
            (chromium.side, other, "from Chromium"),
            (other, chromium.side, "from Firefox"),
        ):
            sent = made(tmp_path / name, size, seed=size)
            if giver is other:
                window.fill("#files", str(tmp_path / name))
            else:
                chromium.choose("files", tmp_path / name)
            for each in (giver, taker):  # also what was given there before, and is done
                each.run("await side.forget()")
            giver.run("await side.give('files')")
            for each in (giver, taker):
                assert each.run("await side.outcome()") == "done"
                assert each.described() == [[name, "done", sent, ""]]
            assert read_back(taker.page) == [sent]
        assert lab.watch.unexpected() == []
