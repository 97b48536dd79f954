"""What is said about calls."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.calls.words import EndWords, end_words, missing_words, screen_words, waiting_words
from peerscript.calls import CallEnd, LinkCallState, Slot
from peerscript.errors import InsecurePage, MediaDenied, MediaInUse, MediaNotFound


def said(end: CallEnd, *, incoming: bool = False, there: bool = True, taken: bool = False) -> Any:
    call: Any = SimpleNamespace(end=end, incoming=incoming, ended_there=there, problem="no way")
    return end_words(call, "Bob", taken=taken)


@pytest.mark.parametrize("end", list(CallEnd))
def test_every_end_of_an_own_call_is_said_once(end: CallEnd) -> None:
    words = said(end)
    assert bool(words.notice) is not bool(words.announcement)
    assert "{" not in words.notice


@pytest.mark.parametrize("end", list(CallEnd))
def test_every_end_of_a_call_that_was_taken_is_said_once(end: CallEnd) -> None:
    words = said(end, taken=True)
    assert bool(words.notice) is not bool(words.announcement)


def test_a_missed_call_is_said_and_a_declined_one_is_not() -> None:
    missed = EndWords("You have missed a call of Bob.")
    assert said(CallEnd.CANCELLED, incoming=True) == missed
    assert said(CallEnd.LOST, incoming=True, there=False) == missed
    assert said(CallEnd.DECLINED, incoming=True, there=False) == EndWords()


def test_who_has_hung_up() -> None:
    assert said(CallEnd.HUNG_UP, taken=True).announcement == "Bob has left the call."
    assert said(CallEnd.HUNG_UP, taken=True, there=False).announcement == "The call is over."
    assert said(CallEnd.LEFT, taken=True).announcement == "Bob has left the call."
    assert said(CallEnd.FAILED).notice == "The call with Bob has failed: no way."


def test_what_is_waited_for() -> None:
    assert waiting_words(LinkCallState.CALLING, "Bob") == "Calling Bob…"
    assert waiting_words(LinkCallState.CONNECTED, "Bob") == ""
    assert waiting_words(LinkCallState.CONNECTING, "Bob", away=True) == "Connecting…"
    assert waiting_words(LinkCallState.CONNECTED, "Bob", away=True) == "Has left the page…"
    assert waiting_words(LinkCallState.RECONNECTING, "Bob") == "Reconnecting…"
    assert waiting_words(LinkCallState.RECONNECTING, "Bob", away=True) == "Has left the page…"


CAMERA, MICROPHONE = Slot.CAMERA, Slot.MICROPHONE


def test_each_missing_device_tells_what_to_do() -> None:
    assert missing_words({}, ()) == ""
    assert missing_words({CAMERA: MediaInUse("busy")}, {MICROPHONE}) == (
        "The camera is in use by another program. Close it, then try again. "
        "You are heard, and not seen."
    )
    assert missing_words({MICROPHONE: MediaNotFound("none")}, {CAMERA}) == (
        "No microphone was found. Plug one in, then try again. You are seen, and not heard."
    )


def test_both_missing_are_said_in_one() -> None:
    denied = missing_words(dict.fromkeys((CAMERA, MICROPHONE), MediaDenied("no")), ())
    assert denied.startswith("The camera or microphone is blocked. Allow it")
    assert denied.endswith("Until then you see and hear, and send nothing.")
    both = missing_words({CAMERA: MediaInUse("busy"), MICROPHONE: MediaNotFound("none")}, ())
    assert "The camera is in use" in both
    assert "No microphone was found" in both
    assert "https" in missing_words(dict.fromkeys((CAMERA, MICROPHONE), InsecurePage("http")), ())


def test_a_screen_that_is_not_shared() -> None:
    assert screen_words(MediaDenied("Permission denied by user")) == ""
    assert "system's settings" in screen_words(MediaDenied("Permission denied by system"))
    assert "https" in screen_words(InsecurePage("http"))
    assert screen_words(MediaNotFound("none")) == screen_words(MediaInUse("it is minimized"))
    assert "camera" not in screen_words(MediaNotFound("none"))


def test_a_call_that_is_full() -> None:
    assert said(CallEnd.FULL).notice == (
        "The call was not taken: there are six people in the call already."
    )
    assert said(CallEnd.FULL, taken=True).notice == (
        "The call with Bob is over: there would be more than six people in it."
    )
