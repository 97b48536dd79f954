"""Decks: what a person may present, and how it becomes slides."""

from __future__ import annotations


class NotADeck(ValueError):
    """It cannot be presented; the message tells a person why."""


class DeckRemoved(NotADeck):
    """Another deck was chosen, or none, before this one was shown: nobody need be told."""
