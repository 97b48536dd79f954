"""A deck that opens or is saved while another one is chosen, or the talk ended."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.slides import DeckSource


def shows(app: Any, name: str) -> bool:
    """Whether a page's screen has the deck of this name."""
    return app.screen.source is not None and app.screen.source.name == name


@pytest.mark.parametrize("first", [b"5", b"no deck"])
async def test_a_deck_chosen_while_another_opens(apps: Any, wait: Any, first: bytes) -> None:
    alice, _ = apps
    alice.screen.slow.clear()
    alice.slides._present(DeckSource("markdown", "first.md", first))
    alice.slides._present(DeckSource("markdown", "second.md", b"2"))
    await wait(lambda: alice.screen.words == "Opening the deck")
    alice.screen.slow.set()
    await wait(lambda: alice.presenter_panel.view)
    assert alice.presenter_panel.view.title == "second.md"
    assert not alice.screen.words
    assert not alice.notices.problems


async def test_a_deck_that_opens_while_the_talk_is_ended_is_no_problem(
    apps: Any, present: Any, wait: Any
) -> None:
    alice, _ = apps
    await present(alice)
    alice.screen.slow.clear()
    alice.slides._present(DeckSource("markdown", "late.md", b"5"))
    await wait(lambda: alice.screen.words == "Opening the deck")
    alice.slides.stop()
    await wait(lambda: alice.presenter_panel.view is None)
    alice.screen.slow.set()
    await wait(lambda: not alice.screen.words)
    assert alice.screen.deck is None
    assert alice.notices.problems == []


class Saving(asyncio.Event):
    """While it is cleared, no deck is saved, or none of one name.

    Attributes:
        alone: that name; "" for all.
    """

    alone = ""


@pytest.fixture
def saving(apps: Any, monkeypatch: pytest.MonkeyPatch) -> Saving:
    store, free = apps[0].presenting._store, Saving()
    save = store.save

    async def slow(key: str, source: DeckSource, *given: Any) -> None:
        if free.alone in ("", source.name):
            await free.wait()
        await save(key, source, *given)

    monkeypatch.setattr(store, "save", slow)
    free.set()
    return free


async def test_a_deck_that_is_saved_while_the_talk_is_ended_is_not_presented(
    apps: Any, present: Any, wait: Any, saving: Saving
) -> None:
    alice, _ = apps
    await present(alice)
    saving.clear()
    late = asyncio.create_task(alice.presenting.present(DeckSource("markdown", "late.md", b"5")))
    await wait(lambda: shows(alice, "late.md"))
    alice.slides.stop()
    await wait(lambda: alice.presenting.presenter is None)
    saving.set()
    await wait(lambda: late.done() or alice.presenting.presenter)
    assert alice.decks == {}
    assert alice.presenting.presenter is None
    assert alice.presenter_panel.view is None


async def test_a_deck_that_is_saved_while_another_is_chosen_is_not_presented(
    apps: Any, present: Any, wait: Any, saving: Saving
) -> None:
    alice, _ = apps
    await present(alice)
    saving.clear()
    alice.slides._present(DeckSource("markdown", "first.md", b"5"))
    await wait(lambda: shows(alice, "first.md"))
    alice.slides._present(DeckSource("markdown", "second.md", b"2"))
    await wait(lambda: shows(alice, "second.md"))
    saving.set()
    await wait(lambda: alice.presenter_panel.view.title == "second.md")
    await wait(lambda: alice.presenting.presenter.state.total == 2)
    assert alice.decks["alice"].name == "second.md"


async def test_a_deck_that_takes_longer_to_save_than_the_next_one_is_not_kept(
    apps: Any, present: Any, wait: Any, saving: Saving
) -> None:
    alice, _ = apps
    await present(alice)
    saving.clear()
    saving.alone = "large.md"
    large = asyncio.create_task(alice.presenting.present(DeckSource("markdown", "large.md", b"5")))
    await wait(lambda: shows(alice, "large.md"))
    alice.slides._present(DeckSource("markdown", "small.md", b"2"))
    await wait(lambda: shows(alice, "small.md"))
    await asyncio.sleep(1)
    saving.set()
    await large
    await wait(lambda: alice.presenting.presenter.state.total == 2)
    assert alice.decks["alice"].name == "small.md"


async def test_the_deck_before_is_being_shown_again_when_the_talk_ends(
    apps: Any, present: Any, wait: Any, caplog: pytest.LogCaptureFixture
) -> None:
    alice, _ = apps
    await present(alice)
    alice.screen.slow.clear()
    showing = asyncio.create_task(alice.presenting._restore_previous())
    await asyncio.sleep(0)
    alice.slides.stop()
    await wait(lambda: alice.presenter_panel.view is None)
    alice.screen.slow.set()
    await showing
    assert caplog.text == ""


async def test_the_deck_before_cannot_be_shown_again_either(
    apps: Any, present: Any, wait: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The host of the page has gone, say."""
    alice, _ = apps
    await present(alice)
    alice.screen.total = 0
    alice.presenting._source = DeckSource("markdown", "gone.md", b"gone")
    alice.slides._present(DeckSource("markdown", "rubbish.md", b"\0"))
    await wait(lambda: alice.notices.problems and not alice.screen.words)
    assert alice.notices.problems == ["rubbish.md is no deck"]
    assert "gone.md is no deck" in caplog.text
    alice.slides._present(DeckSource("markdown", "third.md", b"3"))
    await wait(lambda: alice.presenter_panel.view.title == "third.md")


async def test_a_deck_that_opens_while_the_talk_is_ended_keeps_no_other_waiting(
    apps: Any, come_by: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _ = apps
    listener = await come_by("listener", "watch")
    store = alice.presenting._store
    save, forget = store.save, store.forget

    async def slow_save(*given: Any) -> None:
        await asyncio.sleep(1)
        await save(*given)

    async def slow_forget(*given: Any) -> None:
        await asyncio.sleep(5)
        await forget(*given)

    monkeypatch.setattr(store, "save", slow_save)
    monkeypatch.setattr(store, "forget", slow_forget)
    alice.slides._present(DeckSource("markdown", "late.md", b"3"))
    await wait(lambda: shows(alice, "late.md"))
    alice.slides.stop()
    await asyncio.sleep(2)
    alice.slides._present(DeckSource("markdown", "last.md", b"2"))
    await wait(lambda: alice.presenter_panel.view and alice.presenter_panel.view.total == 2)
    assert alice.presenter_panel.view.title == "last.md"
    assert alice.decks["alice"].name == "last.md"
    await wait(lambda: shows(listener, "last.md"))
