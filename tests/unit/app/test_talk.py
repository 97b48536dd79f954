"""A talk goes on where it stood."""

from __future__ import annotations

import logging

import pytest

from app.talk import NAME, Talk, TalkKeeper


class FullStorage(dict[str, str]):
    def __setitem__(self, name: str, value: str) -> None:
        raise OSError("QuotaExceededError")


@pytest.mark.parametrize(("running", "elapsed"), [(True, 100.0), (False, 90.0)])
def test_the_timer_runs_on_while_the_page_is_loaded_again(running: bool, elapsed: float) -> None:
    storage: dict[str, str] = {}
    now = [1000.0]
    talk = Talk(3, 1, True, running, 90.0, 600.0, {"bob": "remote"})
    TalkKeeper(storage, lambda: now[0]).keep(talk)
    now[0] += 10
    found = TalkKeeper(storage, lambda: now[0]).find()
    assert found == Talk(3, 1, True, running, elapsed, 600.0, {"bob": "remote"})


def test_a_clock_that_goes_back_takes_nothing_off() -> None:
    storage: dict[str, str] = {}
    TalkKeeper(storage, lambda: 1000.0).keep(Talk(running=True, elapsed=5.0))
    found = TalkKeeper(storage, lambda: 900.0).find()
    assert found is not None
    assert found.elapsed == 5.0


def test_what_has_not_changed_is_not_written_again() -> None:
    storage: dict[str, str] = {}
    keeper = TalkKeeper(storage, lambda: 1.0)
    keeper.keep(Talk(1))
    storage[NAME] = "as it was"
    keeper.keep(Talk(1))
    assert storage[NAME] == "as it was"
    keeper.keep(Talk(2))
    assert storage[NAME] != "as it was"


@pytest.mark.parametrize(
    ("kept", "talk", "written"),
    [
        (Talk(running=True, elapsed=1.0), Talk(running=True, elapsed=2.0), False),
        (Talk(running=True, elapsed=9.0), Talk(running=True, elapsed=0.0), True),  # set back
        (Talk(running=True, elapsed=1.0), Talk(running=False, elapsed=2.0), True),
        (Talk(elapsed=1.0), Talk(elapsed=0.0), True),
    ],
)
def test_the_seconds_of_a_running_timer_are_no_change(
    kept: Talk, talk: Talk, written: bool
) -> None:
    storage: dict[str, str] = {}
    keeper = TalkKeeper(storage, lambda: 1.0)
    keeper.keep(kept)
    before = storage[NAME]
    keeper.keep(talk)
    assert (storage[NAME] != before) is written


def test_a_talk_that_is_over_is_forgotten() -> None:
    storage: dict[str, str] = {}
    keeper = TalkKeeper(storage)
    keeper.forget()
    keeper.keep(Talk())
    keeper.forget()
    assert storage == {}
    assert keeper.find() is None


def test_a_full_storage_stops_no_talk(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    TalkKeeper(FullStorage()).keep(Talk())
    assert "begin anew" in caplog.text
