"""Any number of remotes press whatever, whenever: all end up at the same slide, and nobody's press
moves it by more than they wanted.
"""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from peerscript.protocol.slides.turning import Position, Turning

LAST = 40


class SavedPresentation:
    """A presenter's page with its deck, and remotes that see and are heard with a delay.

    Args:
        late: whether the deck turns some time after it is told to, as one in a frame does.
    """

    def __init__(self, remotes: int, late: bool) -> None:
        self.late = late
        self.slide = LAST // 2
        self.turning = Turning((self.slide, 0), clock=lambda: 0.0)
        self.seen = [(self.turning.revision, self.slide)] * remotes
        self.told: list[deque[tuple[int, int]]] = [deque() for _ in range(remotes)]
        self.said: list[deque[tuple[int, int]]] = [deque() for _ in range(remotes)]
        self.orders: deque[int] = deque()  # to the deck: the slide to go to

    def press(self, remote: int, by: int) -> None:
        self.said[remote].append((self.seen[remote][0], by))

    def hear(self, remote: int) -> None:
        """The presenter's page hears what a remote said first."""
        if not self.said[remote]:
            return
        revision, by = self.said[remote].popleft()
        origin = self.turning.press(remote, revision)
        base = self.aim if origin is None else origin[0]
        self.orders.append(min(max(base + by, 0), LAST))
        if not self.late:
            self.turn()

    @property
    def aim(self) -> int:
        """Where the deck will be when it has done all it was told."""
        return self.orders[-1] if self.orders else self.slide

    def turn(self) -> None:
        """The deck does the next thing it was told."""
        if not self.orders:
            return
        self.slide = self.orders.popleft()
        position: Position = (self.slide, 0)
        if self.turning.reach(position):
            for queue in self.told:
                queue.append((self.turning.revision, self.slide))

    def see(self, remote: int) -> None:
        """A remote is told the newest state; those in between are skipped, as on a slow path."""
        if self.told[remote]:
            self.seen[remote] = self.told[remote].pop()
            self.told[remote].clear()

    def settle(self) -> None:
        for remote in range(len(self.seen)):
            while self.said[remote]:
                self.hear(remote)
            while self.orders:
                self.turn()
        for remote in range(len(self.seen)):
            self.see(remote)


STEPS = st.lists(
    st.tuples(st.sampled_from(["press", "hear", "turn", "see"]), st.integers(0, 2), st.booleans()),
    max_size=60,
)


@given(STEPS, st.booleans())
def test_all_agree(steps: list[tuple[str, int, bool]], late: bool) -> None:
    talk = SavedPresentation(3, late)
    for action, remote, forward in steps:
        if action == "press":
            talk.press(remote, 1 if forward else -1)
        elif action == "hear":
            talk.hear(remote)
        elif action == "see":
            talk.see(remote)
        else:
            talk.turn()
    talk.settle()
    assert {slide for _, slide in talk.seen} == {talk.slide} == {talk.turning.position[0]}


@given(st.permutations([0, 1, 2]), st.lists(st.sampled_from([1, -1]), min_size=3, max_size=3))
def test_of_those_who_press_at_once_the_last_one_heard_wins(
    order: list[int], wishes: list[int]
) -> None:
    for late in (False, True):
        talk = SavedPresentation(3, late)
        began = talk.slide
        for remote, by in enumerate(wishes):
            talk.press(remote, by)
        for remote in order:
            talk.hear(remote)
        talk.settle()
        assert talk.slide == began + wishes[order[-1]]


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([1, -1])), min_size=1, max_size=15))
def test_of_those_who_press_on_without_looking_the_last_one_gets_all_they_wanted(
    presses: list[tuple[int, int]],
) -> None:
    talk = SavedPresentation(3, late=False)
    began, (last, _) = talk.slide, presses[-1]
    for remote, by in presses:
        talk.press(remote, by)
        talk.hear(remote)
    assert talk.slide == began + sum(by for remote, by in presses if remote == last)


@given(st.lists(st.sampled_from([1, -1]), max_size=5), st.sampled_from([1, -1]), st.booleans())
def test_a_key_at_the_deck_and_a_press_at_once_move_one_slide(
    before: list[int], by: int, late: bool
) -> None:
    talk = SavedPresentation(1, late)
    for each in before:
        talk.press(0, each)
        talk.settle()
    began = talk.slide
    talk.press(0, by)
    talk.orders.append(began + by)  # the key, which nobody tells of
    talk.turn()
    talk.settle()
    assert talk.slide == began + by


@given(st.integers(1, 10), st.booleans())
def test_quick_presses_of_one_add_up(presses: int, late: bool) -> None:
    talk = SavedPresentation(2, late)
    began = talk.slide
    for _ in range(presses):
        talk.press(0, 1)
    talk.settle()
    assert talk.slide == began + presses
