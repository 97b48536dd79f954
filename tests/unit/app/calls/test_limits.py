"""How much is sent to each."""

from __future__ import annotations

import pytest

from app.calls.limits import LARGE, LEAST, PATIENCE, RELIEF, SHORT, Uplink, picture_limit


@pytest.mark.parametrize(("others", "height"), [(0, 720), (1, 720), (2, 360), (3, 360), (4, 180)])
def test_the_more_there_are_the_smaller_is_a_picture(others: int, height: int) -> None:
    assert picture_limit(others).height == height


def test_a_small_picture_is_not_made_larger() -> None:
    assert picture_limit(1).scale_down_by(1080) == 1.5
    assert picture_limit(1).scale_down_by(480) == 1.0
    assert picture_limit(1).scale_down_by(0) == 1.0


def test_where_the_uplink_is_short_the_picture_gives_way_for_a_while() -> None:
    uplink = Uplink()
    assert not any(uplink.add(room) for room in (None, SHORT, SHORT - 1, SHORT) * 3)
    assert uplink.fit(LARGE) is LARGE
    looks = [uplink.add(SHORT - 1) for _ in range(PATIENCE)]
    assert looks == [False] * (PATIENCE - 1) + [True]
    assert uplink.fit(LARGE) is LEAST
    looks = [uplink.add(SHORT - 1) for _ in range(RELIEF)]
    assert looks == [False] * (RELIEF - 1) + [True]
    assert uplink.fit(LARGE) is LARGE
