"""All that the page shows of calls (app.calls.ports.CallView)."""

from __future__ import annotations

from collections.abc import Callable

from app.calls.calls import Calls
from app.calls.measures import Measures
from app.calls.ports import CallsShown, Preview, Ringing
from app.language import N_, _, pgettext
from ui.bridge.attention import CallAttention
from ui.bridge.elements import by_id, hide_popover
from ui.bridge.page import when_wide
from ui.bridge.sound import Level, RingTone
from ui.bridge.video import play
from ui.calls.controls import Controls
from ui.calls.measures import MeasuresPanel
from ui.calls.recordings import RecordingsPanel
from ui.calls.tiles import Tiles, show_own
from ui.navigation import leave_tab, open_tab, tab_is_open


class CallPanel:
    """`#call`, `#call-preview` and `#incoming-call`."""

    def __init__(self) -> None:
        self._shown = CallsShown()
        self._measures = MeasuresPanel()
        self._recordings = RecordingsPanel()
        self._tiles = Tiles(self._measures.open)
        self._controls = Controls(self._tiles)
        self._tone, self._attention = RingTone(), CallAttention()
        self._level = Level(lambda level: by_id("preview-level").set(value=f"{level:.2f}"))
        self._wide = when_wide(lambda _: self._place())
        self._place()

    def bind(self, calls: Calls, start: Callable[..., Callable[..., None]]) -> None:
        """Connect the buttons to their actions.

        Args:
            start: makes a plain function, which starts a task, of an `async` one.
        """
        by_id("call-start").on_click(calls.start)
        by_id("call-join").on_click(start(calls.join))
        by_id("call-cancel").on_click(calls.cancel)
        by_id("call-preview").on("cancel", lambda _: calls.cancel())  # the Escape key
        by_id("call-accept").on_click(start(calls.accept))
        by_id("call-decline").on_click(calls.decline)
        by_id("ring-silence").on_click(self._silence)
        self._controls.bind(calls, start)
        by_id("settings-open").on_click(start(calls.own.look))
        self._recordings.bind(start(calls.recording.save), start(calls.recording.delete))

    def _silence(self) -> None:
        sound = by_id("ring-sound")
        sound.node.click()  # it is kept, as if it was chosen in the options
        self._ring(self._shown.ringing)

    def show(self, shown: CallsShown) -> None:
        before, self._shown = self._shown, shown
        if shown == before:
            return
        by_id("call-start").hidden = not (shown.can_call or shown.away)
        by_id("call-start").disabled = bool(shown.away)
        by_id("call-start").set(title=_("{name} is away.", name=shown.away) if shown.away else "")
        by_id("call-start").text = _("Add to call") if shown.tiles else pgettext("verb", "Call")
        self._tiles.show(shown.tiles)
        self._measures.keep({tile.key for tile in shown.tiles})
        show_own(shown.own, in_call=bool(shown.tiles))
        self._controls.show(shown)
        self._recordings.show(shown.recordings)
        self._show_preview(shown.preview)
        if shown.ringing != before.ringing:
            self._ring(shown.ringing)
            if shown.ringing and before.ringing is None:
                by_id("call-accept").focus()
        if bool(shown.tiles) != bool(before.tiles):
            self._begin_or_end(bool(shown.tiles))
        self._attention.show(
            _title(shown), rings=shown.ringing is not None, talks=bool(shown.tiles)
        )

    def measured(self, key: str, name: str, measures: Measures) -> None:
        self._measures.show(key, name, measures)

    def _begin_or_end(self, begun: bool) -> None:
        self._place()
        if begun:
            if not tab_is_open("slides"):
                open_tab("call")
        else:
            leave_tab("call")
            by_id("call-play").hidden = True
            hide_popover(by_id("call-options"))
            hide_popover(by_id("call-measures"))

    def _ring(self, ringing: Ringing | None) -> None:
        by_id("incoming-call").hidden = ringing is None
        loud = by_id("ring-sound").checked
        by_id("ring-silence").text = _("Sound off") if loud else _("Sound on")
        self._tone.ring(loud and ringing is not None)
        if ringing is not None:
            by_id("incoming-call-name").text = ringing.name
            by_id("incoming-call-how").text = (
                _("is calling, too. You will be in one call with everybody.")
                if ringing.also
                else _("is calling you.")
            )

    def _show_preview(self, preview: Preview | None) -> None:
        dialog = by_id("call-preview").node
        if preview is None:
            if dialog.open:
                self._level.of(None)
                dialog.close()
                self._place()
            return
        title = N_("Join {name}") if preview.accepts else N_("Call {name}")
        by_id("call-preview-title").text = _(title, name=preview.name)
        by_id("call-join").text = _("Join") if preview.accepts else pgettext("verb", "Call")
        asks = _("The browser asks for your camera and microphone. You can do without.")
        by_id("preview-words").text = preview.words or asks * preview.asking
        if not dialog.open:
            dialog.showModal()
            self._place()
            by_id("call-join").focus()
        self._level.of(self._shown.own.microphone)

    def _place(self) -> None:
        """Oneself and the devices stand in the preview, and in the call then; what is chosen for
        all calls, in the settings, and in the options of a call.
        """
        previewed, talks = self._shown.preview is not None, bool(self._shown.tiles)
        own = by_id("own-in-preview" if previewed else "own-in-call")
        devices = "devices-in-call" if self._wide() else "devices-in-options"
        if not talks:
            devices = "devices-in-settings"
        for id, place in (
            ("own", own),
            ("call-devices", by_id("devices-in-preview" if previewed else devices)),
            ("call-wishes", by_id("wishes-in-options" if talks else "wishes-in-settings")),
        ):
            if not place.node.contains(by_id(id).node):
                place.append(by_id(id))
        play(by_id("local-video"), lambda: None)  # moving it has stopped it


def _title(shown: CallsShown) -> str:
    if shown.ringing:
        return _("{name} is calling", name=shown.ringing.name)
    return _("In a call") if shown.tiles else ""
