"""Recordings that were interrupted: `#recordings`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.calls.ports import Interrupted
from app.units import readable_size
from ui.bridge.elements import by_id, copy_of


class RecordingsPanel:
    """A row for each, with what can be done about it."""

    def __init__(self) -> None:
        self._shown: Sequence[Interrupted] = ()

    def bind(self, save: Callable[[str], None], delete: Callable[[str], None]) -> None:
        """Connect the buttons to their actions, which are given a recording's key."""
        actions = {"save": save, "delete": delete}
        by_id("recordings-list").on_action(
            lambda row, action: actions[action](row.get("data-recording"))
        )

    def show(self, recordings: Sequence[Interrupted]) -> None:
        """Show these, and no others."""
        if recordings == self._shown:
            return
        self._shown = recordings
        by_id("recordings").hidden = not recordings
        by_id("recordings-list").clear()
        for recording in recordings:
            row = by_id("recordings-list").append(copy_of("recording-template"))
            row.set(data_recording=recording.key)
            row.slot("name").text = recording.name
            row.slot("size").text = readable_size(recording.size)
