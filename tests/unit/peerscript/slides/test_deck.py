"""What is known of a deck at first."""

from __future__ import annotations

import pytest

from peerscript.slides.deck import DeckState, SlideText, require_deck


def test_a_deck_begins_at_its_first_slide() -> None:
    assert DeckState() == DeckState(slide=0, total=1, step=0)
    assert SlideText() == SlideText(title="", notes="")


def test_what_is_no_deck_is_told_what_it_lacks() -> None:
    class Half:
        state = DeckState()

        def next(self) -> None: ...

    with pytest.raises(TypeError, match="is no deck: it has no previous, goto"):
        require_deck(Half())
