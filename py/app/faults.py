"""The texts for errors: what happened, and what to do."""

from __future__ import annotations

from app.language import N_, _
from peerscript import errors
from peerscript.protocol.text.display import display_line

MAX_DETAIL = 300  # characters of an error's text, which may quote the other page


class InvalidSetting(ValueError):
    """A setting that cannot be used; the text says which."""


# The nearest class of an error's ancestors is taken.
_SENTENCES: dict[type[BaseException], str] = {
    errors.PeerScriptError: N_("Something went wrong: {error}. Reload the page to start afresh."),
    errors.BrowserUnsupported: N_(
        "This page cannot connect to others: {error}. Use a current "
        "Chrome, Edge, Firefox or Safari, and switch off what blocks WebRTC or scripts."
    ),
    errors.BrokerError: N_("The broker that introduces pages to each other refused: {error}."),
    errors.BrokerUnreachable: N_(
        "The broker that introduces pages to each other cannot be reached. "
        "Check your connection, and the broker in the settings: {error}."
    ),
    errors.Disconnected: N_(
        "The connection to the broker is lost, so nobody new can be reached. "
        "It is tried again by itself; whoever is connected stays connected."
    ),
    errors.IdTaken: N_("Another page already uses this ID. Close it, or reload this page."),
    errors.InvalidId: N_("That is not an ID: {error}."),
    errors.InvalidKey: N_(
        "The broker refuses this page's key. Check the broker in the settings: {error}."
    ),
    errors.ConnectError: N_("The connection could not be made: {error}."),
    errors.PeerUnavailable: N_(
        "Nobody by that ID is there. Their page may be closed: ask them for a new link."
    ),
    errors.ConnectTimeout: N_("There was no answer in time. Is their page still open?"),
    errors.OwnId: N_(
        "That is this page's own ID. Open the link in another browser, or send it to someone."
    ),
    errors.NegotiationFailed: N_(
        "No direct path between the two networks was found. A TURN server "
        "helps: add one in the settings."
    ),
    errors.ConnectionClosed: N_("The connection is closed."),
    errors.ConnectionLost: N_("The connection broke. Connect again when both pages are online."),
    errors.LinkRefused: N_("You were not let in: {error}. Ask them for a new link."),
    errors.LinkClosed: N_("It is over: {error}."),
    errors.LinkMisused: N_("They were dropped: {error}. Their page may be broken, or not honest."),
    errors.CallEnded: N_("The call is over."),
    errors.NoSuchChannel: N_("Their page cannot take that: {error}. It may be of another version."),
    errors.RemoteFailed: N_("Their page did not do that: {error}."),
    errors.RemoteError: N_("Something went wrong on their page: {error}."),
    errors.NoSuchFunction: N_(
        "Their page does not do that: {error}. It may be of another version."
    ),
    errors.WrongArguments: N_("Their page did not do that: {error}."),
    errors.RemoteTimeout: N_("Their page did not answer in time."),
    errors.RemoteLost: N_("Their page was reloaded before it had answered. Try again."),
    errors.RemoteBusy: N_("Their page has too much to do. Try again in a moment."),
    errors.UnreadableResult: N_("Their page gave an unreadable answer: {error}."),
    errors.TransferError: N_("Not every file has arrived: {error}."),
    errors.OfferDeclined: N_("They did not want the files."),
    errors.TransferCancelled: N_("The files were cancelled: {error}."),
    errors.TransferFailed: N_("A file has not arrived: {error}. Send it again."),
    errors.TransferLost: N_("The connection ended before every file had arrived: {error}."),
    errors.StorageFull: N_(
        "The browser keeps nothing more for this page ({error}). Close other tabs "
        "of it, or end old conversations."
    ),
    errors.OutboxFull: N_(
        "They have not received the last messages yet, and no more fit. Wait until they are back."
    ),
    errors.NotDelivered: N_("The connection closed before everything had arrived."),
    errors.InboxFull: N_(
        "The other page sent more than this one can take; the connection was closed."
    ),
    errors.MessageError: N_("A message could not be sent: {error}."),
    errors.SerializationError: N_("A message could not be sent: {error}."),
    errors.MessageTooBig: N_("This is too large for one message. Send it as a file."),
    errors.UnreadableMessage: N_("The other page sent something unreadable."),
    errors.CallDeclined: N_("The call was not taken."),
    InvalidSetting: N_("The settings cannot be used: {error}."),
    errors.MediaError: N_("The camera or microphone could not be used: {error}."),
    errors.MediaDenied: N_(
        "The camera or microphone is blocked. Allow it in the browser's address "
        "bar, then try again."
    ),
    errors.MediaNotFound: N_("No camera or microphone was found. Plug one in, then try again."),
    errors.MediaInUse: N_(
        "The camera or microphone is in use by another program. Close it, then try again."
    ),
    errors.InsecurePage: N_(
        "Browsers give cameras only to pages on https (or on localhost). Open this page with https."
    ),
}


def stray(text: str) -> str:
    """Return the sentence for an error that nothing caught."""
    return _("Something unexpected went wrong: {error}", error=display_line(text, MAX_DETAIL))


def explain(error: BaseException) -> str:
    """Return the sentence for an error; any error has one."""
    detail = display_line(str(error), MAX_DETAIL)
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            return _(_SENTENCES[kind], error=detail.rstrip("."))
    return _(
        "Something unexpected went wrong ({kind}: {error}).",
        kind=type(error).__name__,
        error=detail,
    )
