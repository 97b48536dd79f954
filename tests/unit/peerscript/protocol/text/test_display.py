"""What is left of a stranger's text: nothing that hides or covers, all that a script needs."""

from __future__ import annotations

import pytest

from peerscript.protocol.text.display import MAX_MARKS, boundary, cut, display_line, display_text

FAMILY = "👩\u200d👩\u200d👧"
PIRATES = "🏴\u200d☠\ufe0f"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
TOWER = "a" + "\u0335" * 60


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Alice", "Alice"),
        ("  Alice \t\r\n B. ", "Alice B."),
        ("Alice\u2028\u2029\x85\u3000\u00a0\u2800B.", "Alice B."),
        ("A\x00l\x1bi\x7fc\x9be", "Alice"),
        ("\u202eecilA\u202c", "ecilA"),
        ("\u202aA\u202bl\u202di\u2066c\u2067e\u2068 \u2069B\u200e.\u200f\u061c", "Alice B."),
        ("A\u200bl\u2060i\ufeffc\u00ade\u034f\u180e", "Alice"),
        ("\u3164\uffa0\u115f\u1160", ""),
        ("Al\ufff9i\ufffbc\U0001fffee\ufdd0", "Alice"),
        ("Alice\U000e0041\U000e0042", "Alice"),
        ("half a pair: \ud83d", "half a pair: \ufffd"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("Zoe\u200b\u0308", "Zo\u00eb"),
        ("\u0301\u0301 \u0301Alice", "Alice"),
        ("e\u0301\u200b\u0308", "\u00e9\u0308"),
        ("\u2800\u3164", ""),
        ("\u094d\u200dAlice", "Alice"),
    ],
)
def test_a_line(text: str, shown: str) -> None:
    assert display_line(text, 60) == shown


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cخواهم",  # Persian: a non-joiner within a word
        "ه\u200d.ش",  # Persian: a letter's joined form at the end of an abbreviation
        "ශ්\u200dරී",  # Sinhala: a joiner makes the conjunct
        "র\u200d্য",  # Bengali
        "क्\u200cष",  # Hindi: no conjunct
        "葛\U000e0100城",  # Japanese: that variant of the character which the family uses
        "ᠠ\u180b",  # Mongolian: a variant of the letter
        "עִבְרִ֔ית",
        "สวัสดี ที่นี่",
        "Nguyễn Thị Ánh",
        FAMILY,
        PIRATES,
        ENGLAND,
        "❤\ufe0f 👍🏽 🇩🇪 1\ufe0f\u20e3 ©\ufe0f ☎\ufe0e",
        "❤\ufe0f\u200d🔥",
        "🏃🏽\u200d♀\ufe0f",
        "🙂\u200d↔\ufe0f",
        "محمد",
        "O'Neill-Śmigły, Jr.",
    ],
)
def test_what_people_write_with_stays(name: str) -> None:
    assert display_line(name, 60) == name
    assert display_text(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "Al\u200dice",
        "Al\u200cice",
        "محمد\u200c",
        "Alice\ufe0f",
        "Alice1\ufe0f",
        "Al\U000e0100ice",
        "Al\u180bice",
        "😀\u200dAlice",
        "Alice\u200d😀",
        "م\u200d\u200dم",
        "ᠠ\u180b\u180b",
    ],
)
def test_what_only_hides_goes(name: str) -> None:
    seen = display_line(name, 60)
    assert len(seen) == len(name) - 1
    assert display_line(seen, 60) == seen


def test_no_tower_of_marks() -> None:
    assert display_line(TOWER, 60) == display_text(TOWER) == TOWER[: 1 + MAX_MARKS]
    for invisible in "\u200b\u3164\u034f":
        hidden = "".join(f"{each}{invisible}" for each in TOWER)
        assert display_line(hidden, 60) == TOWER[: 1 + MAX_MARKS]
    assert display_text("😀😀😀😀😀😀😀😀" + TOWER) == "😀😀😀😀😀😀😀😀" + TOWER[: 1 + MAX_MARKS]


def test_nothing_is_left() -> None:
    assert display_line("\u200b\u202e \u3164", 60, "Somebody") == "Somebody"


def test_too_long() -> None:
    assert display_line("x" * 100, 10) == "x" * 9 + "…"
    assert display_line("word word", 6) == "word…"
    assert display_text("x" * 100, 10) == "x" * 9 + "…"
    assert display_text("x" * 100) == "x" * 100


@pytest.mark.parametrize(
    "whole", [FAMILY, PIRATES, ENGLAND, "🇩🇪", "👍🏽", "e\u0323\u0331", "क्\u200dष"]
)
def test_a_cut_leaves_no_half(whole: str) -> None:
    text = f"ab{whole}{whole}cd"
    for limit in range(3, len(text)):
        left = cut(text, limit).removesuffix("…")
        assert left in ("ab", f"ab{whole}", f"ab{whole}{whole}", f"ab{whole}{whole}c")


def test_a_cut_in_what_is_too_long_to_be_one_character() -> None:
    chain = "👩\u200d" * 100
    assert boundary(chain, 99) == 99
    assert boundary("\u0301\u0301", 1) == 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "one\ntwo\r\nthree\rfour\u2028five\u2029six\x85seven",
            "one\ntwo\nthree\nfour\nfive\nsix\nseven",
        ),
        ("  def f():\n\treturn 1  \n", "  def f():\n\treturn 1  \n"),
        ("a\x00b\x1b[31mc\x9b", "ab[31mc"),
        ("see \u202egpj.exe", "see gpj.exe"),
        ("שלום\u200f (Peace)\u200e, \u2068x\u2069", "שלום\u200f (Peace)\u200e, \u2068x\u2069"),
        ("ไทย\u200bไทย sh\u00ady", "ไทย\u200bไทย sh\u00ady"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("e\u0301", "e\u0301"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_a_text(text: str, shown: str) -> None:
    assert display_text(text) == shown
