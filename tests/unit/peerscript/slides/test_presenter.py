"""The presenter decides: who may turn, what all are told, and when it is over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.errors import LinkMisused
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
from peerscript.slides import DeckSource, Presenter, Role, SlideText

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


# Roles


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
