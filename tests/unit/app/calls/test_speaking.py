"""Who speaks."""

from __future__ import annotations

from typing import Any

import pytest

from app.calls.speaking import BEGINS_WITH, EVERY, WINDOW, Speaking

VOICE, PAUSE, BETWEEN = 0.1, 0.0, 0.015


def heard(*levels: float) -> list[bool]:
    speaking = Speaking()
    found = []
    for level in levels:
        speaking.hear(level)
        found.append(speaking.on)
    return found


def test_a_voice_begins_and_a_pause_ends_it() -> None:
    levels = [VOICE] * BEGINS_WITH + [PAUSE] * WINDOW
    assert heard(*levels) == [False] * (BEGINS_WITH - 1) + [True] * WINDOW + [False]


@pytest.mark.parametrize(
    ("levels", "speaks"),
    [
        (([VOICE] + [PAUSE] * WINDOW) * 3, False),  # something falls, now and then
        ([VOICE] * BEGINS_WITH + ([PAUSE] * (WINDOW - 1) + [VOICE]) * 9, True),  # words
        ([BETWEEN] * 40, False),  # the noise of a room
        ([VOICE] * BEGINS_WITH + [BETWEEN] * 40, True),  # a word that fades
    ],
)
def test_nothing_flickers(levels: list[float], speaks: bool) -> None:
    assert heard(*levels)[BEGINS_WITH:] == [speaks] * (len(levels) - BEGINS_WITH)


async def test_it_is_seen_on_their_tile(apps: Any, wait: Any, talk: Any) -> None:
    alice, bob = apps
    await talk(alice, bob)

    def speaks(app: Any) -> bool:
        return bool(app.view.calls.tiles[0].speaking)

    path = bob.contact("alice").link._calls()._path._path
    path.loudness = VOICE
    assert await wait(lambda: speaks(alice)) <= EVERY * (BEGINS_WITH + 1)
    assert not speaks(bob)
    bob.calls.own.mute(True)  # whatever the browser says it plays still
    await wait(lambda: not speaks(alice))
    bob.calls.own.mute(False)
    await wait(lambda: speaks(alice))
    path.loudness = PAUSE
    await wait(lambda: not speaks(alice))
