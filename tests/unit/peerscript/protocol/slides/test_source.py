"""A deck is cut, and put together again: the same bytes, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerscript.protocol.slides.messages import MAX_PART, DeckHeader, DeckPart
from peerscript.protocol.slides.source import MAX_SOURCE, Assembly, DeckSource, deck_header, parts
from peerscript.protocol.vocabulary import Malformed

DECK = DeckSource("pdf", "talk.pdf", bytes(range(256)) * 400)


def assembled(source: DeckSource) -> Assembly:
    assembly = Assembly(deck_header(source, 3))
    for part in parts(source, 3):
        assert assembly.whole() is None
        assembly.add(part)
    return assembly


@pytest.mark.parametrize("size", [1, MAX_PART - 1, MAX_PART, MAX_PART + 1])
def test_there_and_back(size: int) -> None:
    source = replace(DECK, data=DECK.data[:size])
    assert assembled(source).whole() == source
    assert assembled(source).arrived == size


def test_an_empty_deck_is_whole_at_once() -> None:
    empty = replace(DECK, data=b"")
    assert assembled(empty).whole() == empty


def test_a_deck_that_has_nothing_to_show() -> None:
    assert deck_header(None, 1) == DeckHeader(1, "none", "", 0)
    assert Assembly(deck_header(None, 1)).whole() is None


def test_a_long_name_is_cut() -> None:
    assert len(deck_header(replace(DECK, name="n" * 300), 1).name) == 200


def test_parts_of_a_void_deck_are_passed_over() -> None:
    assembly = Assembly(deck_header(DECK, 4))
    assembly.add(next(parts(DECK, 3)))
    assert assembly.arrived == 0


def test_no_deck_is_larger_than_any_may_be() -> None:
    with pytest.raises(Malformed, match="a deck of"):
        Assembly(DeckHeader(1, "pdf", "", MAX_SOURCE + 1))


@pytest.mark.parametrize(
    "part",
    [
        DeckPart(1, 1, b"ABC"),  # not the next
        DeckPart(1, 0, b"ABCD"),  # more than was said
        DeckPart(1, 0, b""),  # nothing, for ever
    ],
)
def test_parts_that_cannot_be(part: DeckPart) -> None:
    assembly = Assembly(DeckHeader(1, "markdown", "", 3))
    with pytest.raises(Malformed):
        assembly.add(part)
    assembly.add(DeckPart(1, 0, b"ABC"))
    assert assembly.whole() == DeckSource("markdown", "", b"ABC")


def test_the_largest_deck_is_cut_as_it_goes() -> None:
    assert MAX_SOURCE // MAX_PART > 1000  # so it is never held in parts
    assert next(parts(replace(DECK, data=bytes(MAX_PART + 1)), 1)) == DeckPart(
        1, 0, bytes(MAX_PART)
    )


def test_a_name_from_elsewhere_is_cleaned() -> None:
    assembly = Assembly(DeckHeader(1, "pdf", "a\u202e\nb", 1))
    assembly.add(DeckPart(1, 0, b"x"))
    assert assembly.whole() == DeckSource("pdf", "a b", b"x")
