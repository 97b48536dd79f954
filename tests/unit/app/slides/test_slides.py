"""What a person may present: a file, a page elsewhere, the sample."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.slides.slides import SAMPLE


async def test_the_sample_is_there_at_once(apps: Any, wait: Any) -> None:
    alice, _ = apps
    alice.files_beside[SAMPLE] = b"# One\n\n---\n\n# Two\n"
    alice.screen.total = 2
    alice.slides.open_sample()
    await wait(lambda: alice.screen.source)
    assert alice.screen.source.format == "markdown"
    await wait(lambda: alice.slides.doing == "the presentation is over")
    alice.slides.stop()
    await wait(lambda: not alice.slides.doing)


async def test_a_sample_that_cannot_be_had(apps: Any, wait: Any) -> None:
    alice, _ = apps
    alice.slides.open_sample()
    await wait(lambda: alice.notices.problems)
    assert "sample deck could not be loaded" in alice.notices.problems[0]


async def test_a_file(apps: Any, source: Any, wait: Any) -> None:
    alice, _ = apps
    alice.screen.total = 1
    alice.slides.open_file(source("talk.md", b"# One", "text/markdown"))
    await wait(lambda: alice.screen.source)
    assert (alice.screen.source.name, alice.screen.source.data) == ("talk.md", b"# One")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00rubbish"])
async def test_a_file_that_is_no_deck(apps: Any, source: Any, wait: Any, content: bytes) -> None:
    alice, _ = apps
    alice.slides.open_file(source("talk.md", content, "text/markdown"))
    await wait(lambda: alice.notices.problems)
    assert alice.presenter_panel.view is None


async def test_a_page_elsewhere(apps: Any, wait: Any) -> None:
    alice, _ = apps
    alice.screen.total = 1
    alice.slides.open_url("https://example.org/deck.html")
    await wait(lambda: alice.screen.source)
    assert alice.screen.source.format == "url"
    alice.slides.open_url("javascript:alert(1)")
    assert alice.notices.problems


async def test_controls_without_a_talk_do_nothing(apps: Any) -> None:
    alice, _ = apps
    alice.slides.next()
    alice.slides.previous()
    alice.slides.blacken(True)
    alice.assign("bob", "remote")
    assert alice.presenter_panel.view is None
    assert not alice.screen.dark


async def test_what_is_chosen_last_is_shown_though_the_one_before_loads_longer(
    apps: Any, source: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _ = apps
    alice.screen.total = 1
    loaded = asyncio.Event()

    async def fetch(_: str) -> bytes:
        await loaded.wait()
        return b"# Sample"

    monkeypatch.setattr(alice.slides, "_fetch", fetch)
    alice.slides.open_sample()
    alice.slides.open_file(source("talk.md", b"# One", "text/markdown"))
    await wait(lambda: alice.screen.source)
    loaded.set()
    await asyncio.sleep(1)
    assert alice.screen.source.name == "talk.md"
    assert alice.presenter_panel.view.title == "talk.md"


async def test_what_is_still_read_when_the_talk_is_ended_is_not_shown(
    apps: Any, present: Any, source: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _ = apps
    await present(alice)
    large, may_be_read = source("large.md", b"5", "text/markdown"), asyncio.Event()
    read = large.read

    async def slowly(*part: int) -> bytes:
        await may_be_read.wait()
        return bytes(await read(*part))

    monkeypatch.setattr(large, "read", slowly)
    alice.slides.open_file(large)
    await asyncio.sleep(1)
    alice.slides.stop()
    await wait(lambda: alice.presenter_panel.view is None)
    may_be_read.set()
    await asyncio.sleep(1)
    assert alice.presenter_panel.view is None
    assert alice.screen.deck is None


async def test_a_deck_that_was_shown_is_chosen_again(apps: Any, source: Any, wait: Any) -> None:
    alice, _ = apps
    alice.files_beside[SAMPLE] = b"5"
    alice.slides.open_sample()
    await wait(lambda: alice.presenter_panel.view)
    assert await alice.recent.all() == []  # the sample is there anyway
    alice.slides.open_file(source("talk.md", b"7", "text/markdown"))
    await wait(lambda: alice.presenter_panel.view.title == "talk.md")
    (deck,) = await alice.recent.all()
    assert deck.name == "talk.md"
    alice.slides.stop()
    await wait(lambda: alice.presenter_panel.view is None)
    alice.slides.open_recent(deck.key)
    await wait(lambda: alice.presenter_panel.view)
    assert alice.presenter_panel.view.total == 7


async def test_a_deck_that_the_browser_has_removed(apps: Any, wait: Any) -> None:
    alice, _ = apps
    alice.slides.open_recent("gone")
    await wait(lambda: alice.notices.problems)
    assert "open its file" in alice.notices.problems[0]
