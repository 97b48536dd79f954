"""Notices of a page, in memory."""

from __future__ import annotations


class Notices:
    """What was said.

    Attributes:
        problems: everything that was shown.
        standing: what is shown still, and what it is about.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.standing: list[tuple[str, str]] = []
        self.announced: list[str] = []

    def problem(self, text: str, *, about: str = "") -> None:
        self.problems.append(text)
        self.standing = [each for each in self.standing if not about or each[0] != about]
        self.standing.append((about, text))

    def settle(self, about: str) -> None:
        self.standing = [each for each in self.standing if each[0] != about]

    def announce(self, text: str) -> None:
        self.announced.append(text)
