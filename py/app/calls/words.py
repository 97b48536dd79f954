"""What is said about calls: how one has ended, and which device is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.faults import explain
from app.language import N_, _
from app.units import readable_time
from peerscript.calls import Call, CallEnd, LinkCallState, Slot
from peerscript.errors import InsecurePage, MediaDenied, MediaError

FULL = N_("There are six people in the call already.")
_NOT_TAKEN = {
    CallEnd.DECLINED: N_("{name} declined"),
    CallEnd.BUSY: N_("{name} is in another call"),
    CallEnd.FULL: N_("there are six people in the call already"),
    CallEnd.UNANSWERED: N_("{name} did not answer"),
    CallEnd.RELOADED: N_("{name}’s page was loaded again while it rang"),
    CallEnd.LOST: N_("{name} is out of reach"),
    CallEnd.LEFT: N_("{name} has left"),
}
_BROKEN = {
    CallEnd.FULL: N_("there would be more than six people in it"),
    CallEnd.LOST: N_("there was no path for too long"),
    CallEnd.RELOADED: N_("their page was loaded again, and has forgotten it"),
}


@dataclass(frozen=True)
class EndWords:
    """How a call has ended.

    Attributes:
        notice: what stands until it is dismissed, or the next call; "" for nothing.
        announcement: what only a screen reader says; "" for nothing.
    """

    notice: str = ""
    announcement: str = ""


def end_words(call: Call, name: str, *, taken: bool) -> EndWords:
    """Say how a call has ended.

    Args:
        taken: whether it was, by both.
    """
    end = call.end or CallEnd.HUNG_UP
    if end is CallEnd.FAILED:
        return EndWords(
            _("The call with {name} has failed: {error}.", name=name, error=call.problem)
        )
    if taken:
        if end in _BROKEN:
            return EndWords(
                _("The call with {name} is over: {reason}.", name=name, reason=_(_BROKEN[end]))
            )
        return EndWords(
            announcement=_("{name} has left the call.", name=name) if call.ended_there else _(_OVER)
        )
    if call.incoming:
        missed = call.ended_there or end is not CallEnd.DECLINED
        return EndWords(_("You have missed a call of {name}.", name=name) if missed else "")
    if end in _NOT_TAKEN:
        reason = _(_NOT_TAKEN[end], name=name)
        return EndWords(_("The call was not taken: {reason}.", reason=reason))
    return EndWords(announcement=_(_OVER))


_OVER = N_("The call is over.")


def event_words(call: Call, seconds: float | None) -> str:
    """What stands of a call in the conversation when it is over.

    Args:
        seconds: that it took; None if nobody was heard.
    """
    if seconds is not None:
        return _("Call, {time}", time=readable_time(seconds))
    if not call.incoming:
        return _("Call, not taken")
    if call.ended_there or call.end is not CallEnd.DECLINED:
        return _("Missed call")
    return _("Call, declined")


_WAITING = {
    LinkCallState.CALLING: N_("Calling {name}…"),
    LinkCallState.RINGING: N_("Joining…"),
    LinkCallState.CONNECTING: N_("Connecting…"),
    LinkCallState.RECONNECTING: N_("Reconnecting…"),
}


def waiting_words(state: LinkCallState, name: str, *, away: bool = False) -> str:
    """What a call waits for; "" while media flow.

    Args:
        away: whether their page was left: perhaps it is loaded again, and perhaps it was closed.
    """
    if away and state in (LinkCallState.CONNECTED, LinkCallState.RECONNECTING):
        return _("Has left the page…")
    return _(_WAITING[state], name=name) if state in _WAITING else ""


def missing_words(problems: Mapping[Slot, MediaError], sent: Collection[Slot]) -> str:
    """Say which device could not be had, what to do, and what that means for the call."""
    camera, microphone = problems.get(Slot.CAMERA), problems.get(Slot.MICROPHONE)
    if camera is None and microphone is None:
        return ""
    if camera is not None and type(camera) is type(microphone):
        words = [explain(camera)]
    else:
        words = [
            explain(error).replace(_("camera or microphone"), device)
            for error, device in ((camera, _("camera")), (microphone, _("microphone")))
            if error is not None
        ]
    return " ".join([*words, _consequence(sent)])


def screen_words(error: MediaError) -> str:
    """Say why no screen is shared; "" if the person has changed their mind."""
    if isinstance(error, InsecurePage):
        return explain(error)
    if isinstance(error, MediaDenied):
        by_system = "system" in str(error)  # Chromium says so: on a Mac, say
        return _(_NO_SCREEN_ALLOWED) if by_system else ""
    return _("No screen or window could be had. Try another one.")


_NO_SCREEN_ALLOWED = N_(
    "The system does not let this browser show a screen. Allow it in the system's settings, under "
    "privacy, then try again."
)


def _consequence(sent: Collection[Slot]) -> str:
    if Slot.MICROPHONE in sent:
        return _("You are heard, and not seen.")
    if Slot.CAMERA in sent:
        return _("You are seen, and not heard.")
    return _("Until then you see and hear, and send nothing.")
