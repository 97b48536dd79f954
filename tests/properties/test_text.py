"""Whatever a stranger sends: what is shown and saved of it is clean, short, and stays as it is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import example, given
from hypothesis import strategies as st

from peerscript.protocol.text.display import MAX_MARKS, display_line, display_text
from peerscript.protocol.text.filenames import MAX_FILE_NAME, file_name
from peerscript.protocol.text.lookalikes import skeletons

# Everything, and thick with what has a rule of its own.
NASTY = st.sampled_from(
    "aA1 .…/\\:\n\r\t\x00\x9b\u0301\u0335\u0e47\u20e3\u200b\u200c\u200d\u202e\u2066\u2069\u200f"
    "\u061c\ufe0f\ufe0e\ufe00\U000e0100\u180b\u180e\u034f\u3164\ufeff\ud83d\udc4d👍🏽👩☠🇩🇪🏴\U000e0067"
    "\U000e007f葛क्षمیخᠠ가각\u1100\u1161\u0958\ufb2c\u2028\u0085\u2800"
)
texts = st.lists(NASTY | st.characters(codec=None), max_size=80).map("".join)
limits = st.integers(1, 60)
BIDI = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
DEVICES = {"CON", "PRN", "AUX", "NUL"} | {
    f"{each}{n}" for each in ("COM", "LPT") for n in "0123456789¹²³"
}


def marks(text: str) -> int:
    """The most combining marks on one letter."""
    found = most = 0
    for character in text:
        found = found + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        most = max(most, found)
    return most


@given(texts, limits)
def test_a_line(text: str, limit: int) -> None:
    line = display_line(text, limit)
    assert display_line(line, limit) == line
    assert len(line) <= limit
    assert line == line.strip()
    assert len(line.splitlines()) <= 1
    assert "  " not in line
    assert not BIDI.search(line)
    assert not {unicodedata.category(each) for each in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert unicodedata.is_normalized("NFC", line)
    line.encode()


@given(texts)
def test_a_line_has_no_tower(text: str) -> None:
    selectors = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
    assert marks(selectors.sub("", display_line(text, 1000))) <= MAX_MARKS


@given(texts, st.none() | limits)
def test_a_text(text: str, limit: int | None) -> None:
    shown = display_text(text, limit)
    assert display_text(shown, limit) == shown
    assert limit is None or len(shown) <= limit
    assert not {each for each in shown if unicodedata.category(each) == "Cc"} - {"\n", "\t"}
    assert not set("\u202d\u202e") & set(shown)
    shown.encode()


@given(st.text(st.characters(exclude_categories=["C", "M", "Z"])))
def test_plain_text_is_left_alone(text: str) -> None:
    assert display_text(text) == text


@given(texts | texts.map(lambda each: f"{each * 20}.txt"))
@example("COM¹.txt")
@example("nul .tar.gz")
def test_a_file_name_is_safe_on_any_system(name: str) -> None:
    safe = file_name(name)
    assert file_name(safe) == safe
    assert 0 < len(safe.encode()) <= MAX_FILE_NAME
    assert PurePosixPath(safe).name == PureWindowsPath(safe).name == safe
    assert not set(safe) & set('<>:"/\\|?*')
    assert safe[0] not in " ."
    assert safe[-1] not in " ."
    assert safe.partition(".")[0].rstrip().upper() not in DEVICES
    assert not BIDI.search(safe)
    assert not {unicodedata.category(each) for each in safe} & {"Cc", "Cs", "Zl", "Zp"}


@given(texts)
def test_a_name_looks_like_itself_however_it_was_sent(text: str) -> None:
    line = display_line(text, 60)
    assert skeletons(line) & skeletons(line.upper()) or line.upper().casefold() != line.casefold()
    assert skeletons(line) & skeletons(display_line(f"\u202e {text}\u200b", 60))
