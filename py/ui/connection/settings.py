"""The settings dialog; the settings are stored in this browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.connection.connectivity import Line, not_tested, report
from app.connection.settings import (
    BROKER,
    YOURSELF,
    differing,
    ice_lines,
    peer_options,
    read_ice_lines,
)
from app.faults import InvalidSetting
from app.language import _, ngettext
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import PeerScriptError
from peerscript.peer.connectivity import check_connectivity
from ui.bridge import page
from ui.bridge.elements import by_id, copy_of, root

KEY = "peerscript-settings"
TEST_TIMEOUT = 10.0  # seconds; a server that answers does so within one or two


def own_settings() -> dict[str, Any]:
    """What the person has set."""
    return page.load(KEY)


def _page_settings() -> dict[str, Any]:
    """The page's own; where it says nothing of `secure`, PeerJS does as the page's address."""
    return {"secure": page.is_https(), **page.settings()}


def keep_name(name: str) -> None:
    """Keep what the person is called."""
    own = {key: value for key, value in own_settings().items() if key != "name"}
    page.store(KEY, own | ({"name": name} if name else {}))


class SettingsPanel:
    """`#settings`."""

    def __init__(self) -> None:
        self._test = ConnectionTest()
        self._renamed: Callable[[str], None] = lambda _: None
        by_id("settings-open").on_click(self._open)
        by_id("settings-cancel").on_click(by_id("settings").node.close)
        by_id("settings-form").on_submit(self._save)
        by_id("settings-reset").on_click(lambda: _show_modal("reset"))
        by_id("reset-no").on_click(by_id("reset").node.close)
        by_id("reset-yes").on_click(self._reset)
        by_id("language-take").on_click(page.reload)
        self._language = own_settings().get("language", "")
        _show_theme(own_settings())

    def bind(self, renamed: Callable[[str], None]) -> None:
        """Call `renamed` with the name when it was changed."""
        self._renamed = renamed

    def _open(self) -> None:
        shown = {**_page_settings(), **own_settings()}
        by_id("settings-name").value = shown.get("name", "")
        by_id("settings-theme").value = shown.get("theme", "")
        by_id("settings-language").value = shown.get("language", "")
        for name in BROKER[:-1]:
            by_id(f"settings-{name}").value = str(shown.get(name, ""))
        by_id("settings-secure").checked = bool(shown.get("secure"))
        by_id("settings-ice").value = ice_lines(shown.get("ice_servers", []))
        by_id("settings-relay").checked = shown.get("ice_transport_policy") == "relay"
        by_id("settings-problem").text = ""
        by_id("docs").hidden = not page.docs()
        by_id("docs-link").set(href=page.docs())
        self._test.clear()
        if root().get("data-ready"):
            by_id("settings-advanced").drop("open")
        else:
            by_id("settings-advanced").set(open="")  # they may be why nothing works
        _show_modal("settings")

    def _save(self) -> None:
        try:
            own = differing(self._read(), _page_settings())
            peer_options(page.settings(), own)
        except InvalidSetting as error:
            by_id("settings-problem").text = str(error)
            by_id("settings-advanced").set(open="")
            return
        self._keep(own)

    def _read(self) -> dict[str, Any]:
        own: dict[str, Any] = {"ice_servers": read_ice_lines(by_id("settings-ice").value)}
        for field in YOURSELF:
            if value := by_id(f"settings-{field}").value.strip():
                own[field] = value
        for field in BROKER[:-1]:
            if value := by_id(f"settings-{field}").value.strip():
                own[field] = int(value) if field == "port" else value
        own["secure"] = by_id("settings-secure").checked
        own["ice_transport_policy"] = "relay" if by_id("settings-relay").checked else "all"
        return own

    def _reset(self) -> None:
        by_id("reset").node.close()
        self._keep({})

    def _keep(self, own: dict[str, Any]) -> None:
        before = own_settings().get("name", "")
        page.store(KEY, own)
        if own.get("name", "") != before:
            self._renamed(own.get("name", ""))
        _show_theme(own)
        by_id("language").hidden = own.get("language", "") == self._language
        by_id("settings").node.close()


def _show_modal(id: str) -> None:
    dialog = by_id(id).node
    if not dialog.open:  # a browser that knows `command` has opened it already
        dialog.showModal()


def _show_theme(own: Mapping[str, Any]) -> None:
    root().set(data_theme=str(own.get("theme", "")))


class ConnectionTest:
    """`#settings-test`: tests the servers in the dialog, saved or not."""

    def __init__(self) -> None:
        self._button = by_id("settings-test")
        self._words = self._button.text
        self._result = by_id("settings-test-result")
        self._tasks = TaskOwner("the connection test")
        self._running: asyncio.Task[None] | None = None
        self._button.on_click(self._start)
        by_id("settings").on("close", lambda _: self._stop())

    def clear(self) -> None:
        """Clear the last result."""
        self._result.clear()

    def _start(self) -> None:
        if self._running is None or self._running.done():
            self._running = self._tasks.start(self._run())

    def _stop(self) -> None:
        """The dialog was closed."""
        if self._running is not None:
            self._running.cancel()

    async def _run(self) -> None:
        self._button.disabled = True
        self._button.text = _("Testing…")
        self._result.text = ngettext(
            "This takes up to {count} second.",
            "This takes up to {count} seconds.",
            round(TEST_TIMEOUT),
        )
        self._result.bring_into_view()
        try:
            self._show(await self._try_out())
        except asyncio.CancelledError:
            self.clear()
            raise
        except Exception as error:
            self._show([not_tested(error)])
            if not isinstance(error, PeerScriptError | ValueError):
                raise
        finally:
            self._button.disabled = False
            self._button.text = self._words
            self._keep_focus()

    async def _try_out(self) -> Sequence[Line]:
        servers = read_ice_lines(by_id("settings-ice").value)
        relay_only = by_id("settings-relay").checked
        found = await check_connectivity(servers, timeout=TEST_TIMEOUT)
        return report(found, servers, relay_only=relay_only)

    def _show(self, lines: Sequence[Line]) -> None:
        self._result.clear()
        for line in lines:
            row = copy_of("settings-test-template")
            row.set(data_kind=line.kind, data_outcome=line.outcome.value)
            row.slot("text").text = line.text
            self._result.append(row)
        self._result.bring_into_view()

    def _keep_focus(self) -> None:
        """Focus the button again: disabling it has removed the focus."""
        dialog = by_id("settings").node
        if dialog.open and not dialog.querySelector(":focus"):
            self._button.focus()
