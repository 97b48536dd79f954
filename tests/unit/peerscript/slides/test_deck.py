"""What is known of a deck at first."""

from __future__ import annotations

from peerscript.slides.deck import DeckState, SlideText


def test_a_deck_begins_at_its_first_slide() -> None:
    assert DeckState() == DeckState(slide=0, total=1, step=0)
    assert SlideText() == SlideText(title="", notes="")
