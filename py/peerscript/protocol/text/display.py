"""Makes untrusted text safe to show.

A name, title or message of another page may contain characters that reverse the text direction,
are invisible, or draw over neighbouring text (UTS #36, UTR #55). `display_line` removes them;
`display_text` keeps those with a legitimate use in longer texts. Nothing here escapes HTML: the
page sets `textContent`.
"""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 6  # combining marks on one letter: a Hebrew letter may have five, a "Zalgo" has dozens
_MAX_CLUSTER = 32  # characters to go back for the boundary of a grapheme cluster

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"

# A flag of a region (England, say) is a black flag with tags; other tags hide text.
_FLAG = r"\U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]{3,6}\U000E007F"
_NONCHARACTERS = r"\ufdd0-\ufdef" + "".join(
    f"\\U{plane:04X}FFFE\\U{plane:04X}FFFF" for plane in range(17)
)
# Cc except white space, then what has no legitimate use in text: direction overrides, deprecated
# controls, annotations, tags.
_CONTROLS = r"\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
_HOSTILE = (
    _CONTROLS + r"\u202d\u202e\u206a-\u206f\ufeff\ufff9-\ufffb\U000E0000-\U000E007F"
) + _NONCHARACTERS
# Unicode's Default_Ignorable_Code_Point: invisible.
_IGNORABLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    r"\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF"
)

_FILLERS = re.compile(r"[\u115f\u1160\u3164\uffa0]")  # letters that are blank
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_INVISIBLE = re.compile(f"{_FLAG}|[{_IGNORABLE}{_HOSTILE}]")
_UNWANTED = re.compile(f"{_FLAG}|[{_HOSTILE}]")
_BLANK = re.compile(r"[\s\u2800]+")  # with the empty Braille cell
_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Where too many marks may stand: they are neither \w nor white space nor ASCII.
_MARKS = re.compile(rf"[^\w\s!-~]{{{MAX_MARKS + 1},}}")
# Scripts whose letters change with a joiner beside them: Arabic to Arabic Extended-A, those of
# India, Tibetan and Myanmar, Khmer and Mongolian, and their extensions.
_JOINING = re.compile(
    r"[\u0620-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1b00-\u1b7f\ua840-\ua8ff\ua980-\ua9df"
    r"\uaa60-\uaa7f\uabc0-\uabff\U00011000-\U00011FFF\U0001E900-\U0001E95F]"
)
_IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003FFFD]")
_MONGOLIAN = re.compile(r"[\u1820-\u18aa]")
_PICTURE = re.compile(  # close to Extended_Pictographic, with room for emoji to come
    r"[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    r"\U0001F000-\U0001F1E5\U0001F200-\U0001F3FA\U0001F400-\U0001FAFF]"
)
_STYLED = re.compile(r"[\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299]")
_SKIN = re.compile(r"[\U0001F3FB-\U0001F3FF]")
_REGIONAL = re.compile(r"[\U0001F1E6-\U0001F1FF]")
_KEYCAP = "\u20e3"


def display_line(text: str, limit: int, fallback: str = "") -> str:
    """Make one line of a text: for a name, a title, a label, a quotation in an error.

    It has no control or invisible characters (except joiners and variation selectors that a script
    or an emoji needs), no characters that change the text direction, at most MAX_MARKS combining
    marks on a letter, and single spaces. If it is too long, it is cut and ends in "…".

    Args:
        limit: maximum number of characters.
        fallback: returned if nothing is left.
    """
    text = _FILLERS.sub("", _SURROGATES.sub("\ufffd", text))
    text = unicodedata.normalize("NFC", text)
    text = _BLANK.sub(" ", _limit_marks(text))
    text = _INVISIBLE.sub(_seen, text)
    text = _BLANK.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return cut(without_start(text, " "), limit) or fallback


def without_start(text: str, characters: str) -> str:
    """Strip leading characters: these, and any that combine with what stands before the text."""
    while text and (text[0] in characters or _extends(text[0])):
        text = text[1:]
    return text


def display_text(text: str, limit: int | None = None) -> str:
    """Clean a text of many lines: a message, a slide's notes.

    Only what could harm the page or deceive its reader is removed: control characters, direction
    overrides, hidden tags, stacks of combining marks. Other bidirectional marks are kept: their
    effect ends with the paragraph that shows the text.

    Args:
        limit: maximum number of characters; a longer text is cut and ends in "…".
    """
    text = _LINE_ENDS.sub("\n", _SURROGATES.sub("\ufffd", text))
    text = _UNWANTED.sub(_flag, _limit_marks(text))
    return text if limit is None else cut(text, limit)


def cut(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, ending in "…"; never within an emoji or between a
    letter and its marks.
    """
    if len(text) <= limit:
        return text
    return text[: boundary(text, limit - 1)].rstrip() + "…"


def boundary(text: str, end: int) -> int:
    """The last index up to `end` where a text can be cut: between grapheme clusters (close to UAX
    #29), unless one is longer than _MAX_CLUSTER.
    """
    place = end
    while place > max(0, end - _MAX_CLUSTER):
        if not _is_within(text, place):
            return place
        place -= 1
    return place if place == 0 else end


def _is_within(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place : place + 1]
    if _REGIONAL.match(after):
        return len(_flags_before(text, place)) % 2 == 1
    return before in (_ZWJ, _ZWNJ) or (bool(after) and _extends(after))


def _flags_before(text: str, place: int) -> str:
    start = place
    while start and _REGIONAL.match(text[start - 1]):
        start -= 1
    return text[start:place]


def _extends(character: str) -> bool:
    if unicodedata.category(character)[0] == "M" or _SKIN.match(character):
        return True
    return bool(_INVISIBLE.match(character))


def _limit_marks(text: str) -> str:
    return _MARKS.sub(_bounded, text)


def _bounded(found: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in found[0]:
        if not _INVISIBLE.match(character):
            marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _flag(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) > 1 else ""


def _seen(found: re.Match[str]) -> str:
    """An invisible character if it is needed to render its neighbours, else ""."""
    text, place = found.string, found.start()
    before, after = text[max(0, place - 2) : place], text[place + 1 : place + 2]
    return found[0] if len(found[0]) > 1 or _is_needed(before, found[0], after) else ""


def _is_needed(before: str, character: str, after: str) -> bool:
    last = before[-1:]
    if character in (_ZWJ, _ZWNJ):
        if _joins(last):
            return character == _ZWJ or _joins(after)
        return character == _ZWJ and _is_emoji(before) and bool(_PICTURE.match(after))
    if character in (_TEXT_STYLE, _EMOJI_STYLE):
        keycap = last in tuple("#*0123456789") and after == _KEYCAP
        return keycap or bool(_PICTURE.match(last) or _STYLED.match(last))
    if "\u180b" <= character <= "\u180f":  # variants of Mongolian letters
        return bool(_MONGOLIAN.match(last))
    variant = "\ufe00" <= character <= "\ufe02" or "\U000e0100" <= character <= "\U000e01ef"
    return variant and bool(_IDEOGRAPH.match(last))  # names in Japan are written with them


def _joins(character: str) -> bool:
    return bool(_JOINING.match(character)) and not _INVISIBLE.match(character)


def _is_emoji(before: str) -> bool:
    if before[-1:] == _EMOJI_STYLE:
        before = before[:-1]
    return bool(_PICTURE.match(before[-1:]) or _SKIN.match(before[-1:]))
