"""Everybody in the call, and their screens: `#remote-videos`; and oneself: `#own`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.calls.ports import Own, Tile
from app.language import N_, _, pgettext
from ui.bridge.elements import Element, by_id, copy_of
from ui.bridge.page import when_seen
from ui.bridge.video import choose_speaker, play, show_stream, show_track

Key = tuple[str, str]  # of the contact, and "camera" or "screen"


class Tiles:
    """One for each camera and each screen of the others.

    Args:
        measures: called when somebody's badge is pressed.
    """

    def __init__(self, measures: Callable[[], None]) -> None:
        self._tiles: dict[Key, Element] = {}
        self._volumes: dict[str, float] = {}  # by contact, if not 1.0
        self._speaker = ""
        self._box = by_id("remote-videos")
        self._box.on_action(lambda _, __: measures())
        by_id("call-play").on_click(self._play)
        when_seen(self._play)

    def show(self, tiles: Sequence[Tile]) -> None:
        """Show these, and no others."""
        wanted = {(each.key, "camera"): each for each in tiles}
        wanted |= {(each.key, "screen"): each for each in tiles if each.screen is not None}
        for key in [each for each in self._tiles if each not in wanted]:
            self._remove(key)
        for key, tile in wanted.items():
            if key not in self._tiles:
                self._tiles[key] = self._box.append(copy_of("remote-video-template"))
                self._set_sound(key)
            _fill(self._tiles[key], key[1], tile, self._blocked)

    def video(self, key: str) -> Element | None:
        """A contact's picture: their screen, while they share one."""
        tile = self._tiles.get((key, "screen")) or self._tiles.get((key, "camera"))
        return tile.slot("video") if tile else None

    def set_volume(self, key: str, volume: float) -> None:
        """How loud a contact is, from 0.0 to 1.0."""
        self._volumes[key] = volume
        for each in self._tiles:
            self._set_sound(each)

    def set_speaker(self, device_id: str) -> None:
        """Where everybody is heard; "" for where the system has its sound."""
        self._speaker = device_id
        for each in self._tiles:
            self._set_sound(each)

    def _set_sound(self, key: Key) -> None:
        video = self._tiles[key].slot("video")
        video.node.volume = self._volumes.get(key[0], 1.0)
        choose_speaker(video, self._speaker)

    def _remove(self, key: Key) -> None:
        tile = self._tiles.pop(key)
        if key[1] == "camera":
            self._volumes.pop(key[0], None)  # as of their slider, which goes with them
        tile.slot("video").node.srcObject = None
        tile.remove()

    def _blocked(self) -> None:
        by_id("call-play").hidden = False

    def _play(self) -> None:
        by_id("call-play").hidden = True
        for tile in self._tiles.values():
            play(tile.slot("video"), self._blocked)


def _fill(element: Element, kind: str, tile: Tile, blocked: Callable[[], None]) -> None:
    screen = kind == "screen"
    what = _(N_("Screen of {name}") if screen else N_("Camera of {name}"), name=tile.name)
    video = element.slot("video")
    video.set(data_peer_id=tile.peer_id, data_kind=kind, aria_label=what)
    show_stream(video, tile.screen if screen else tile.camera, blocked)
    dark = not screen and (not tile.camera_on or tile.camera is None)
    state = "reconnecting" if tile.reconnecting else "waiting" if tile.words else "connected"
    speaks = tile.speaking and not screen and state == "connected"
    element.set(data_kind=kind, data_dark=str(dark).lower(), data_state=state)
    element.set(data_speaking=str(speaks).lower())
    _set(element.slot("speaks"), " " + _("speaks") if speaks else "")
    _set(element.slot("said"), "" if screen else tile.caption)
    element.slot("face").text = tile.name[:1].upper()
    element.slot("caption").text = what if screen else tile.words or tile.name
    _set(element.slot("flags"), "" if screen else _flags(tile))
    badge = element.slot("quality")
    badge.hidden = screen or tile.quality == "unknown" or bool(tile.words)
    badge.set(data_quality=tile.quality)
    _set(badge, _(_QUALITIES.get(tile.quality, "")))


# CallStats.quality in words; what is not known is not shown.
_QUALITIES = {"good": N_("Good"), "fair": N_("Fair"), "poor": N_("Poor")}


def _flags(tile: Tile) -> str:
    name = tile.name if tile.words else ""
    flags = (
        (not tile.microphone_on, _("Muted")),
        (not tile.camera_on, _("No camera")),
        (tile.screen is not None, _("Shares a screen")),
        (tile.recording, _("Records")),
    )
    return " · ".join([name] * bool(name and name not in tile.words) + _of(flags))


def show_own(own: Own, *, in_call: bool) -> None:
    """Show what this page sends."""
    show_track(by_id("local-video"), own.camera)
    by_id("own").set(
        data_dark=str(own.camera is None).lower(), data_away=str(own.faces_away).lower()
    )
    flags = (
        (own.muted or own.microphone is None, _("Muted")),
        (own.camera is None, _("No camera")),
        (own.sharing, _("Sharing")),
        (own.recording, pgettext("you are", "Recording")),
    )
    _set(by_id("own-flags"), " · ".join([_("You"), *_of(flags)]) if in_call else "")


def _of(flags: tuple[tuple[bool, str], ...]) -> list[str]:
    return [words for so, words in flags if so]


def _set(element: Element, text: str) -> None:
    if element.text != text:
        element.text = text
