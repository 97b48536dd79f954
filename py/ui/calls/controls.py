"""The buttons of a call, and its options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from app.calls.calls import Calls
from app.calls.ports import CallsShown, Own, Tile
from app.language import N_, _
from peerscript.calls import Slot
from peerscript.media import Device
from ui.bridge import page
from ui.bridge.attention import ask_to_notify, may_ask_to_notify
from ui.bridge.device import has_fullscreen, toggle_fullscreen, when_fullscreen
from ui.bridge.elements import Element, by_id, copy_of, new_option
from ui.bridge.gestures import on_held, on_letter
from ui.bridge.owndevices import can_share_screen
from ui.bridge.toplayer import when_covered
from ui.bridge.video import (
    ask_for_speaker,
    can_ask_for_speaker,
    can_choose_speaker,
    has_picture_in_picture,
    toggle_picture_in_picture,
)
from ui.calls.tiles import Tiles

STORED = "peerscript-calls"  # what is chosen in the options, by names of check boxes
_OPTIONS = ("call-mirror", "call-space", "call-keys", "ring-sound")
_KEYS = {"mute-audio": "M", "mute-video": "V"}
_CAPTIONS = "call-captions"  # off at first: others read them
_SPEAKER = "speaker"
_ASK = "ask"  # for a speaker in the browser's own list
_SELECTS = (("camera-select", Slot.CAMERA), ("microphone-select", Slot.MICROPHONE))
_KINDS = {Slot.CAMERA: "videoinput", Slot.MICROPHONE: "audioinput"}
_NOUNS = {
    Slot.CAMERA: (N_("No camera"), N_("Camera")),
    Slot.MICROPHONE: (N_("No microphone"), N_("Microphone")),
}


class Controls:
    """`#mute-audio`, `#mute-video`, `#share-screen`, `#call-end`, `#call-options`."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._people: dict[str, Element] = {}
        self._in_call = False
        kept = page.load(STORED)
        self._speaker = str(kept.get(_SPEAKER, ""))
        self._asked: list[Device] = []  # speakers that were chosen in the browser's own list
        self._own = Own()
        tiles.set_speaker(self._speaker)
        for id in (*_OPTIONS, _CAPTIONS):
            by_id(id).checked = bool(kept.get(id, id != _CAPTIONS))
            by_id(id).on("change", lambda _: self._keep())
        self._keep()
        when_fullscreen(_place_controls)
        when_covered(_place_bar)

    def bind(self, calls: Calls, start: Callable[..., Callable[..., None]]) -> None:
        """Connect them to their actions."""
        by_id("mute-audio").on_click(start(calls.switches.microphone))
        by_id("mute-video").on_click(start(calls.switches.camera))
        by_id("share-screen").on_click(start(calls.switches.screen))
        by_id("share-screen").hidden = not can_share_screen()
        by_id("call-record").on_click(start(calls.recording.press))
        for id in ("call-end", "call-end-too"):
            by_id(id).on_click(calls.hang_up)
        by_id("call-fullscreen").hidden = not has_fullscreen()
        by_id("call-fullscreen").on_click(lambda: toggle_fullscreen(by_id("call")))
        by_id("call-notify").on_click(lambda: ask_to_notify(self._offer_to_notify))
        self._offer_to_notify()
        choose, choose_speaker = start(calls.switches.choose), start(self._choose_speaker)
        for id, slot in _SELECTS:
            by_id(id).on("change", partial(_on_choice, choose, slot))
        speaker = by_id("speaker-select")  # read at once: what is shown next sets it back
        speaker.on("change", lambda _: choose_speaker(str(speaker.value)))
        by_id("camera-next").on_click(lambda: choose(Slot.CAMERA, calls.own.next_camera()))
        on_held(" ", lambda held: self._on_space(calls, held))
        keys = {"m": start(calls.switches.microphone), "v": start(calls.switches.camera)}
        on_letter(lambda letter: self._on_letter(keys.get(letter)))
        calls.captions.want(by_id(_CAPTIONS).checked)
        by_id(_CAPTIONS).on("change", lambda _: calls.captions.want(by_id(_CAPTIONS).checked))
        act = start(self._act)
        by_id("call-people").on_action(lambda row, action: act(calls, row, action))
        by_id("call-people").on("input", self._on_volume)

    @staticmethod
    def _on_space(calls: Calls, held: bool) -> bool:
        """Whether the key was for this. (The box may be unchecked while the key is held.)"""
        wanted = not held or bool(by_id("call-space").checked)
        return wanted and calls.switches.talk(held)

    async def _act(self, calls: Calls, row: Element, action: str) -> None:
        key = row.get("data-contact")
        video = self._tiles.video(key)
        if action == "end":
            calls.hang_up(key)
        elif video is not None:
            await toggle_picture_in_picture(video)

    def _on_volume(self, event: Any) -> None:
        row = Element(event.target.closest("[data-contact]"))
        self._tiles.set_volume(row.get("data-contact"), float(event.target.value) / 100)

    def _on_letter(self, act: Callable[[], None] | None) -> bool:
        if act is None or not self._in_call or not by_id("call-keys").checked:
            return False
        act()
        return True

    async def _choose_speaker(self, chosen: str) -> None:
        if chosen == _ASK:
            asked = await ask_for_speaker()
            if asked is not None:
                self._asked.append(asked)
            chosen = asked.id if asked else self._speaker
        self._speaker = chosen
        self._tiles.set_speaker(chosen)
        self._show_speakers()
        self._keep()

    def _keep(self) -> None:
        by_id("own").set(data_mirror=str(by_id("call-mirror").checked).lower())
        for id, key in _KEYS.items():
            if by_id("call-keys").checked:
                by_id(id).set(aria_keyshortcuts=key)
            else:
                by_id(id).drop("aria-keyshortcuts")
        chosen = {id: by_id(id).checked for id in (*_OPTIONS, _CAPTIONS)}
        page.store(STORED, {**chosen, _SPEAKER: self._speaker})

    def _offer_to_notify(self) -> None:
        by_id("call-notify").hidden = not may_ask_to_notify()

    def show(self, shown: CallsShown) -> None:
        """Show what each button would do now, and what can be chosen."""
        own = shown.own
        self._in_call = bool(shown.tiles)
        by_id("call-bar").hidden = not self._in_call
        by_id("captions-choice").hidden = not shown.captions_offered
        silent = own.muted or own.microphone is None
        _press("mute-audio", silent, _("Unmute") if silent else _("Mute"))
        _press("mute-video", own.camera is None, _("Camera off") if own.camera else _("Camera on"))
        _press("share-screen", own.sharing, _("Stop sharing") if own.sharing else _("Share screen"))
        _press("call-record", own.recording, _("Stop recording") if own.recording else _("Record"))
        for id, slot in _SELECTS:
            chosen = own.camera_id if slot is Slot.CAMERA else own.microphone_id
            none, noun = _NOUNS[slot]
            _choices(id, _found(own, _KINDS[slot]), _(none), _(noun), chosen)
        by_id("devices-in-settings").hidden = not any(each.label for each in own.devices)
        self._own = own
        self._show_speakers()
        cameras = _found(own, _KINDS[Slot.CAMERA])
        by_id("camera-next").hidden = len(cameras) < 2 or own.camera is None
        self._show_people(shown.tiles)

    def _show_speakers(self) -> None:
        """The browser's "default" is the system's, as "" is."""
        known = {each.id: each for each in (*self._asked, *_found(self._own, "audiooutput"))}
        found = [each for each in known.values() if each.id not in ("", "default")]
        if can_ask_for_speaker():
            found.append(Device("audiooutput", _ASK, _("Another one…")))
        by_id("speaker-choice").hidden = not found or not can_choose_speaker()
        _choices("speaker-select", found, _("As in the system"), _("Speaker"), self._speaker)

    def _show_people(self, tiles: Sequence[Tile]) -> None:
        for key in [each for each in self._people if each not in {tile.key for tile in tiles}]:
            self._people.pop(key).remove()
        for tile in tiles:
            if tile.key not in self._people:
                row = by_id("call-people").append(copy_of("call-person-template"))
                row.set(data_contact=tile.key)
                row.slot("small").hidden = not has_picture_in_picture()
                self._people[tile.key] = row
            row = self._people[tile.key]
            row.slot("name").text = tile.name
            row.slot("volume").set(aria_label=_("Volume of {name}", name=tile.name))
            row.slot("end").hidden = len(tiles) < 2


