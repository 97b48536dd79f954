"""The texts for errors: what happened, and what to do."""

from __future__ import annotations

from peerscript import errors
from peerscript.protocol.text.display import display_line

MAX_DETAIL = 300  # characters of an error's text, which may quote the other page


class InvalidSetting(ValueError):
    """A setting that cannot be used; the text says which."""


# The nearest class of an error's ancestors is taken.
_SENTENCES: dict[type[BaseException], str] = {
    errors.PeerScriptError: "Something went wrong: {error}. Reload the page to start afresh.",
    errors.BrowserUnsupported: "This page cannot connect to others: {error}. Use a current "
    "Chrome, Edge, Firefox or Safari, and switch off what blocks WebRTC or scripts.",
    errors.BrokerError: "The broker that introduces pages to each other refused: {error}.",
    errors.BrokerUnreachable: "The broker that introduces pages to each other cannot be reached. "
    "Check your connection, and the broker in the settings: {error}.",
    errors.Disconnected: "The connection to the broker is lost, so nobody new can be reached. "
    "It is tried again by itself; whoever is connected stays connected.",
    errors.IdTaken: "Another page already uses this ID. Close it, or reload this page.",
    errors.InvalidId: "That is not an ID: {error}.",
    errors.InvalidKey: "The broker refuses this page's key. Check the broker in the settings: "
    "{error}.",
    errors.ConnectError: "The connection could not be made: {error}.",
    errors.PeerUnavailable: "Nobody by that ID is there. Their page may be closed: ask them for "
    "a new link.",
    errors.ConnectTimeout: "There was no answer in time. Is their page still open?",
    errors.OwnId: "That is this page's own ID. Open the link in another browser, or send it to "
    "someone.",
    errors.NegotiationFailed: "No direct path between the two networks was found. A TURN server "
    "helps: add one in the settings.",
    errors.ConnectionClosed: "The connection is closed.",
    errors.ConnectionLost: "The connection broke. Connect again when both pages are online.",
    errors.LinkRefused: "You were not let in: {error}. Ask them for a new link.",
    errors.LinkClosed: "It is over: {error}.",
    errors.LinkMisused: "They were dropped: {error}. Their page may be broken, or not honest.",
    errors.CallEnded: "The call is over.",
    errors.NoSuchChannel: "Their page cannot take that: {error}. It may be of another version.",
    errors.RemoteFailed: "Their page did not do that: {error}.",
    errors.RemoteError: "Something went wrong on their page: {error}.",
    errors.NoSuchFunction: "Their page does not do that: {error}. It may be of another version.",
    errors.WrongArguments: "Their page did not do that: {error}.",
    errors.RemoteTimeout: "Their page did not answer in time.",
    errors.RemoteLost: "Their page was reloaded before it had answered. Try again.",
    errors.RemoteBusy: "Their page has too much to do. Try again in a moment.",
    errors.UnreadableResult: "Their page gave an unreadable answer: {error}.",
    errors.TransferError: "Not every file has arrived: {error}.",
    errors.OfferDeclined: "They did not want the files.",
    errors.TransferCancelled: "The files were cancelled: {error}.",
    errors.TransferFailed: "A file has not arrived: {error}. Send it again.",
    errors.TransferLost: "The connection ended before every file had arrived: {error}.",
    errors.StorageFull: "The browser keeps nothing more for this page ({error}). Close other tabs "
    "of it, or end old conversations.",
    errors.OutboxFull: "They have not received the last messages yet, and no more fit. Wait until "
    "they are back.",
    errors.NotDelivered: "The connection closed before everything had arrived.",
    errors.InboxFull: "The other page sent more than this one can take; the connection was closed.",
    errors.MessageError: "A message could not be sent: {error}.",
    errors.SerializationError: "A message could not be sent: {error}.",
    errors.MessageTooBig: "This is too large for one message. Send it as a file.",
    errors.UnreadableMessage: "The other page sent something unreadable.",
    errors.CallDeclined: "The call was not taken.",
    InvalidSetting: "The settings cannot be used: {error}.",
    errors.MediaError: "The camera or microphone could not be used: {error}.",
    errors.MediaDenied: "The camera or microphone is blocked. Allow it in the browser's address "
    "bar, then try again.",
    errors.MediaNotFound: "No camera or microphone was found. Plug one in, then try again.",
    errors.MediaInUse: "The camera or microphone is in use by another program. Close it, then try "
    "again.",
    errors.InsecurePage: "Browsers give cameras only to pages on https (or on localhost). Open "
    "this page with https.",
}


def stray(text: str) -> str:
    """Return the sentence for an error that nothing caught."""
    return f"Something unexpected went wrong: {display_line(text, MAX_DETAIL)}"


def explain(error: BaseException) -> str:
    """Return the sentence for an error; any error has one."""
    detail = display_line(str(error), MAX_DETAIL)
    for kind in type(error).__mro__:
        if kind in _SENTENCES:
            return _SENTENCES[kind].format(error=detail.rstrip("."))
    return f"Something unexpected went wrong ({type(error).__name__}: {detail})."
