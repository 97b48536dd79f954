"""Finds the invite in what people paste: messengers wrap links, and add to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from app.connection.invite import DAMAGED, InvalidInvite, Invite, parse_fragment
from app.language import _

MAX_BREAKS = 8  # line breaks that may be in one link
MAX_LENGTH = 20_000  # characters of a message that are looked at

_LINK = re.compile(r"https?://", re.IGNORECASE)
_BREAK = re.compile(r"=?[ \t]*\n[> \t]*")  # of a line, quoted or quoted-printable as in e-mail
_NUMBER_SIGN = re.compile(r"#|%(?:25)*23")
_PUNCTUATION = ".,;:!)\"'"
_TEXT_FRAGMENT = ":~:"  # what browsers add to point at a place in a page
_AFTER = re.compile(r"[?&|<>()\[\]{}\"',;!*`“”„‘’«»]")  # what may follow a link, and is not in one
_ELLIPSIS = re.compile(r"(?:…|\.\.)[.…]*\Z")


def parse_invite(text: str) -> Invite:
    """Read a peer ID, a fragment, a whole link, or a message with one.

    Raises:
        InvalidInvite: there is no ID in it; the message says what was expected.
    """
    text = _visible(text[:MAX_LENGTH])
    if not text:
        raise InvalidInvite(_("Paste a link or an ID first."))
    found: list[Invite] = []
    problems: list[InvalidInvite] = []
    for fragment in _fragments(text):
        try:
            invite = _parse(fragment)
        except InvalidInvite as problem:
            problems.append(problem)
            continue
        if invite.secret:  # nothing else looks like it by chance
            return invite
        found.append(invite)
    if found:
        return found[0]
    raise problems[0]


def _visible(text: str) -> str:
    """The text without characters that nobody sees, which messengers put into long words."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return "".join(each for each in text if unicodedata.category(each) != "Cf").strip()


def _fragments(text: str) -> Iterator[str]:
    """What may be a link's fragment, the most likely first; not empty."""
    links = [link for begin in _LINK.finditer(text) for link in _joined(text[begin.start() :])]
    if links:
        yield from (_cut(link) for link in links)
    elif _NUMBER_SIGN.search(text):
        yield from (_cut(f"#{word}") for word in _joined(_NUMBER_SIGN.split(text)[-1]))
    elif re.search(r"\s", text):
        raise InvalidInvite(_("There is neither a link nor an ID in this text."))
    else:
        yield text.rstrip(_PUNCTUATION)


def _joined(text: str) -> Iterator[str]:
    """The first word, then as if one more line break after the other were not there."""
    lines = _BREAK.split(text)
    for count in range(1, min(len(lines), MAX_BREAKS + 1) + 1):
        words = "".join(lines[:count]).split(maxsplit=1)
        yield words[0] if words else ""


def _cut(link: str) -> str:
    """The fragment of a link, without what others have put around and behind it."""
    fragment = unquote("".join(_NUMBER_SIGN.split(link, maxsplit=1)[1:]))
    fragment = fragment.partition(_TEXT_FRAGMENT)[0].lstrip("#!/")
    return _AFTER.split(fragment, maxsplit=1)[0].rstrip()


def _parse(fragment: str) -> Invite:
    shown = fragment.rstrip("….:/")
    if not shown:
        raise InvalidInvite(_("This link has no ID in it: the part behind # is missing."))
    invite = parse_fragment(shown)
    if not invite.secret and _ELLIPSIS.search(fragment):  # a messenger has shortened it
        raise InvalidInvite(_(DAMAGED))
    return invite
