"""The settings dialog; what is set there is kept in this browser."""

from __future__ import annotations

from typing import Any

from app.settings import BROKER, InvalidSetting, ice_lines, read_ice_lines
from ui.bridge import page
from ui.bridge.elements import by_id

KEY = "peerscript-settings"


def own_settings() -> dict[str, Any]:
    """What the person has set."""
    return page.load(KEY)


class SettingsPanel:
    """`#settings`."""

    def __init__(self) -> None:
        by_id("settings-open").on_click(self._open)
        by_id("settings-cancel").on_click(by_id("settings").node.close)
        by_id("settings-form").on_submit(self._save)
        by_id("settings-reset").on_click(self._reset)

    def _open(self) -> None:
        shown = {**page.settings(), **own_settings()}
        by_id("settings-name").value = shown.get("name", "")
        for name in BROKER[:-1]:
            by_id(f"settings-{name}").value = str(shown.get(name, ""))
        by_id("settings-secure").checked = bool(shown.get("secure"))
        by_id("settings-ice").value = ice_lines(shown.get("ice_servers", []))
        by_id("settings-problem").text = ""
        dialog = by_id("settings").node
        if not dialog.open:  # a browser that knows `command` has opened it already
            dialog.showModal()

    def _save(self) -> None:
        try:
            own = self._read()
        except InvalidSetting as error:
            by_id("settings-problem").text = str(error)
            return
        differing = {key: value for key, value in own.items() if value != page.settings().get(key)}
        page.store(KEY, differing)
        by_id("settings").node.close()

    def _read(self) -> dict[str, Any]:
        own: dict[str, Any] = {"ice_servers": read_ice_lines(by_id("settings-ice").value)}
        if name := by_id("settings-name").value.strip():
            own["name"] = name
        for field in BROKER[:-1]:
            if value := by_id(f"settings-{field}").value.strip():
                own[field] = int(value) if field == "port" else value
        own["secure"] = by_id("settings-secure").checked
        return own

    def _reset(self) -> None:
        page.store(KEY, {})
        by_id("settings").node.close()
