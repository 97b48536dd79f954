"""The table of look-alikes."""

from __future__ import annotations

import unicodedata

from peerscript.protocol.text.confusables import LATIN_LETTERS


def test_it_leads_to_latin_letters_and_digits_and_from_nothing_that_they_are() -> None:
    for letter, latin in LATIN_LETTERS.items():
        assert latin.isascii()
        assert latin.isalnum()
        assert not chr(letter).isalnum() or not chr(letter).isascii()


def test_no_letter_stands_in_it_in_vain() -> None:
    """Names are decomposed before they are looked up."""
    for letter in map(chr, LATIN_LETTERS):
        assert unicodedata.normalize("NFKD", letter) == letter
