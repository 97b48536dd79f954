"""The offer of a newer version (app.versions.VersionView)."""

from __future__ import annotations

from collections.abc import Callable

from ui.bridge.elements import by_id


class VersionPanel:
    """`#version`, `#version-take`."""

    def bind(self, take: Callable[[], None]) -> None:
        """Connect the button."""
        by_id("version-take").on_click(take)

    def show(self, words: str, *, can_take: bool) -> None:
        if by_id("version-words").text != words:
            by_id("version-words").text = words
        by_id("version-take").hidden = not can_take
        by_id("version").hidden = False
