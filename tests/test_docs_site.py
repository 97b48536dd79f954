"""The docs site, as `nox -s docs` builds it: every page is found, and all links lead somewhere."""

from __future__ import annotations

import html
import re
import tomllib
from pathlib import Path

import pytest

from serving.build import _config
from serving.docs import NAVIGATION, _page, sources, write_pages
from serving.places import ROOT

HOME = "https://github.com/someone/peerscript"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("GITHUB_REPOSITORY", "someone/peerscript")
        monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
        write_pages(folder)
    return folder


def links(page: Path) -> set[str]:
    return links_in(page.read_text())


def links_in(page: str) -> set[str]:
    return set(map(html.unescape, re.findall(r'<\w[^>]* (?:href|src)="([^"]*)"', page)))


def ids(page: Path) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', page.read_text()))


def test_every_page_is_in_the_navigation() -> None:
    shown = {page for pages in NAVIGATION.values() for page in pages.values()}
    written = {path.stem for path in sources() if path.parent.name == "docs"}
    assert written - shown == {"index"}
    assert {page for page in shown - written if not page.endswith("/")} == {"decisions/index"}


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    for page in (site / "docs").rglob("*.html"):
        for link in links(page):
            if link.startswith(HOME):
                place = link.removeprefix(f"{HOME}/blob/HEAD/").partition("#")[0]
                assert (ROOT / place).exists(), (page.name, link)
            elif not re.match(r"https?:", link):
                place, _, anchor = link.partition("#")
                found = page.parent / place if place else page
                there = found.resolve().relative_to(site)
                built = there.parts[:1] in [("vendor",), ("reference",), ()]  # by other sessions
                assert built or found.exists() or (ROOT / there).exists(), (page.name, link)
                if anchor and found.is_file():
                    assert anchor in ids(found), (page.name, link)


def test_code_is_shown_as_it_is_to_be_typed(site: Path) -> None:
    page = (site / "docs" / "tutorial.html").read_text()
    shown = html.unescape(re.sub(r"</?span[^>]*>", "", page))
    text = (ROOT / "docs" / "tutorial.md").read_text()
    for block in re.findall(r"^```\w+\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        assert block in shown


def test_no_page_asks_a_third_party_or_has_a_script_of_its_own(site: Path) -> None:
    for page in (site / "docs").rglob("*.html"):
        text = page.read_text()
        assert "Content-Security-Policy" in text
        assert not re.search(r'<(?:script|link|img)[^>]*(?:src|href)="https?:', text), page.name
        assert not re.search(r"<script[^>]*>[^<]", text)
        assert ("<script" in text) == (page.name == "live.html")


def test_the_built_page_leads_to_the_site_beside_it(tmp_path: Path) -> None:
    settings = tmp_path / "pyscript.toml"
    settings.write_text(_config((ROOT / "pyscript.toml").read_text()))
    assert "page" not in tomllib.loads(settings.read_text()), (
        "built alone, it has no site beside it"
    )
    for _ in range(2):  # the site alone is built again
        write_pages(tmp_path)
        address = tomllib.loads(settings.read_text())["page"]["docs"]
        assert (tmp_path / address / "index.html").is_file()
    settings.write_text('[page]\ndocs = "https://example.org/"\n')
    write_pages(tmp_path)
    assert tomllib.loads(settings.read_text()) == {"page": {"docs": "https://example.org/"}}


def test_where_no_repository_is_named_nothing_leads_to_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    page = _page("# Words\n\nSee [the rules](../CONTRIBUTING.md#speed).", "docs/words.html", {})
    assert "See <a>the rules</a>." in page
    assert not any("CONTRIBUTING" in link for link in links_in(page))
