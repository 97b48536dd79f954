"""What one page decides in a call of several."""

from __future__ import annotations

import pytest

from peerscript.protocol.calls.mesh import (
    MAX_OTHERS,
    MESH,
    PATIENCE,
    PAUSE,
    RETRY,
    VALID,
    Expect,
    Meet,
    Meeting,
    Mesh,
    MeshMessage,
    Page,
    Present,
    Ready,
)
from peerscript.protocol.ids import MAX_LENGTH


class Desk:
    """The mesh of Maud's page, and what is asked of it. A Link's key is the ID in capitals."""

    def __init__(self, *members: str) -> None:
        self.now = 0.0
        self.valid: list[str] = []
        self.mesh = Mesh(lambda: "maud", self._issue, self._revoke)
        for each in members:
            self.join(each)

    def _issue(self, key: str) -> str:
        self.valid.append(f"secret {len(self.valid)} for {key}")
        return self.valid[-1]

    def _revoke(self, secret: str) -> None:
        self.valid.remove(secret)

    def join(self, peer_id: str) -> None:
        self.mesh.join(peer_id.upper(), page(peer_id), self.now)

    def leave(self, peer_id: str, *, unwanted: bool = False) -> None:
        self.mesh.leave(peer_id.upper(), unwanted=unwanted)

    def hear(self, peer_id: str, message: MeshMessage) -> None:
        self.mesh.on_message(peer_id.upper(), message, self.now)

    def present(self, peer_id: str, *others: str) -> None:
        self.hear(peer_id, Present("\n".join(("maud", *others))))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.mesh.tick(self.now)

    def said(self) -> list[tuple[str, MeshMessage]]:
        """What was sent since the last time, besides who is present."""
        sent = [each for each in self.mesh.outgoing if not isinstance(each[1], Present)]
        self.mesh.outgoing.clear()
        return sent


def page(peer_id: str) -> Page:
    return Page(peer_id, f"certificate of {peer_id}")


def expect(peer_id: str) -> Expect:
    return Expect(peer_id, f"certificate of {peer_id}")


def meet(peer_id: str, secret: str = "secret") -> Meet:
    return Meet(peer_id, f"certificate of {peer_id}", secret)


# Who introduces


def test_a_newcomer_and_who_was_there_are_introduced() -> None:
    desk = Desk("ada", "bob")
    assert desk.mesh.outgoing == [
        ("ADA", Present("ada")),
        ("ADA", Present("ada\nbob")),
        ("BOB", Present("ada\nbob")),
    ]
    desk.present("ada")
    assert not desk.said()  # who has not said who is present may be of an earlier version
    desk.present("bob")
    assert desk.said() == [("BOB", expect("ada"))]
    desk.hear("bob", Ready("ada", "s"))
    assert desk.said() == [("ADA", meet("bob", "s"))]
    desk.hear("bob", Ready("ada", "again"))
    desk.hear("bob", Ready("cleo", "never asked"))
    assert not desk.said()


def test_who_was_introduced_is_left_to_whom_they_have_called() -> None:
    desk = Desk("ada")
    desk.hear("ada", expect("bob"))
    desk.join("bob")
    desk.present("ada")
    desk.present("bob")
    desk.said()
    desk.wait(PATIENCE - 0.1)
    assert not desk.said()
    desk.wait(0.1)
    assert desk.said() == [("BOB", expect("ada"))]


def test_they_are_introduced_again_and_ever_less_often() -> None:
    desk = Desk("ada", "bob")
    desk.present("ada")
    desk.present("bob")
    times = []
    while desk.now < 2000.0:
        times += [desk.now] * len(desk.said())
        desk.wait(RETRY)
    assert times == [0.0, 20.0, 60.0, 140.0, 300.0, 620.0, 940.0, 1260.0, 1580.0, 1900.0]
    desk.present("ada", "bob")
    desk.present("ada")
    desk.present("bob")
    desk.wait(PATIENCE)
    assert desk.said()  # they have met meanwhile


def test_who_parts_may_be_leaving() -> None:
    desk = Desk("ada", "bob")
    desk.present("ada", "bob")
    desk.present("bob", "ada")
    desk.wait(RETRY)
    desk.present("ada")
    desk.present("bob")
    assert not desk.said()
    desk.leave("ada")
    desk.wait(RETRY)
    assert not desk.said()
    assert desk.mesh.members == ("BOB",)


def test_who_leaves_in_the_middle_meets_nobody() -> None:
    desk = Desk("ada", "bob")
    desk.present("ada")
    desk.present("bob")
    desk.leave("ada")
    desk.said()
    desk.hear("bob", Ready("ada", "s"))
    assert not desk.said()


def test_two_pages_under_one_id_cannot_dial_each_other() -> None:
    desk = Desk("ada")
    desk.mesh.join("OTHER", Page("ada", "another certificate"), 0.0)
    desk.present("ada")
    desk.present("other")
    assert not desk.said()


def test_a_page_that_was_reloaded_is_told_again_and_introduced_as_it_is_now() -> None:
    desk = Desk("ada", "bob")
    desk.present("ada")
    desk.mesh.outgoing.clear()
    desk.mesh.restart("ADA", Page("ada", "new"))
    assert desk.mesh.outgoing == [("ADA", Present("ada\nbob"))]
    desk.present("bob")
    assert not desk.said()
    desk.present("ada")
    assert desk.said() == [("BOB", Expect("ada", "new"))]
    desk.mesh.restart("NOBODY", page("nobody"))
    assert not desk.mesh.outgoing


def test_who_is_present_may_be_said_before_the_call_has_begun_here() -> None:
    desk = Desk("ada")
    desk.present("ada")
    desk.present("bob")
    assert not desk.said()
    desk.join("bob")
    assert desk.said() == [("BOB", expect("ada"))]


