"""Somebody else's slides: as a remote, or in step with them."""

from __future__ import annotations

from typing import Any

import pytest

from app.connection.pasted import parse_invite
from peerscript.slides import DeckSource
from tests.unit.app.pages import send_raw

DECK = DeckSource("markdown", "talk.md", b"5")


@pytest.fixture
async def talk(open_app: Any, wait: Any) -> Any:
    """Alice, who presents five slides."""
    alice = await open_app("alice")
    alice.slides._present(DECK)
    await wait(lambda: alice.presenter_panel.view)
    return alice


@pytest.fixture
async def phone(talk: Any, open_app: Any, wait: Any) -> Any:
    app = await open_app("phone")
    app.people.connect(parse_invite(talk.presenter_panel.view.link))
    await wait(lambda: app.remote_panel.view and app.remote_panel.view.role == "remote")
    await wait(lambda: app.screen.deck and len(app.remote_panel.view.titles) == 5)
    return app


@pytest.fixture
async def listener(talk: Any, open_app: Any, wait: Any) -> Any:
    app = await open_app("listener")
    app.people.connect(parse_invite(talk.presenter_panel.view.watch_link))
    await wait(lambda: app.remote_panel.view and app.remote_panel.view.role == "follower")
    await wait(lambda: app.screen.deck and len(app.remote_panel.view.titles) == 5)
    return app


async def test_what_a_remote_shows(talk: Any, phone: Any, wait: Any) -> None:
    view = phone.remote_panel.view
    assert (view.slide, view.total, view.presenter, view.connected) == (0, 5, "Alice", True)
    assert (view.notes, view.upcoming) == ("Notes 0", "Title 1")
    phone.watching.goto(4)
    await wait(lambda: phone.remote_panel.view.slide == 4)
    assert (phone.remote_panel.view.notes, phone.remote_panel.view.upcoming) == ("Notes 4", "")


async def test_a_follower_hears_no_notes(listener: Any) -> None:
    assert listener.remote_panel.view.notes == ""
    assert listener.remote_panel.view.titles[3] == "Title 3"


async def test_every_control(talk: Any, phone: Any, wait: Any) -> None:
    watching, stands = phone.watching, talk.presenter_panel
    watching.turn("next")
    watching.turn("next")
    watching.turn("previous")
    await wait(lambda: talk.screen.deck.at == (0, 1))
    watching.blacken(True)
    await wait(lambda: stands.view.black)
    watching.point(1, 2, True)
    watching.stroke(1, "0,0 10,10")
    await wait(lambda: talk.screen.drawn and talk.screen.drawn.strokes)
    assert phone.screen.drawn.point == talk.screen.drawn.point  # seen by whoever draws, too
    assert phone.screen.drawn.strokes == talk.screen.drawn.strokes
    watching.wipe()
    await wait(lambda: not talk.screen.drawn.strokes)
    watching.clock("target", 300.0)
    watching.clock("start")
    await wait(lambda: phone.remote_panel.view.running)
    assert phone.remote_panel.view.target == 300.0
    watching.clock("pause")
    await wait(lambda: not phone.remote_panel.view.running)
    watching.clock("reset")
    await wait(lambda: phone.remote_panel.view.elapsed == 0.0)


async def test_looking_back_and_catching_up(talk: Any, listener: Any, wait: Any) -> None:
    talk.slides.next()
    talk.slides.next()
    await wait(lambda: listener.screen.deck.at == (1, 0))
    listener.watching.look(0)
    assert not listener.remote_panel.view.in_step
    assert listener.remote_panel.view.seen_slide == 0
    talk.slides.next()
    talk.slides.next()
    await wait(lambda: listener.remote_panel.view.slide == 2)
    assert listener.screen.deck.at == (0, 0)
    listener.watching.catch_up()
    assert listener.screen.deck.at == (2, 0)
    assert listener.remote_panel.view.in_step


async def test_a_hand(talk: Any, listener: Any, wait: Any) -> None:
    listener.watching.hand(True)
    await wait(lambda: any(each.hand for each in talk.presenter_panel.view.people))
    assert listener.remote_panel.view.hand
    talk.assign("listener", "lower")
    await wait(lambda: not listener.remote_panel.view.hand)
    listener.watching.hand(True)
    await wait(lambda: listener.remote_panel.view.hand)
    listener.watching.hand(False)
    await wait(lambda: not any(each.hand for each in talk.presenter_panel.view.people))


async def test_after_its_own_reload_a_remote_is_one_again(
    talk: Any, phone: Any, reload: Any, wait: Any
) -> None:
    phone.watching.goto(3)
    await wait(lambda: talk.screen.deck.at == (3, 0))
    again = await reload(phone)
    assert again.remote_panel.view.role == "waiting"
    await wait(lambda: again.remote_panel.view.role == "remote")
    await wait(lambda: again.screen.deck and again.screen.deck.at == (3, 0))
    again.watching.turn("next")
    await wait(lambda: talk.screen.deck.at == (3, 1))


async def test_before_there_is_a_talk_and_after_it(
    open_app: Any, talk: Any, phone: Any, wait: Any
) -> None:
    talk.slides.stop()
    await wait(lambda: phone.remote_panel.view.role == "waiting")
    assert phone.screen.deck is None
    assert phone.remote_panel.view.words == "Alice shows no slides now"
    talk.slides._present(DECK)
    await wait(lambda: phone.remote_panel.view.role == "remote")


async def test_buttons_of_a_remote_that_is_cut_off(
    talk: Any, phone: Any, part: Any, network: Any, wait: Any
) -> None:
    await part(talk, phone)
    assert not phone.remote_panel.view.connected
    assert phone.remote_panel.view.words == "Reconnecting to Alice"
    phone.watching.turn("next")  # is not kept for later
    await wait(lambda: phone.notices.problems)
    network.release()
    await wait(lambda: phone.remote_panel.view.connected)
    assert talk.screen.deck.at == (0, 0)


