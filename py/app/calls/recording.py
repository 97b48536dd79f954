"""Recording a call, which everybody in it sees."""

from __future__ import annotations

from collections.abc import Callable

from app.calls.own import OwnMedia
from app.calls.ports import Recorder
from peerscript.calls import Slot


class Recording:
    """The recording of this page's calls, if there is one.

    Args:
        changed: called when it has begun or ended; the others are told then.
        problem: shows a text to the person.
    """

    def __init__(
        self,
        recorder: Recorder,
        own: OwnMedia,
        changed: Callable[[], None],
        problem: Callable[[str], None],
    ) -> None:
        self._recorder = recorder
        self._own = own
        self._changed = changed
        self._problem = problem

    async def press(self) -> None:
        """Record what is seen and heard here, or end that."""
        await (self.end() if self._own.recording else self._begin())

    async def _begin(self) -> None:
        try:
            await self._recorder.start(lambda: self._own.tracks.get(Slot.MICROPHONE))
        except OSError as error:
            self._problem(f"The call cannot be recorded: {error}.")
            return
        self._own.recording = True
        self._changed()

    async def end(self) -> None:
        """End it; nothing if there is none."""
        if not self._own.recording:
            return
        self._own.recording = False
        self._changed()
        try:
            await self._recorder.stop()
        except OSError as error:
            self._problem(f"Not all of the call was recorded: {error}.")