def _on_choice(choose: Callable[..., None], slot: Slot, event: Any) -> None:
    choose(slot, str(event.target.value))


def _press(id: str, pressed: bool, words: str) -> None:
    button = by_id(id)
    button.set(aria_pressed=str(pressed).lower())
    if button.text != words:
        button.text = words


def _found(own: Own, kind: str) -> list[Device]:
    return [each for each in own.devices if each.kind == kind]


def _choices(id: str, found: Sequence[Device], none: str, noun: str, chosen: str) -> None:
    """Fill a <select> with devices; "" is none."""
    select = by_id(id)
    choices = [("", none)]
    choices += [(each.id, each.label or f"{noun} {n}") for n, each in enumerate(found, 1)]
    if choices != [(each.value, each.text) for each in select.children()]:
        select.clear()
        for value, text in choices:
            select.append(new_option(value, text))
    select.value = chosen if chosen in dict(choices) else ""


def _place_bar(top: Element | None) -> None:
    """Nobody is on air without a sign of it, and a way to end that, on top of everything."""
    if top is None:
        by_id("call-bar-home").append(by_id("call-bar"))
    else:
        rows = list(top.all(".actions"))
        (rows[-1] if rows else top).append(by_id("call-bar"))


def _place_controls(shown: Element | None) -> None:
    """The buttons of a call stand over whatever has all of the screen."""
    controls, call = by_id("call-controls"), by_id("call")
    if shown is not None and not shown.node.contains(controls.node):
        shown.append(controls)
    elif shown is None and not call.node.contains(controls.node):
        by_id("devices-in-call").before(controls)
