"""Four words that people can tell apart."""

from __future__ import annotations

import pytest

from peerscript.protocol.link.phrase import SIZE, WORDS, phrase_of


def test_a_word_for_every_byte() -> None:
    assert len(set(WORDS)) == 256
    assert list(WORDS) == sorted(WORDS)
    assert all(word.isascii() and word.isalpha() and word.islower() for word in WORDS)


def holes(word: str) -> set[str]:
    """The word with each letter unknown, and with an unknown one between any two."""
    places = range(len(word) + 1)
    inserted = {f"{word[:place]}?{word[place:]}" for place in places}
    return inserted | {f"{word[:place]}?{word[place + 1 :]}" for place in places}


def test_no_two_words_are_a_letter_apart() -> None:
    owner: dict[str, str] = {}
    for word in WORDS:
        for hole in holes(word):
            assert owner.setdefault(hole, word) == word


def test_the_words_of_bytes() -> None:
    assert phrase_of(bytes((0, 1, 254, 255))) == f"{WORDS[0]} {WORDS[1]} {WORDS[254]} {WORDS[255]}"
    assert len({phrase_of(bytes((0, 0, 0, byte))) for byte in range(256)}) == 256


@pytest.mark.parametrize("size", [0, SIZE - 1, SIZE + 1])
def test_another_number_of_bytes(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} bytes"):
        phrase_of(bytes(size))
