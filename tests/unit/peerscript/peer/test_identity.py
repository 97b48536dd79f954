"""A tab is the same after a reload, and another one when it is duplicated."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from peerscript.peer.identity import NAME, page_identity
from peerscript.testing import MemoryNetwork


class Browser(MemoryNetwork):
    """Tabs of one browser: what one has claimed is claimed for as long as it is open."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.claimed: set[str] = set()

    def storage(self) -> dict[str, str]:
        return self.kept

    async def claim(self, name: str) -> bool:
        free = name not in self.claimed
        self.claimed.add(name)
        return free


async def test_a_new_tab_makes_up_who_it_is() -> None:
    browser = Browser()
    me = await page_identity(browser)
    assert me.new
    assert re.fullmatch("[0-9a-f]{16}", me.id)
    assert re.fullmatch("[0-9a-f]{32}", me.token)
    assert browser.claimed == {f"peerscript/{me.id}"}


async def test_a_reload_takes_it_back() -> None:
    browser = Browser()
    me = await page_identity(browser)
    browser.kept["peerscript/session/bob"] = "known"
    browser.claimed.clear()  # the page is gone, and its locks with it
    assert await page_identity(browser) == replace(me, new=False)
    assert "peerscript/session/bob" in browser.kept


async def test_a_duplicated_tab_is_another_and_forgets_its_copies() -> None:
    first, second = Browser(), Browser()
    me = await page_identity(first)
    first.kept |= {"peerscript/session/bob": "known", "peerscript/messages/bob/1/1": "hello"}
    second.kept = {**first.kept, "not ours": "stays"}
    second.claimed = first.claimed
    other = await page_identity(second)
    assert other.id != me.id
    assert other.token != me.token
    assert set(second.kept) == {NAME, "not ours"}
    assert len(first.kept) == 3
    second.claimed = set()
    assert other.new
    assert await page_identity(second) == replace(other, new=False)


async def test_a_full_storage_is_no_reason_not_to_begin(caplog: pytest.LogCaptureFixture) -> None:
    class Full(dict[str, str]):
        def __setitem__(self, name: str, value: str) -> None:
            raise OSError("QuotaExceededError")

    browser = Browser()
    browser.kept = Full()
    assert (await page_identity(browser)).id
    assert "another ID" in caplog.text
