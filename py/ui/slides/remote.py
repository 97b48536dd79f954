"""The controls of a remote or a follower: `#slides` on their page."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Protocol

from app.language import _
from app.slides.views import RemoteView, clock_face
from ui.bridge import page
from ui.bridge.device import WakeLock, every_second, tick
from ui.bridge.elements import by_id, new_option
from ui.bridge.gestures import Drag, on_keys, on_swipe
from ui.navigation import leave_tab, open_tab

KEPT = "peerscript-remote"  # this browser's own choices
NOTE_SIZES = (1.0, 1.25, 1.5, 1.875, 2.25)  # of the notes, in rem
MAX_POINTS = 7_900  # characters of a stroke; a longer one continues as another
THIN = 40  # 1/10000 of the stage between two points of a stroke
# Controls that send to the presenter's page: disabled while it is not connected.
COMMANDS = (
    *("remote-next", "remote-prev", "remote-black", "remote-goto", "remote-wipe"),
    *("timer-start", "timer-reset", "timer-target", "follow-hand"),
)


class Actions(Protocol):
    """What a remote and a follower may do: `app.slides.watching.Watching`."""

    def turn(self, to: str) -> None: ...
    def goto(self, slide: int) -> None: ...
    def blacken(self, on: bool) -> None: ...
    def clock(self, action: str, target: float = 0.0) -> None: ...
    def point(self, x: int, y: int, shown: bool) -> None: ...
    def stroke(self, id: int, points: str) -> None: ...
    def wipe(self) -> None: ...
    def hand(self, up: bool) -> None: ...
    def look(self, slide: int) -> None: ...
    def catch_up(self) -> None: ...


class RemotePanel:
    """Everything below the slide on a page that watches."""

    def __init__(self) -> None:
        self._view: RemoteView | None = None
        self._shown_at = 0.0  # when the view's timer was read
        self._awake = WakeLock()
        self._own = page.load(KEPT)
        self._titles: tuple[str, ...] = ()
        self._apply_own()

    def bind(self, actions: Actions) -> None:
        """Connect the controls to their actions."""
        self._actions = actions
        by_id("remote-next").on_click(lambda: self._turn("next"))
        by_id("remote-prev").on_click(lambda: self._turn("previous"))
        by_id("remote-black").on_click(self._blacken)
        by_id("remote-goto").on("change", lambda _: self._goto())
        by_id("timer-start").on_click(self._start_or_pause)
        by_id("timer-reset").on_click(lambda: actions.clock("reset"))
        by_id("timer-target").on("change", lambda _: self._set_target())
        by_id("remote-wipe").on_click(actions.wipe)
        by_id("notes-larger").on_click(lambda: self._size(1))
        by_id("notes-smaller").on_click(lambda: self._size(-1))
        by_id("left-handed").on("change", lambda _: self._choose_hand())
        by_id("follow-prev").on_click(lambda: self._look(-1))
        by_id("follow-next").on_click(lambda: self._look(1))
        by_id("follow-live").on_click(actions.catch_up)
        by_id("follow-hand").on_click(self._raise_or_lower)
        for id in ("remote-notes", "remote-controls"):
            on_swipe(by_id(id), self._turn)
        on_keys(self._press)
        Pointer(actions, self)
        every_second(self._show_timer)

    @property
    def holds_remote(self) -> bool:
        """Whether this page is a remote and connected, so that presses are sent."""
        return self._view is not None and self._view.role == "remote" and self._view.connected

    def show(self, view: RemoteView) -> None:
        """Show this state."""
        before, self._view = self._view, view
        self._shown_at = time.monotonic()
        self._show_timer()
        if before is not None and view == replace(before, elapsed=view.elapsed):
            return  # only the laser has moved, as it does sixty times a second
        slides = by_id("slides")
        slides.set(data_role=view.role, data_connected=str(view.connected).lower())
        if before is None:
            open_tab("slides")
        if before is None or before.target != view.target:
            by_id("timer-target").value = f"{view.target / 60:g}" if view.target else ""
        self._awake.want(view.role != "waiting")
        position = (
            _("{slide} of {total}", slide=view.slide + 1, total=view.total) if view.total else ""
        )
        by_id("remote-position").text = position
        by_id("remote-upcoming").text = view.upcoming or _after(view)
        self._show_notes(view.notes)
        by_id("remote-black").set(aria_pressed=str(view.black).lower())
        by_id("remote-words").text = view.words if not view.connected else ""
        self._show_goto(view)
        self._show_following(view, position)
        for id in COMMANDS:
            by_id(id).disabled = not view.connected

    def hide(self) -> None:
        """Nothing is watched."""
        if self._view is not None:
            self._view = None
            self._awake.want(False)
            by_id("slides").drop("data-role")
            leave_tab("slides")

    # A remote

    def _turn(self, to: str) -> None:
        if self.holds_remote:
            tick()
            self._actions.turn(to)

    def _blacken(self) -> None:
        if self._view is not None:
            tick()
            self._actions.blacken(not self._view.black)

    def _goto(self) -> None:
        if self.holds_remote:
            tick()
            self._actions.goto(int(by_id("remote-goto").value))

    def _press(self, key: str) -> bool:
        if self._view is None or self._view.role == "waiting":
            return False
        if key == "black":
            if self.holds_remote:
                self._blacken()
        elif self._view.role == "remote":
            self._turn(key)
        else:
            self._look(1 if key == "next" else -1)
        return True

    def _start_or_pause(self) -> None:
        if self._view is not None:
            self._actions.clock("pause" if self._view.running else "start")

    def _set_target(self) -> None:
        minutes = by_id("timer-target").value
        seconds = float(minutes) * 60 if minutes.replace(".", "", 1).isdigit() else 0.0
        self._actions.clock("target", min(seconds, 24 * 3600.0))

    # Somebody who follows

    def _look(self, by: int) -> None:
        if self._view is not None and 0 <= self._view.seen_slide + by < self._view.total:
            self._actions.look(self._view.seen_slide + by)

    def _raise_or_lower(self) -> None:
        if self._view is not None:
            self._actions.hand(not self._view.hand)

    # This browser's own choices

    def _apply_own(self) -> None:
        left = bool(self._own.get("left"))
        by_id("left-handed").checked = left
        by_id("slides").set(data_side="left" if left else "right")
        by_id("remote-notes").style("font-size", f"{NOTE_SIZES[self._note_size()]}rem")

    def _note_size(self) -> int:
        size = self._own.get("size")
        return size if isinstance(size, int) and 0 <= size < len(NOTE_SIZES) else 1

    def _choose_hand(self) -> None:
        self._own["left"] = by_id("left-handed").checked
        page.store(KEPT, self._own)
        self._apply_own()

    def _size(self, by: int) -> None:
        self._own["size"] = min(max(self._note_size() + by, 0), len(NOTE_SIZES) - 1)
        page.store(KEPT, self._own)
        self._apply_own()

    # What is shown

    def _show_notes(self, notes: str) -> None:
        shown = by_id("remote-notes")
        words = notes or _("No notes for this slide.")
        if shown.text != words:
            shown.text = words
            shown.set(data_empty=str(not notes).lower())
            shown.scroll_to_top()

    def _show_goto(self, view: RemoteView) -> None:
        field = by_id("remote-goto")
        if view.titles != self._titles or sum(1 for _ in field.children()) != view.total:
            self._titles = view.titles
            field.clear()
            for number in range(view.total):
                title = view.titles[number] if number < len(view.titles) else ""
                words = (
                    f"{number + 1} · {title}" if title else _("Slide {number}", number=number + 1)
                )
                field.append(new_option(str(number), words))
        field.value = str(view.slide)

    def _show_following(self, view: RemoteView, position: str) -> None:
        by_id("follow-position").text = (
            position
            if view.in_step
            else _(
                "You see {seen}, all see {shown}", seen=view.seen_slide + 1, shown=view.slide + 1
            )
        )
        by_id("follow-live").hidden = view.in_step
        by_id("follow-hand").set(aria_pressed=str(view.hand).lower())

    def _show_timer(self) -> None:
        view = self._view
        if view is None:
            return
        since = time.monotonic() - self._shown_at if view.running else 0.0
        elapsed = view.elapsed + since
        shown = by_id("remote-timer")
        shown.text = clock_face(elapsed, view.target)
        shown.set(data_over=str(bool(view.target) and elapsed > view.target).lower())
        by_id("timer-start").text = _("Pause") if view.running else _("Start")


class Pointer:
    """A finger on the slide: a laser, or a pen."""

    def __init__(self, actions: Actions, panel: RemotePanel) -> None:
        self._actions = actions
        self._panel = panel
        self._stroke = 0
        self._points: list[str] = []
        self._last = (0, 0)
        Drag(by_id("slides-ink"), self._move, self._end)

    def _move(self, x: int, y: int, first: bool) -> None:
        if not self._panel.holds_remote:
            return
        if by_id("tool-pen").checked:
            self._draw(x, y, first)
        else:
            self._actions.point(x, y, True)

    def _draw(self, x: int, y: int, first: bool) -> None:
        if first or sum(len(each) + 1 for each in self._points) > MAX_POINTS:
            joined = [] if first else self._points[-1:]
            self._stroke, self._points = random.getrandbits(40), joined
        elif abs(x - self._last[0]) + abs(y - self._last[1]) < THIN:
            return
        self._last = (x, y)
        self._points.append(f"{x},{y}")
        self._actions.stroke(self._stroke, " ".join(self._points))

    def _end(self) -> None:
        if self._panel.holds_remote and not by_id("tool-pen").checked:
            self._actions.point(0, 0, False)


def _after(view: RemoteView) -> str:
    if view.total and view.slide + 1 >= view.total:
        return _("This is the last slide")
    return _("Slide {number}", number=view.slide + 2) if view.total else ""