async def test_a_deck_that_was_given_up_for_another_is_no_problem(
    talk: Any, phone: Any, wait: Any
) -> None:
    """As one that is locked: the dialog for its password ends when another deck comes."""
    phone.screen.slow.clear()
    talk.presenting.presenter.show(talk.screen.deck, DeckSource("pdf", "x.pdf", b"%PDF"))
    await wait(lambda: phone.watching._viewer.source and phone.screen.source is None)
    talk.presenting.presenter.show(talk.screen.deck, DeckSource("markdown", "talk.md", b"7"))
    await wait(lambda: phone.watching._viewer.source and phone.watching._viewer.source.data == b"7")
    phone.screen.slow.set()
    await wait(lambda: phone.screen.deck and phone.screen.deck.total == 7)
    assert phone.notices.problems == []


async def test_a_deck_that_cannot_be_shown_here_is_still_turned(
    talk: Any, phone: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.presenting.presenter.show(talk.screen.deck, DeckSource("pdf", "x.pdf", b"%PDF"))
    await wait(lambda: phone.notices.problems)
    assert "x.pdf is not shown here" in phone.notices.problems[0]
    phone.watching.turn("next")
    await wait(lambda: talk.screen.deck.at == (0, 1))


async def test_who_presents_watches_no_more(talk: Any, phone: Any, wait: Any) -> None:
    phone.slides._present(DECK)
    await wait(lambda: phone.presenter_panel.view)
    assert phone.remote_panel.view is None
    talk.slides.next()
    talk.presenting.presenter.blacken(True)
    phone.watching.turn("next")  # nothing to turn
    await wait(lambda: talk.screen.dark)
    assert phone.screen.deck.at == (0, 0)


async def test_rubbish_ends_the_link_of_whom_it_comes_from(
    talk: Any, phone: Any, wait: Any
) -> None:
    await send_raw(phone.contact("alice"), "slides", {"kind": "turn", "to": 7, "seen": 1})
    await wait(lambda: talk.find("phone") is None)
    assert talk.presenter_panel.view.people == ()
    assert talk.screen.deck.at == (0, 0)


async def test_a_deck_that_turns_late_is_shown_where_it_stands(
    talk: Any, listener: Any, wait: Any
) -> None:
    talk.slides.next()
    talk.slides.next()
    await wait(lambda: listener.screen.deck.at == (1, 0))
    listener.watching.look(0)
    listener.screen.deck.at = (3, 0)  # as one in a frame, which comes to it in its own time
    listener.screen.on_turned()
    assert listener.remote_panel.view.seen_slide == 3


async def test_a_laser_does_not_repaint_the_panel(talk: Any, phone: Any, wait: Any) -> None:
    phone.watching.clock("start")
    await wait(lambda: phone.remote_panel.view.running)
    shown = phone.remote_panel.shown
    phone.watching.point(5000, 2500, True)
    await wait(lambda: phone.screen.drawn.point)
    assert phone.remote_panel.shown == shown


# Slides in a call


@pytest.fixture
async def call(apps: Any, wait: Any) -> Any:
    """Alice and Bob in a call, in which Alice presents."""
    alice, bob = apps
    alice.calls.start()
    await alice.calls.join()
    await wait(lambda: bob.view.calls.ringing)
    await bob.calls.accept()
    await wait(lambda: alice.people.all[0].in_call)
    alice.slides._present(DECK)
    await wait(lambda: bob.offers.names)
    return alice, bob


async def test_whoever_is_in_the_call_follows_by_one_press(call: Any, wait: Any) -> None:
    alice, bob = call
    assert bob.offers.names == ["Alice"]
    assert bob.remote_panel.view is None
    bob.watching.follow(bob.offers.key)
    await wait(lambda: bob.remote_panel.view and bob.remote_panel.view.role == "follower")
    assert bob.offers.names == []
    alice.calls.hang_up()
    await wait(lambda: not alice.people.all[0].in_call)
    alice.slides.next()
    await wait(lambda: bob.screen.deck and bob.screen.deck.at == (0, 1))  # it goes on


@pytest.mark.parametrize("end", ["call", "slides", "ignored"])
async def test_an_offer_ends(call: Any, wait: Any, end: str) -> None:
    alice, bob = call
    if end == "call":
        bob.calls.hang_up()
    elif end == "slides":
        alice.slides.stop()
    else:
        bob.watching.ignore(bob.offers.key)
    await wait(lambda: not bob.offers.names)
    bob.watching.follow("gone")
    assert bob.remote_panel.view is None


async def test_a_call_that_begins_while_slides_are_shown(apps: Any, wait: Any) -> None:
    alice, bob = apps
    alice.slides._present(DECK)
    await wait(lambda: alice.presenter_panel.view)
    bob.calls.start()
    await bob.calls.join()
    await wait(lambda: alice.view.calls.ringing)
    assert bob.offers.names == []
    await alice.calls.accept()
    await wait(lambda: bob.offers.names == ["Alice"])


async def test_whoever_watches_another_changes_over(call: Any, open_app: Any, wait: Any) -> None:
    _, bob = call
    carol = await open_app("carol")
    carol.slides._present(DeckSource("markdown", "other.md", b"3"))
    await wait(lambda: carol.presenter_panel.view)
    bob.people.connect(parse_invite(carol.presenter_panel.view.watch_link))
    await wait(lambda: bob.remote_panel.view and bob.remote_panel.view.total == 3)
    bob.watching.follow(bob.offers.key)
    await wait(lambda: bob.remote_panel.view and bob.remote_panel.view.total == 5)
