"""The presenter gives roles: who has one, who is invited, and who has one no more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.protocol.slides.messages import SLIDES, Goto, Point
from peerscript.slides import Role, SlideText


async def test_roles_come_and_go_and_the_notes_with_them(hall: Any, wait: Any) -> None:
    ben = await hall.sit("ben", Role.FOLLOWER)
    deck = ben.viewer.source
    assert ben.viewer.slides[3] == SlideText("Title 3", "")
    hall.show.assign(ben.theirs, Role.REMOTE)
    hall.show.admit(ben.theirs, Role.REMOTE)
    await wait(lambda: ben.viewer.slides[3].notes == "Notes 3")
    await ben.viewer.turn("next")
    await wait(lambda: hall.deck.step == 1)
    hall.show.assign(ben.theirs, Role.FOLLOWER)
    await wait(lambda: ben.viewer.role is Role.FOLLOWER and not ben.viewer.slides[4].notes)
    assert ben.viewer.source is deck  # is not sent again


async def test_whoever_is_invited_follows_by_asking(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.INVITED)
    await wait(lambda: ann.viewer.role is Role.INVITED)
    hall.show.next()
    await ann.viewer.raise_hand()
    await ann.say(SLIDES.to_value(Goto(3)))
    hall.deck.slides[0] = SlideText("Secret")
    hall.show.update()
    await ann.viewer.follow()  # as the last of these: they are in order
    await wait(lambda: ann.viewer.source and ann.viewer.state)
    assert ann.viewer.role is Role.FOLLOWER
    assert (ann.viewer.state.slide, ann.viewer.state.step) == (0, 1)
    assert [each.hand for each in hall.show.participants] == [False]
    await wait(lambda: ann.viewer.slides and ann.viewer.slides[0].title == "Secret")


async def test_whoever_is_invited_sees_nothing(hall: Any, wait: Any) -> None:
    ann, ben = await hall.sit("ann", Role.INVITED), await hall.sit("ben", Role.FOLLOWER)
    await wait(lambda: ann.viewer.role is Role.INVITED)
    hall.show.goto(2)
    await wait(lambda: ben.viewer.state.slide == 2)
    assert (ann.viewer.state, ann.viewer.slides, ann.viewer.source) == (None, [], None)
    hall.show.assign(ben.theirs, Role.INVITED)
    await wait(lambda: ben.viewer.role is Role.INVITED)
    assert (ben.viewer.state, ben.viewer.source) == (None, None)
    hall.show.assign(ann.theirs, Role.NOBODY)
    await wait(lambda: ann.viewer.role is Role.NOBODY)
    await ann.viewer.follow()  # too late
    await hall.show.__aexit__(None, None, None)
    await wait(lambda: ben.viewer.role is Role.NOBODY)
    assert ann.viewer.source is None


async def test_an_offer_is_made_again_after_a_reload(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.INVITED)
    await wait(lambda: ann.viewer.role is Role.INVITED)
    await ann.reload()
    await wait(lambda: ann.viewer.role is Role.INVITED)


async def test_whoever_was_not_reached_when_they_lost_their_part_is_told_later(
    hall: Any, wait: Any
) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    hall.show.assign(ann.theirs, Role.NOBODY)
    await wait(lambda: ann.viewer.role is Role.NOBODY)
    for _ in range(2):
        ann.viewer.role = Role.REMOTE  # a page that has not heard it
        await ann.viewer.turn("next")
        await wait(lambda: ann.viewer.role is Role.NOBODY)
    assert hall.deck.step == 0


async def test_whoever_was_lost_dismissed_and_admitted_again_has_a_part(
    hall: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    with monkeypatch.context() as at_once:
        at_once.setattr("peerscript.link.reconnection.GONE_AFTER", -1.0)
        at_once.setattr("peerscript.link.reconnection.GIVE_UP_AFTER", -1.0)
        hall.network.hold()
        hall.network.cut()
        await wait(lambda: ann.theirs.state.value == "lost")
        hall.show.next()
        await asyncio.sleep(0.1)
        hall.show.assign(ann.theirs, Role.NOBODY)
        hall.show.assign(ann.theirs, Role.REMOTE)
        hall.network.release()
    ann.link.reconnect()
    await wait(lambda: ann.theirs.connected and ann.viewer.state and ann.viewer.state.step == 1)
    await asyncio.sleep(5)  # whatever else was to be said is
    assert ann.viewer.role is Role.REMOTE
    await ann.viewer.turn("next")
    await wait(lambda: hall.show.state.slide == 1)


async def test_what_is_no_command_of_somebody_without_a_part_is_not_answered(hall: Any) -> None:
    ann = await hall.come("ann")
    hall.show.handle(ann.theirs, Point(1, 1, True))
    assert not hall.show._tasks
    assert hall.show.ink.point is None


async def test_who_has_no_part_and_is_gone_is_told_nothing(hall: Any, wait: Any) -> None:
    ann = await hall.come("ann")
    await ann.theirs.close()
    hall.show.handle(ann.theirs, Goto(1))  # was on its way
    await wait(lambda: not hall.show._tasks)
    assert hall.deck.slide == 0
