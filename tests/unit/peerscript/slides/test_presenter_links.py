"""What goes to participants: decks on their way, and Links that break, end, or carry more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.errors import LinkMisused
from peerscript.protocol.slides.messages import Position
from peerscript.slides import DeckSource, Presenter, Role, SlideText

# Decks on their way


async def test_another_deck(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    await ann.viewer.goto(4)
    await wait(lambda: ann.viewer.state.slide == 4)
    other = type(hall.deck)(total=2)
    hall.show.show(other, DeckSource("html", "other.html", b"<p>"))
    await wait(lambda: ann.viewer.source and ann.viewer.source.name == "other.html")
    await wait(lambda: ann.viewer.state == Position(1, 0, 0, 2, False))
    await wait(lambda: len(ann.viewer.slides) == 2)


async def test_slides_that_are_described_late(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    hall.deck.slides = [SlideText(f"Late {n}") for n in range(5)]
    hall.show.update()
    await wait(lambda: ann.viewer.slides[4].title == "Late 4")


async def test_a_deck_with_nothing_to_show_is_turned_all_the_same(network: Any, hall: Any) -> None:
    class Plain:
        next = previous = goto = None
        state = hall.deck.state

    async with Presenter(Plain()) as show:  # type: ignore[arg-type]
        assert show.state == Position(1, 0, 0, 5, False)


async def test_a_deck_that_grows(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.FOLLOWER)
    hall.deck.total = 9
    hall.show.update()
    await wait(lambda: ann.viewer.state == Position(1, 0, 0, 9, False))


async def test_titles_and_notes_that_no_word_can_hold(hall: Any, wait: Any) -> None:
    """A deck from anywhere may have any."""
    hall.deck.slides[0] = SlideText("\ud800", "\x01" * 20_000)
    hall.deck.slides[1] = SlideText("Two", "half a pair: \ud83d")
    hall.show.show(hall.deck, DeckSource("pdf", "\udfff.pdf", b"x" * 50_000))
    ann = await hall.sit("ann", Role.REMOTE)
    assert ann.viewer.slides[1] == SlideText("Two", "half a pair: \ufffd")
    assert ann.viewer.source.name == "\ufffd.pdf"


async def test_a_large_deck_leaves_room_for_a_turn(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.FOLLOWER)
    hall.show.show(hall.deck, DeckSource("pdf", "talk.pdf", b"x" * 5_000_000))
    await wait(lambda: ann.viewer.progress[0] > 1_000_000)
    hall.show.next()
    await wait(lambda: ann.viewer.state.step == 1)
    assert ann.viewer.progress[0] < 4_000_000
    await wait(lambda: ann.viewer.source)


async def test_a_large_deck_arrives_over_broken_paths(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.FOLLOWER)
    hall.show.show(hall.deck, DeckSource("pdf", "talk.pdf", bytes(range(256)) * 8_000))
    for arrived in (200_000, 700_000, 1_200_000):
        await wait(lambda arrived=arrived: ann.viewer.progress[0] > arrived)
        hall.network.cut()
    await wait(lambda: ann.viewer.source)
    assert ann.viewer.source.data == bytes(range(256)) * 8_000


@pytest.mark.parametrize("end", ["found", "over"])
async def test_who_is_lost_amid_a_deck(
    hall: Any, wait: Any, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    big = DeckSource("pdf", "big.pdf", bytes(range(256)) * 20_000)
    ann = await hall.sit("ann", Role.REMOTE)
    with monkeypatch.context() as at_once:
        at_once.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
        at_once.setattr("peerscript.link.reconnection.GIVE_UP_AFTER", -1.0)
        hall.network.hold()
        hall.show.show(hall.deck, big)
        await asyncio.sleep(0.1)  # the deck waits for room
        hall.network.cut()
        await wait(lambda: ann.theirs.state.value == "lost")
        await asyncio.sleep(0.1)
        hall.network.release()
    if end == "over":
        await ann.theirs.close()
        await wait(lambda: not hall.show.participants and not hall.show._tasks)
        return
    ann.link.reconnect()
    await wait(lambda: ann.viewer.source and ann.viewer.source.name == "big.pdf")
    assert ann.viewer.source == big


# Links that break, end, or carry something else


async def test_who_is_lost_is_told_everything_when_they_come_back(
    hall: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
    monkeypatch.setattr("peerscript.link.reconnection.GIVE_UP_AFTER", -1.0)
    monkeypatch.setattr("peerscript.link.reconnection.CHECK_INTERVAL", 0.001)
    monkeypatch.setattr("peerscript.aio.backoff.FIRST", 0.001)
    ann = await hall.sit("ann", Role.REMOTE)
    hall.network.hold()
    hall.network.cut()
    await wait(lambda: ann.theirs.state.value == "lost")
    hall.show.next()
    hall.show.next()
    hall.network.release()
    monkeypatch.undo()
    ann.link.reconnect()
    await wait(lambda: ann.theirs.connected and ann.viewer.state.slide == 1)
    assert len(hall.show.participants) == 1


async def test_after_a_broken_path_the_newest_counts(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.FOLLOWER)
    states: list[Any] = []
    ann.viewer.on("change", lambda: states.append(ann.viewer.state.revision))
    hall.network.go_down()  # nobody finds anybody
    hall.network.cut()
    await wait(lambda: not ann.theirs.connected)
    for slide in (1, 2, 3, 4):
        hall.show.goto(slide)
        await asyncio.sleep(0)
    hall.network.come_back()
    await wait(lambda: ann.viewer.state.slide == 4)
    assert set(states) <= {1, 5}


async def test_rubbish_ends_the_link_of_whom_it_comes_from(hall: Any, wait: Any) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.FOLLOWER)
    await ann.say({"kind": "turn", "to": "sideways", "seen": 1})
    await wait(lambda: len(hall.show.participants) == 1)
    assert isinstance(ann.theirs.error, LinkMisused)
    hall.show.next()
    await wait(lambda: ben.viewer.state.step == 1)


async def test_a_page_may_say_other_things_over_the_same_link(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    await ann.link.channel("chat").send("hello")
    await ann.viewer.turn("next")
    await wait(lambda: hall.deck.step == 1)
    assert await ann.theirs.channel("chat").receive() == "hello"


@pytest.mark.parametrize("again", ["serve", "admit"])
async def test_a_link_that_is_over_already(hall: Any, again: str) -> None:
    ann = await hall.come("ann")
    await ann.theirs.close()
    if again == "serve":
        await asyncio.wait_for(hall.show.serve(ann.theirs, Role.REMOTE), 5)
    else:
        hall.show.admit(ann.theirs, Role.REMOTE)
    assert hall.show.participants == ()
