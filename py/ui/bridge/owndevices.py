"""This page's cameras, microphones and screens (app.calls.ports.OwnDevices)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import js
from pyodide.ffi import create_proxy

from peerscript.browser import this_browser
from peerscript.calls import Slot
from peerscript.errors import InsecurePage, MediaError
from peerscript.media import Constraints, Device
from ui.bridge.page import when_seen


class PageDevices:
    """What the browser gives, as tracks by their slots."""

    def __init__(self) -> None:
        self._browser = this_browser()

    async def open(self, camera: Constraints, microphone: Constraints) -> Mapping[Slot, Any]:
        stream = await self._browser.get_user_media(microphone, camera)
        return self._by_slot(stream, Slot.CAMERA, Slot.MICROPHONE)

    async def open_screen(self) -> Mapping[Slot, Any]:
        stream = await self._browser.get_display_media(True, True)
        return self._by_slot(stream, Slot.SCREEN, Slot.SCREEN_SOUND)

    def _by_slot(self, stream: Any, picture: Slot, sound: Slot) -> Mapping[Slot, Any]:
        slots = {"video": picture, "audio": sound}
        return {slots[kind]: track for kind, track in self._browser.tracks_of(stream).items()}

    def stop(self, track: Any) -> None:
        self._browser.stop_track(track)

    def enable(self, track: Any, enabled: bool) -> None:
        self._browser.set_track_enabled(track, enabled)

    async def known(self) -> list[Device]:
        try:
            return await self._browser.devices()
        except (InsecurePage, MediaError):
            return []  # asking for one of them says why

    def device_of(self, track: Any) -> str:
        return str(getattr(track.getSettings(), "deviceId", ""))

    def height_of(self, track: Any) -> int:
        settings = track.getSettings()
        sides = (getattr(settings, "height", 0), getattr(settings, "width", 0))
        return int(min(sides))

    def faces_away(self, track: Any) -> bool:
        return str(getattr(track.getSettings(), "facingMode", "")) == "environment"

    def has_ended(self, track: Any) -> bool:
        return str(track.readyState) == "ended"

    def seen(self) -> bool:
        return str(js.document.visibilityState) == "visible"

    def on_end(self, track: Any, ended: Callable[[], None]) -> None:
        track.addEventListener("ended", create_proxy(lambda _: ended()))

    def on_change(self, changed: Callable[[], None]) -> None:
        devices = getattr(js.navigator, "mediaDevices", None)
        if devices:  # not on plain http from another machine
            devices.addEventListener("devicechange", create_proxy(lambda _: changed()))
        when_seen(changed)


def can_share_screen() -> bool:
    """Whether this browser shares screens; those of phones do not."""
    devices = getattr(js.navigator, "mediaDevices", None)
    return bool(devices and getattr(devices, "getDisplayMedia", None))
