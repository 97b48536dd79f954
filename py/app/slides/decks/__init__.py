"""Decks: what a person may present, and how it becomes slides."""

from __future__ import annotations


class NotADeck(ValueError):
    """It cannot be presented; the message tells a person why."""
