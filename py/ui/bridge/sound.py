"""Sound that is made or measured here: a ring, a chime, and the level of a microphone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import js
from pyodide.ffi import create_proxy, to_js

_NOTES = ((0.0, 660.0), (0.18, 880.0), (0.36, 660.0))  # seconds, hertz
_CHIME = ((0.0, 880.0), (0.09, 1175.0))
_CHIME_PAUSE = 3.0  # seconds: who writes much is heard once
_LATE = 1.0  # seconds; a sound after that would be about nothing
_NOTE = 0.16  # seconds that one lasts
_LOUD = 0.12  # of 1.0
_RING_EVERY = 2500  # milliseconds
_LOOK_EVERY = 80  # milliseconds between two looks at a level


class RingTone:
    """Three short notes, again and again. A browser may keep it silent before the first click."""

    def __init__(self) -> None:
        self._context: Any = None
        self._timer: Any = None
        self._play = create_proxy(self._notes)

    def ring(self, on: bool) -> None:
        """Ring, or stop."""
        if on and self._timer is None:
            self._context = self._context or self._new_context()
            self._notes()
            self._timer = js.setInterval(self._play, _RING_EVERY)
        elif not on and self._timer is not None:
            js.clearInterval(self._timer)
            self._timer = None

    def _new_context(self) -> Any:
        context = js.AudioContext.new()
        context.addEventListener("statechange", create_proxy(lambda _: self._ring_at_last()))
        return context

    def _ring_at_last(self) -> None:
        if self._timer is not None and str(self._context.state) == "running":
            self._notes()

    def _notes(self) -> None:
        context = self._context
        if str(context.state) != "running":
            context.resume()  # with the first click; what is scheduled before comes at once then
            return
        _play(context, _NOTES)


class Chime:
    """Two short notes, once. A browser may keep it silent before the first click."""

    def __init__(self) -> None:
        self._context: Any = None
        self._last = -_CHIME_PAUSE

    def play(self) -> None:
        """Play it, unless it was just played."""
        if time.monotonic() - self._last < _CHIME_PAUSE:
            return
        self._last = time.monotonic()
        self._context = self._context or self._new_context()
        if str(self._context.state) == "running":
            _play(self._context, _CHIME)
        else:
            self._context.resume()  # a new one runs a moment later, or with the first click

    def _new_context(self) -> Any:
        context = js.AudioContext.new()
        context.addEventListener("statechange", create_proxy(lambda _: self._play_at_last()))
        return context

    def _play_at_last(self) -> None:
        in_time = time.monotonic() - self._last < _LATE
        if in_time and str(self._context.state) == "running":
            _play(self._context, _CHIME)


def _play(context: Any, notes: Sequence[tuple[float, float]]) -> None:
    for after, pitch in notes:
        start = context.currentTime + after
        tone, volume = context.createOscillator(), context.createGain()
        tone.frequency.value = pitch
        volume.gain.setValueAtTime(0, start)
        volume.gain.linearRampToValueAtTime(_LOUD, start + 0.02)
        volume.gain.linearRampToValueAtTime(0, start + _NOTE)
        tone.connect(volume).connect(context.destination)
        tone.start(start)
        tone.stop(start + _NOTE)


class Level:
    """How loud a microphone is.

    Args:
        heard: called with 0.0 to 1.0, several times a second.
    """

    def __init__(self, heard: Callable[[float], None]) -> None:
        self._heard = heard
        self._track: Any = None
        self._context: Any = None
        self._analyser: Any = None
        self._samples: Any = None
        self._timer: Any = None
        self._look = create_proxy(self._measure)

    def of(self, track: Any) -> None:
        """Measure this track from now on; None for none."""
        if track is self._track:
            return
        self._track = track
        if self._timer is not None:
            js.clearInterval(self._timer)
            self._timer = None
            self._context.close()
        self._heard(0.0)
        if track is not None:
            self._context = context = js.AudioContext.new()
            self._analyser = context.createAnalyser()
            self._analyser.fftSize = 512
            self._samples = js.Uint8Array.new(self._analyser.fftSize)
            stream = js.MediaStream.new(to_js([track]))
            context.createMediaStreamSource(stream).connect(self._analyser)
            self._timer = js.setInterval(self._look, _LOOK_EVERY)

    def _measure(self) -> None:
        self._analyser.getByteTimeDomainData(self._samples)
        loudest = max(abs(sample - 128) for sample in self._samples.to_bytes())
        self._heard(loudest / 128)
