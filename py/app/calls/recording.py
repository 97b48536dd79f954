"""Recording a call, which everybody in it sees."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.calls.own import OwnMedia
from app.calls.ports import Interrupted, Recorder
from app.calls.topics import Topics
from app.language import N_, _
from app.tasks import Tasks
from peerscript.calls import Slot


class Recording:
    """The recording of this page's calls, if there is one.

    Attributes:
        interrupted: those that were not ended, which the person may save or delete.

    Args:
        changed: called when it has begun or ended; the others are told then.
        topics: what is told of it.
    """

    def __init__(
        self,
        recorder: Recorder,
        own: OwnMedia,
        changed: Callable[[], None],
        topics: Topics,
        tasks: Tasks,
    ) -> None:
        self._recorder = recorder
        self._own = own
        self._changed = changed
        self._topics = topics
        self._tasks = tasks
        self.interrupted: tuple[Interrupted, ...] = ()
        # To begin takes a while, in which a person may press again, or the call end.
        self._lock = asyncio.Lock()

    async def press(self) -> None:
        """Record what is seen and heard here, or end that; nothing while either is under way."""
        if self._lock.locked():
            return
        async with self._lock:
            await (self._end() if self._own.recording else self._begin())

    async def _begin(self) -> None:
        try:
            await self._recorder.start(
                lambda: self._own.tracks.get(Slot.MICROPHONE), self._on_ended
            )
        except OSError as error:
            self._topics.recording.problem(_("The call cannot be recorded: {error}.", error=error))
            return
        self._topics.recording.settle()
        self._topics.recordings.settle()
        self._own.recording = True
        self._changed()

    def _on_ended(self) -> None:
        self._tasks.start(self.end())

    async def end(self) -> None:
        """End it, also one that is being begun; nothing if there is none."""
        async with self._lock:
            if self._own.recording:
                await self._end()

    async def _end(self) -> None:
        self._own.recording = False
        self._changed()
        try:
            await self._recorder.stop()
        except OSError as error:
            self._topics.recordings.problem(
                _("Not all of the call was recorded: {error}.", error=error)
            )
            await self.restore()

    # Those that were not ended

    async def restore(self) -> None:
        """Offer them."""
        self.interrupted = tuple(await self._recorder.interrupted())
        self._changed()

    async def save(self, key: str) -> None:
        """Save one."""
        failed = N_("The recording cannot be saved: {error}.")
        await self._finish(key, self._recorder.save, failed)

    async def delete(self, key: str) -> None:
        """Delete one."""
        await self._finish(
            key, self._recorder.delete, N_("The recording cannot be deleted: {error}.")
        )

    async def _finish(self, key: str, act: Callable[[str], Awaitable[None]], failed: str) -> None:
        try:
            await act(key)
        except OSError as error:
            self._topics.recordings.problem(_(failed, error=error))
            return
        self._topics.recordings.settle()
        self.interrupted = tuple(each for each in self.interrupted if each.key != key)
        self._changed()
