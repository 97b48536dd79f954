"""What holds for every test: none in CPython waits for the clock, and all draw few examples."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from tests.clock import QuickLoop

BROWSER = Path(__file__).parent / "browser"

# The same few examples each time; `nox -s long` draws many, and others each time.
settings.register_profile("quick", max_examples=30, derandomize=True, deadline=None)
settings.register_profile("long", max_examples=1000, deadline=None)
settings.load_profile("quick")


def is_real(item: pytest.Item) -> bool:
    """Whether something outside of Python takes part, that goes by the real clock."""
    return item.path.is_relative_to(BROWSER) or item.get_closest_marker("sockets") is not None


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"loop": asyncio.new_event_loop if is_real(item) else QuickLoop}


@pytest.fixture(autouse=True)
def nobody_waits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that waits for the real clock fails: by `time.sleep`, or in a loop of its own."""

    def refuse(*_: object) -> None:
        raise AssertionError("a unit test waits for the real clock; see tests/clock.py")

    if not is_real(request.node):
        monkeypatch.setattr("time.sleep", refuse)
        monkeypatch.setattr("asyncio.new_event_loop", refuse)
        monkeypatch.setattr("asyncio.events.new_event_loop", refuse)
