"""A talk goes on where it stood."""

from __future__ import annotations

import logging

import pytest

from app.slides.presentation import NAME, PresentationStore
from app.slides.presentation import SavedPresentation as Saved


class FullStorage(dict[str, str]):
    def __setitem__(self, name: str, value: str) -> None:
        raise OSError("QuotaExceededError")


@pytest.mark.parametrize(("running", "elapsed"), [(True, 100.0), (False, 90.0)])
def test_the_timer_runs_on_while_the_page_is_loaded_again(running: bool, elapsed: float) -> None:
    storage: dict[str, str] = {}
    now = [1000.0]
    talk = Saved(3, 1, True, running, 90.0, 600.0, {"bob": "remote"})
    PresentationStore(storage, lambda: now[0]).save(talk)
    now[0] += 10
    found = PresentationStore(storage, lambda: now[0]).load()
    assert found == Saved(3, 1, True, running, elapsed, 600.0, {"bob": "remote"})


def test_a_clock_that_goes_back_takes_nothing_off() -> None:
    storage: dict[str, str] = {}
    PresentationStore(storage, lambda: 1000.0).save(Saved(running=True, elapsed=5.0))
    found = PresentationStore(storage, lambda: 900.0).load()
    assert found is not None
    assert found.elapsed == 5.0


def test_what_has_not_changed_is_not_written_again() -> None:
    storage: dict[str, str] = {}
    presentations = PresentationStore(storage, lambda: 1.0)
    presentations.save(Saved(1))
    storage[NAME] = "as it was"
    presentations.save(Saved(1))
    assert storage[NAME] == "as it was"
    presentations.save(Saved(2))
    assert storage[NAME] != "as it was"


@pytest.mark.parametrize(
    ("kept", "talk", "written"),
    [
        (
            Saved(running=True, elapsed=1.0),
            Saved(running=True, elapsed=2.0),
            False,
        ),
        (
            Saved(running=True, elapsed=9.0),
            Saved(running=True, elapsed=0.0),
            True,
        ),  # set back
        (
            Saved(running=True, elapsed=1.0),
            Saved(running=False, elapsed=2.0),
            True,
        ),
        (Saved(elapsed=1.0), Saved(elapsed=0.0), True),
    ],
)
def test_the_seconds_of_a_running_timer_are_no_change(
    kept: Saved, talk: Saved, written: bool
) -> None:
    storage: dict[str, str] = {}
    presentations = PresentationStore(storage, lambda: 1.0)
    presentations.save(kept)
    before = storage[NAME]
    presentations.save(talk)
    assert (storage[NAME] != before) is written


def test_a_talk_that_is_over_is_forgotten() -> None:
    storage: dict[str, str] = {}
    presentations = PresentationStore(storage)
    presentations.forget()
    presentations.save(Saved())
    presentations.forget()
    assert storage == {}
    assert presentations.load() is None


def test_a_full_storage_stops_no_talk(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    PresentationStore(FullStorage()).save(Saved())
    assert "start over" in caplog.text
