"""Limits of a Link that a test reaches sooner."""

from __future__ import annotations

import pytest

from peerscript.link import pace, path


@pytest.fixture
def tenth(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the frames is as much to ask, and tested ten times as fast."""
    monkeypatch.setattr("peerscript.link.pace.AT_ONCE", pace.AT_ONCE // 10)
    for name in ("FRAMES_PER_SECOND", "FRAMES_AT_ONCE"):
        monkeypatch.setattr(f"peerscript.link.path.{name}", getattr(path, name) // 10)
