"""What the person here is called: `#own-name`, and `#settings-name` in the settings."""

from __future__ import annotations

from collections.abc import Callable

from app.language import _
from app.people.contact import short_name
from peerscript.link.links import Links
from ui.bridge.elements import by_id
from ui.connection.settings import SettingsPanel, keep_name


class OwnName:
    """Asked for beside the link; kept in this browser, and told at once to everybody.

    Args:
        announce: tells a screen reader that it was taken.
    """

    def __init__(
        self, links: Links, settings: SettingsPanel, announce: Callable[[str], None]
    ) -> None:
        self._links = links
        self._announce = announce
        self._field = by_id("own-name")
        self._field.value = self._field.value or links.name  # it may have been typed already
        self._field.set(placeholder=short_name(links.own_id))
        self._field.on("change", lambda _: self._typed())
        by_id("own-form").on_submit(self._typed)
        settings.bind(self._take)
        self._typed()

    def _typed(self) -> None:
        if self._field.value.strip() != self._links.name:
            self._take(self._field.value)

    def _take(self, name: str) -> None:
        self._links.name = name
        self._field.value = self._links.name  # cleaned
        keep_name(self._links.name)
        shown = self._links.name or short_name(self._links.own_id)
        self._announce(_("You are called {name} now.", name=shown))