# Who is introduced


def test_a_secret_for_who_is_expected_and_the_same_for_a_second_introducer() -> None:
    desk = Desk("ada", "bob")
    desk.said()
    desk.hear("ada", expect("cleo"))
    desk.hear("bob", expect("cleo"))
    ready = Ready("cleo", "secret 0 for ADA")
    assert desk.said() == [("ADA", ready), ("BOB", ready)]
    assert desk.mesh.expects(page("cleo"))
    assert not desk.mesh.expects(Page("cleo", "another certificate"))
    desk.join("cleo")
    assert not desk.mesh.expects(page("cleo"))
    assert not desk.valid


def test_an_introduction_is_over_some_time() -> None:
    desk = Desk("ada")
    desk.hear("ada", expect("bob"))
    desk.hear("ada", meet("cleo"))
    desk.wait(VALID)
    assert not desk.mesh.expects(page("bob"))
    assert not desk.valid
    desk.hear("ada", meet("cleo"))
    assert len(desk.mesh.meetings) == 2


def test_who_is_to_be_met_is_dialled_once() -> None:
    desk = Desk("ada")
    desk.hear("ada", meet("bob"))
    desk.hear("ada", meet("bob", "another"))
    assert desk.mesh.meetings == [Meeting(page("bob"), "secret", "ADA")]
    desk.mesh.dialled(page("bob"), desk.now)
    desk.hear("ada", meet("bob"))
    assert len(desk.mesh.meetings) == 1
    desk.wait(PAUSE)
    desk.hear("ada", meet("bob"))
    assert len(desk.mesh.meetings) == 2
    desk.join("bob")
    desk.mesh.dialled(page("bob"), desk.now)
    desk.hear("ada", meet("bob"))
    assert len(desk.mesh.meetings) == 2


@pytest.mark.parametrize("message", [expect("bob"), meet("bob"), Ready("bob", "s")])
def test_only_who_is_in_the_call_introduces(message: MeshMessage) -> None:
    desk = Desk("ada")
    desk.said()
    desk.hear("mallory", message)
    assert not desk.said()
    assert not desk.mesh.meetings
    assert not desk.mesh.expects(page("bob"))


def test_nobody_is_introduced_to_themselves_or_twice() -> None:
    desk = Desk("ada", "bob")
    desk.said()
    for each in ("maud", "bob", "ada"):
        desk.hear("ada", expect(each))
        desk.hear("ada", meet(each))
    assert not desk.said()
    assert not desk.mesh.meetings


def test_whose_call_was_ended_here_is_not_met_again_in_this_call() -> None:
    desk = Desk("ada", "bob")
    desk.leave("bob", unwanted=True)
    desk.said()
    desk.hear("ada", expect("bob"))
    desk.hear("ada", meet("bob"))
    assert not desk.said()
    assert not desk.mesh.meetings
    desk.leave("ada", unwanted=True)
    desk.join("ada")
    desk.hear("ada", meet("bob"))
    assert desk.mesh.meetings


def test_when_the_call_is_over_nobody_is_expected() -> None:
    desk = Desk("ada")
    desk.hear("ada", expect("bob"))
    desk.hear("ada", meet("cleo"))
    desk.leave("ada")
    assert not desk.mesh.expects(page("bob"))
    assert not desk.valid


def test_one_page_does_not_introduce_crowds() -> None:
    desk = Desk("ada", "bob")
    desk.said()
    for number in range(100):
        desk.hear("ada", expect(f"guest{number}"))
        desk.hear("ada", meet(f"host{number}"))
    assert len(desk.valid) == len(desk.said()) == len(desk.mesh.meetings) == MAX_OTHERS
    desk.hear("bob", expect("cleo"))
    desk.hear("bob", meet("dave"))
    assert desk.mesh.expects(page("cleo"))
    assert desk.mesh.meetings[-1].page == page("dave")


# How many there can be


def full() -> Desk:
    names = ("ada", "bob", "cleo", "dave", "erin")
    desk = Desk(*names)
    for each in names:
        desk.present(each, *(other for other in names if other != each))
    desk.said()
    return desk


def test_in_a_full_call_nobody_else_is_met() -> None:
    desk = full()
    desk.hear("ada", expect("frank"))
    desk.hear("ada", meet("frank"))
    assert not desk.said()
    assert not desk.mesh.meetings


def test_of_two_who_come_at_once_to_two_pages_none_stays() -> None:
    desk = full()
    desk.leave("erin")
    for each in ("ada", "bob", "cleo", "dave"):
        others = {"ada", "bob", "cleo", "dave"} - {each}
        desk.present(each, *others, *(["gina"] if each == "ada" else []))
    desk.said()
    desk.join("frank")  # and Gina has called Ada
    desk.present("frank")
    desk.wait(PATIENCE - 0.1)
    assert not desk.mesh.surplus
    assert not desk.said()
    desk.wait(0.1)
    assert desk.mesh.surplus == ["FRANK"]
    desk.leave("frank")
    desk.present("ada", "bob", "cleo", "dave")
    desk.wait(60.0)
    assert desk.mesh.surplus == ["FRANK"]


def test_whom_all_others_are_with_is_not_sent_away() -> None:
    desk = full()
    desk.present("ada", "bob", "cleo", "dave", "erin", "gina")
    desk.wait(PATIENCE)
    desk.wait(PATIENCE)
    assert not desk.mesh.surplus


def test_what_is_said_fits_into_the_message() -> None:
    desk = Desk(*(f"{number}".zfill(MAX_LENGTH) for number in range(30)))
    for _, message in desk.mesh.outgoing:
        assert MESH.decode(MESH.encode(message)) == message
