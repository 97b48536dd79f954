"""How much is sent to each."""

from __future__ import annotations

import pytest

from app.calls.limits import picture_limit


@pytest.mark.parametrize(("others", "height"), [(0, 720), (1, 720), (2, 360), (3, 360), (4, 180)])
def test_the_more_there_are_the_smaller_is_a_picture(others: int, height: int) -> None:
    assert picture_limit(others).height == height


def test_a_small_picture_is_not_made_larger() -> None:
    assert picture_limit(1).scale_down_by(1080) == 1.5
    assert picture_limit(1).scale_down_by(480) == 1.0
    assert picture_limit(1).scale_down_by(0) == 1.0
