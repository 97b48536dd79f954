"""The call's tiles and controls (app.calls.ports.CallView)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from app.calls.calls import Calls
from app.calls.ports import CallPhase
from ui.bridge.elements import Element, by_id, copy_of


class CallPanel:
    """`#call-…`, `#mute-…`, `#local-video`, `#remote-videos`.

    Args:
        shrunk: called when the call takes space from the rest of the page.
    """

    def __init__(self, shrunk: Callable[[], None]) -> None:
        self._shrunk = shrunk
        self._tile: Element | None = None

    def bind(self, calls: Calls, call: Callable[[], None], start: Callable[..., Any]) -> None:
        """Connect the buttons to their actions."""
        by_id("call-start").disabled = False
        by_id("call-start").on_click(call)
        by_id("call-accept").on_click(start(calls.accept))
        by_id("call-decline").on_click(start(calls.decline))
        by_id("call-end").on_click(start(calls.hang_up))
        for id, kind in (("mute-audio", "audio"), ("mute-video", "video")):
            by_id(id).on_click(partial(self._mute, id, kind, calls))

    def _mute(self, id: str, kind: str, calls: Calls) -> None:
        button = by_id(id)
        muted = button.get("aria-pressed") != "true"
        button.set(aria_pressed=str(muted).lower())
        calls.mute(kind, muted)

    def ring(self, name: str) -> None:
        by_id("incoming-call-name").text = name
        by_id("call-accept").focus()

    def show(self, phase: CallPhase, *, name: str, peer_id: str, local: Any, remote: Any) -> None:
        by_id("incoming-call").hidden = phase is not CallPhase.RINGING
        by_id("local-video").play(local)
        by_id("local-video").hidden = local is None
        if phase not in (CallPhase.CALLING, CallPhase.TALKING):
            self._clear()
            return
        if self._tile is None:
            self._tile = by_id("remote-videos").append(copy_of("remote-video-template"))
            self._shrunk()  # the call has taken some of the page's room
        video = self._tile.slot("video")
        video.set(data_peer_id=peer_id, data_kind="camera", aria_label=f"Camera of {name}")
        video.play(remote)
        self._tile.slot("caption").text = name if phase is CallPhase.TALKING else f"Calling {name}…"

    def _clear(self) -> None:
        if self._tile is not None:
            self._tile.slot("video").play(None)
            self._tile.remove()
            self._tile = None
        for id in ("mute-audio", "mute-video"):
            by_id(id).set(aria_pressed="false")
