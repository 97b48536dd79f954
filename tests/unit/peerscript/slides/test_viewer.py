"""A remote and its own copy of the deck; what it asks for, and what it does not keep for later."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.errors import LinkClosed, LinkMisused
from peerscript.protocol.slides.messages import DeckHeader, DeckPart, SlideInfo
from peerscript.slides import Role, SlideText, Viewer


async def test_its_own_deck_moves_along(hall: Any, wait: Any) -> None:
    ben = await hall.sit("ben", Role.FOLLOWER)
    hall.show.goto(2, 1)
    await wait(lambda: ben.viewer.state.slide == 2)
    own = ben.viewer.deck = type(hall.deck)()
    assert (own.slide, own.step) == (2, 1)
    hall.show.next()
    await wait(lambda: (own.slide, own.step) == (3, 0))
    ben.viewer.look(0)
    hall.show.next()
    await wait(lambda: ben.viewer.state.step == 1)
    assert (own.slide, ben.viewer.in_step) == (0, False)
    ben.viewer.catch_up()
    assert ((own.slide, own.step), ben.viewer.in_step) == ((3, 1), True)


async def test_looking_where_there_is_nothing_to_see(hall: Any) -> None:
    ben = await hall.sit("ben", Role.FOLLOWER)
    ben.viewer.look(3)
    assert ben.viewer.in_step
    ben.viewer.catch_up()


async def test_to_follow_nobody_who_is_away(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.INVITED)
    await wait(lambda: ann.viewer.role is Role.INVITED)
    await ann.theirs.close()
    await wait(lambda: not ann.link.connected)
    with pytest.raises(LinkClosed):
        await ann.viewer.follow()


async def test_nothing_is_asked_without_a_remote(hall: Any, wait: Any) -> None:
    ben = await hall.sit("ben", Role.FOLLOWER)
    with pytest.raises(LinkClosed, match="no remote"):
        await ben.viewer.turn("next")
    for asked in (
        ben.viewer.goto(1),
        ben.viewer.blacken(True),
        ben.viewer.clock("start"),
        ben.viewer.point(1, 1),
        ben.viewer.stroke(1, "0,0"),
        ben.viewer.wipe(),
    ):
        with pytest.raises(LinkClosed):
            await asked


async def test_nothing_is_kept_for_later(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    hall.network.hold()
    hall.network.cut()
    await wait(lambda: not ann.link.connected)
    with pytest.raises(LinkClosed, match="not reached now"):
        await ann.viewer.turn("next")
    with pytest.raises(LinkClosed, match="not reached now"):
        await ann.viewer.raise_hand()
    hall.network.release()
    await wait(lambda: ann.link.connected)
    await ann.viewer.goto(3)
    await wait(lambda: ann.viewer.state.slide == 3)


async def test_how_much_of_the_deck_is_here(hall: Any, wait: Any) -> None:
    nobody = await hall.sit("nobody", Role.NOBODY)
    assert nobody.viewer.progress == (0, 0)
    nobody.viewer.handle(DeckHeader(1, "pdf", "a.pdf", 4))
    nobody.viewer.handle(DeckPart(1, 0, b"ABC"))
    assert nobody.viewer.progress == (3, 4)
    decks: list[str] = []
    nobody.viewer.on("deck", lambda: decks.append(nobody.viewer.source.name))
    nobody.viewer.handle(DeckPart(1, 3, b"D"))
    assert decks == ["a.pdf"]
    assert nobody.viewer.source.data == b"ABCD"
    nobody.viewer.handle(DeckPart(0, 3, b"D"))  # of one before
    assert decks == ["a.pdf"]


async def test_a_part_without_a_deck_is_passed_over(hall: Any) -> None:
    nobody = await hall.sit("nobody", Role.NOBODY)
    nobody.viewer.handle(DeckPart(1, 0, b"ABC"))
    assert nobody.viewer.source is None


async def test_slides_may_be_told_in_any_order(hall: Any) -> None:
    nobody = await hall.sit("nobody", Role.NOBODY)
    nobody.viewer.handle(SlideInfo(2, "Two", ""))
    assert nobody.viewer.slides == [SlideText(), SlideText(), SlideText("Two")]


async def test_titles_and_notes_are_cleaned(hall: Any) -> None:
    nobody = await hall.sit("nobody", Role.NOBODY)
    nobody.viewer.handle(SlideInfo(0, "O\u202ene\n1", "a\n\u202eb\0"))
    assert nobody.viewer.slides == [SlideText("One 1", "a\nb")]


async def test_a_presenter_whose_page_is_loaded_anew(hall: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    ann.link._emit("restart")
    assert (ann.viewer.role, ann.viewer.state, ann.viewer.source) == (Role.NOBODY, None, None)


async def test_a_presenter_who_says_rubbish(hall: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    await ann.on_message({"kind": "state", "revision": "x"})
    await asyncio.wait_for(ann.running, 5)
    assert isinstance(ann.link.error, LinkMisused)


async def test_a_presenter_whose_deck_cannot_be(hall: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    await ann.on_message({"kind": "deck", "id": 10**9, "format": "pdf", "name": "", "size": 1})
    await ann.on_message({"kind": "part", "id": 10**9, "offset": 7, "data": b"x"}, "slides-deck")
    await asyncio.wait_for(ann.running, 5)
    assert isinstance(ann.link.error, LinkMisused)


async def test_words_of_a_later_version_are_passed_over(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    for channel in ("slides", "slides-point", "slides-deck"):
        await ann.on_message({"kind": "fireworks"}, channel)
        await ann.say({"kind": "fireworks"}, channel)
    await ann.viewer.turn("next")
    await wait(lambda: ann.viewer.state.step == 1)


async def test_a_viewer_that_is_closed_hears_no_restart(hall: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    other = Viewer(ann.link)
    other.role = Role.REMOTE
    await other.close()
    ann.link._emit("restart")
    assert other.role is Role.REMOTE


async def test_what_no_remote_can_do_is_refused_here(hall: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    with pytest.raises(ValueError, match=r"turn.*, not .forward."):
        await ann.viewer.turn("forward")
    with pytest.raises(ValueError, match="a timer can"):
        await ann.viewer.clock("stop")


def test_a_viewer_takes_a_link() -> None:
    untyped: Any = Viewer
    with pytest.raises(TypeError, match=r"a Viewer takes a Link .*, not 'bob'"):
        untyped("bob")


async def test_a_viewer_runs_once(hall: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)  # it runs
    with pytest.raises(RuntimeError, match="this viewer runs already"):
        await ann.viewer.run()
    await ann.viewer.turn("next")
