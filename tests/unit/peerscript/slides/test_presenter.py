"""The presenter decides: who may turn, what all are told, and when it is over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.protocol.slides.messages import (
    SLIDES,
    DeckHeader,
    Ended,
    Goto,
    Hand,
    Point,
    Position,
    RoleGranted,
)
from peerscript.protocol.slides.messages import Clock as ClockMessage
from peerscript.slides import Presenter, Role

# Turns, and who may make them


async def test_all_are_told_where_the_deck_stands(hall: Any, wait: Any) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.FOLLOWER)
    assert ann.viewer.state == Position(1, 0, 0, 5, False)
    await ann.viewer.turn("next")
    await wait(lambda: ben.viewer.state.step == 1)
    hall.show.next()
    await wait(lambda: ann.viewer.state == Position(3, 1, 0, 5, False))
    hall.show.previous()
    hall.show.goto(4)
    hall.show.goto(4)
    hall.show.goto(77)  # there is none
    await wait(lambda: ann.viewer.state.slide == ben.viewer.state.slide == 4)
    assert hall.show.state == Position(5, 4, 0, 5, False)


async def test_a_deck_turned_by_other_hands(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    hall.deck.goto(2)
    hall.show.update()
    hall.show.update()
    await wait(lambda: ann.viewer.state == Position(2, 2, 0, 5, False))


async def test_two_remotes_at_once_move_one_step(hall: Any, wait: Any) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.REMOTE)
    await ann.viewer.turn("next")
    await ben.viewer.turn("next")
    await ben.viewer.blacken(True)
    await wait(lambda: hall.show.black)
    assert (hall.deck.slide, hall.deck.step) == (0, 1)
    await wait(lambda: ann.viewer.state == ben.viewer.state == hall.show.state)


async def test_two_remotes_at_once_where_the_deck_turns_late(hall: Any, wait: Any) -> None:
    """As one in a frame does, which is told by messages."""
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.REMOTE)
    orders: list[Any] = []
    deck = type(hall.deck)()
    hall.show.show(Late(deck, orders), None)
    await wait(lambda: ann.viewer.source is None and ben.viewer.source is None)
    await wait(lambda: ann.viewer.state and ben.viewer.state)
    await ann.viewer.turn("next")
    await ben.viewer.turn("next")
    await ben.viewer.blacken(True)
    await wait(lambda: hall.show.black)
    for order in orders:
        order()
        hall.show.update()
    assert (deck.slide, deck.step) == (0, 1)
    await wait(lambda: ann.viewer.state == ben.viewer.state == hall.show.state)


class Late:
    """A deck that does what it is told when it comes to it."""

    def __init__(self, deck: Any, orders: list[Any]) -> None:
        self._deck, self._orders = deck, orders
        self.slides = deck.slides

    @property
    def state(self) -> Any:
        return self._deck.state

    def next(self) -> None:
        self._orders.append(self._deck.next)

    def previous(self) -> None:
        self._orders.append(self._deck.previous)

    def goto(self, slide: int, step: int = 0) -> None:
        self._orders.append(lambda: self._deck.goto(slide, step))


async def test_a_key_at_the_deck_and_a_remote_at_once_move_one_step(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    await ann.viewer.goto(1)
    await wait(lambda: ann.viewer.state.slide == 1)
    await ann.viewer.turn("next")
    hall.deck.next()
    hall.show.update()
    await ann.viewer.blacken(True)
    await wait(lambda: hall.show.black)
    assert (hall.deck.slide, hall.deck.step) == (1, 1)


async def test_the_last_one_wins(hall: Any, wait: Any) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.REMOTE)
    hall.show.goto(2)
    await wait(lambda: ann.viewer.state.slide == ben.viewer.state.slide == 2)
    await ann.viewer.turn("next")
    await ben.viewer.turn("previous")
    await wait(lambda: (hall.deck.slide, hall.deck.step) == (1, 1))
    await wait(lambda: ann.viewer.state == ben.viewer.state == hall.show.state)


async def test_a_follower_turns_nothing(hall: Any, wait: Any) -> None:
    ben = await hall.sit("ben", Role.FOLLOWER)
    ben.viewer.role = Role.REMOTE  # a page that thinks it may
    await ben.viewer.turn("next")
    await ben.viewer.goto(3)
    await ben.viewer.blacken(True)
    await ben.viewer.clock("start")
    await ben.viewer.point(1, 1)
    await wait(lambda: ben.viewer.role is Role.FOLLOWER)  # and is told so
    assert hall.show.state == Position(1, 0, 0, 5, False)
    assert hall.show.ink.point is None
    assert not hall.show.timer.running


async def test_a_remote_does_not_present(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    await ann.say(SLIDES.to_value(Position(9, 3, 0, 5, True)))
    await ann.say(SLIDES.to_value(RoleGranted("nobody")))
    await ann.viewer.turn("next")
    await wait(lambda: hall.show.state.step == 1)
    assert len(hall.show.participants) == 1


async def test_who_takes_no_part_is_not_heard(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    hall.show.assign(ann.theirs, Role.NOBODY)
    hall.show.assign(ann.theirs, Role.NOBODY)
    await wait(lambda: ann.viewer.role is Role.NOBODY)
    await ann.say({"kind": "goto", "slide": 3, "step": 0})
    await ann.say({"kind": "something else"})
    hall.show.admit(ann.theirs, Role.FOLLOWER)
    await wait(lambda: ann.viewer.role is Role.FOLLOWER)
    assert hall.deck.slide == 0


# Hands, the timer, laser and pen


async def test_hands(hall: Any, wait: Any) -> None:
    ben = await hall.sit("ben", Role.FOLLOWER)
    await ben.viewer.raise_hand()
    await wait(lambda: hall.show.participants[0].hand)
    hall.show.lower_hand(ben.theirs)
    await wait(lambda: not ben.viewer.hand)
    assert not hall.show.participants[0].hand
    await ben.say(SLIDES.to_value(Hand(True)))
    await wait(lambda: hall.show.participants[0].hand)
    hall.show.dismiss(ben.theirs)
    hall.show.dismiss(ben.theirs)
    hall.show.lower_hand(ben.theirs)  # has left meanwhile


async def test_black_and_the_timer(hall: Any, wait: Any) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.FOLLOWER)
    changes: list[int] = []
    hall.show.on("change", lambda: changes.append(1))
    await ann.viewer.blacken(True)
    await ann.viewer.clock("target", 90.0)
    await ann.viewer.clock("start")
    await wait(lambda: ben.viewer.timer.running and ben.viewer.state.black)
    assert ben.viewer.timer.target == hall.show.timer.target == 90.0
    assert len(changes) == 3
    hall.show.blacken(True)
    assert len(changes) == 3


async def test_ink_is_seen_by_the_others_and_goes_with_the_slide(hall: Any, wait: Any) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.FOLLOWER)
    await ann.viewer.point(100, 200)
    await ann.viewer.stroke(1, "0,0 5,5")
    await wait(lambda: ben.viewer.ink.strokes and ben.viewer.ink.point == Point(100, 200, True))
    late = await hall.sit("late", Role.FOLLOWER)
    assert late.viewer.ink.strokes == ben.viewer.ink.strokes
    await ann.viewer.point(0, 0, shown=False)
    await ann.viewer.turn("next")
    await wait(lambda: not ben.viewer.ink.strokes and ben.viewer.ink.point is None)
    await ann.viewer.stroke(2, "0,0 5,5")
    await ann.viewer.wipe()
    await ann.viewer.turn("next")
    await wait(lambda: ben.viewer.state.slide == 1)
    assert not ben.viewer.ink.strokes
    assert not hall.show.ink.strokes


@pytest.mark.parametrize("end", ["close", "revoke", "dismiss", "cut"])
async def test_a_laser_goes_with_the_one_who_held_it(hall: Any, wait: Any, end: str) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.FOLLOWER)
    await ann.viewer.point(5, 5)
    await wait(lambda: ben.viewer.ink.point)
    if end == "close":
        await ann.link.close()
    elif end == "revoke":
        hall.show.assign(ann.theirs, Role.FOLLOWER)
    elif end == "dismiss":
        hall.show.assign(ann.theirs, Role.NOBODY)
    else:
        hall.network.cut()
    await wait(lambda: hall.show.ink.point is None and ben.viewer.ink.point is None)


@pytest.mark.parametrize(
    "overtaken", [DeckHeader(10**9, "none", ""), RoleGranted("nobody"), Ended()]
)
async def test_a_point_may_overtake_words(hall: Any, overtaken: Any) -> None:
    """The newest one has taken the place of one that went before them."""
    ann = await hall.sit("ann", Role.REMOTE)
    ann.viewer.handle(Point(7, 7, True))
    ann.viewer.handle(overtaken)
    assert ann.viewer.ink.point == Point(7, 7, True)


@pytest.mark.parametrize("end", ["show", "dismiss", "leave"])
async def test_no_laser_is_left_where_nobody_points(hall: Any, wait: Any, end: str) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.FOLLOWER)
    await ann.viewer.point(5, 5)
    await ann.viewer.stroke(1, "0,0")
    await wait(lambda: ben.viewer.ink.point and ben.viewer.ink.strokes)
    if end == "show":
        hall.show.show(hall.deck, None)
    elif end == "dismiss":
        hall.show.assign(ben.theirs, Role.NOBODY)
    else:
        await hall.show.__aexit__(None, None, None)
    await wait(lambda: ben.viewer.ink.point is None and not ben.viewer.ink.strokes)


# The end


async def test_when_it_ends_all_are_told(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    ended = asyncio.Event()
    ann.viewer.on("end", ended.set)
    await hall.show.__aexit__(None, None, None)
    await asyncio.wait_for(ended.wait(), 5)
    assert ann.viewer.state is None
    assert hall.show.participants == ()


async def test_a_goodbye_that_nobody_takes_is_not_waited_for_long(
    hall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerscript.slides.presenter.CLOSE_TIMEOUT", 0.01)
    await hall.sit("ann", Role.REMOTE)

    async def never(word: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(hall.show.participants[0]._channels, "send", never)
    async with asyncio.timeout(5):
        await hall.show.__aexit__(None, None, None)


async def test_nothing_of_a_presenter_outlives_it(hall: Any, wait: Any) -> None:
    ann, ben = await hall.sit("ann", Role.REMOTE), await hall.sit("ben", Role.FOLLOWER)
    ending = asyncio.ensure_future(hall.show.__aexit__(None, None, None))
    await asyncio.sleep(0)
    hall.show.admit(ben.theirs, Role.FOLLOWER)  # their Link has changed meanwhile
    hall.show.handle(ann.theirs, Goto(1))  # was on its way
    await ending
    assert hall.show.participants == ()
    assert not hall.show._tasks
    hall.show.admit(ben.theirs, Role.FOLLOWER)
    hall.show.handle(ann.theirs, Goto(1))
    await wait(lambda: not hall.show._tasks)
    await wait(lambda: ann.viewer.role is ben.viewer.role is Role.NOBODY)


# What is no role, no deck, or served already


async def test_what_is_no_role_changes_nothing(hall: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    for give in (hall.show.admit, hall.show.assign):
        with pytest.raises(TypeError, match="a role is one of .*, not 'follower'"):
            give(ann.theirs, "follower")
    assert [each.role for each in hall.show.participants] == [Role.REMOTE]


async def test_what_is_no_deck_is_not_shown(hall: Any) -> None:
    untyped: Any = Presenter
    with pytest.raises(TypeError, match="5 is no deck"):
        untyped(5)
    with pytest.raises(TypeError, match="5 is no deck"):
        hall.show.show(5, None)


async def test_a_second_serve_leaves_the_first_alone(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    with pytest.raises(RuntimeError, match="is served already; `assign` changes the role"):
        await hall.show.serve(ann.theirs, Role.FOLLOWER)
    await ann.viewer.turn("next")
    await wait(lambda: hall.deck.step == 1)


async def test_a_remote_with_an_action_that_no_timer_has(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    hall.show.handle(ann.theirs, ClockMessage(0, "stop"))
    assert hall.show.timer.changes == 0
    await ann.viewer.turn("next")
    await wait(lambda: hall.deck.step == 1)
