"""So much at once, and so much in the long run."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from peerscript.protocol.throttle import Throttle


def test_a_burst_and_then_the_rate() -> None:
    throttle = Throttle(rate=2, burst=3, now=10.0)
    assert [throttle.allows(10.0) for _ in range(4)] == [True, True, True, False]
    assert [throttle.allows(10.5) for _ in range(2)] == [True, False]
    assert [throttle.allows(11.5) for _ in range(3)] == [True, True, False]


def test_rest_earns_no_more_than_a_burst() -> None:
    throttle = Throttle(rate=100, burst=3, now=0.0)
    assert sum(throttle.allows(1e6) for _ in range(10)) == 3


def test_what_is_refused_costs_nothing() -> None:
    throttle = Throttle(rate=1, burst=5, now=0.0)
    assert throttle.allows(0.0, 3)
    assert not throttle.allows(0.0, 3)
    assert throttle.allows(0.0, 2)
    assert not throttle.allows(100.0, 5.5)
    assert throttle.allows(100.0, 5)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4)), max_size=40),
    st.integers(1, 8),
    st.integers(1, 8),
)
def test_never_more_than_a_burst_and_the_rate(
    asked: list[tuple[int, int]], rate: int, burst: int
) -> None:
    throttle = Throttle(rate, burst, 0.0)
    now, passed = 0.0, [(0.0, 0)]
    for pause, cost in asked:
        now += pause / 8
        if throttle.allows(now, cost):
            passed.append((now, cost))
    for place, (began, _) in enumerate(passed):
        taken = sum(cost for _, cost in passed[place:])
        assert taken <= burst + (now - began) * rate
