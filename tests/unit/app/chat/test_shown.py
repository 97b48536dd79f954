"""A conversation is shown as far as it fits."""

from __future__ import annotations

import pytest

from app.chat.shown import Shown


def test_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.chat.shown.KEPT", 2)
    monkeypatch.setattr("app.chat.shown.KEPT_SIZE", 10)
    shown = Shown()
    assert [list(shown.add(key, 1)) for key in "abac"] == [[], [], [], ["a"]]
    assert list(shown.add("d", 10)) == ["b", "c"]
    shown.forget("d")
    shown.forget("no such")
    assert list(shown.add("e", 10)) == []
    assert list(shown.add("f", 20)) == ["e"]
