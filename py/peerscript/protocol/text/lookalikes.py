"""Names that look alike: a newcomer may imitate somebody's name with another script's letters.

Two names look alike if they have a skeleton in common (UTS #39, reduced): without accents, case,
spaces, punctuation and symbols, with letters of other scripts that look like Latin ones or digits
replaced (`confusables`), and without the differences between I, l and 1, O and 0, rn and m.
It errs on the side of similarity: "Ali" and "All" look alike. It does not compare letters of
scripts that do not resemble Latin (Han, Hangul, Arabic, those of India).
"""

from __future__ import annotations

import unicodedata

from peerscript.protocol.text.confusables import LATIN_LETTERS

_ALIKE = str.maketrans({"i": "l", "1": "l", "0": "o", "m": "rn", "w": "vv"})


def skeletons(name: str) -> frozenset[str]:
    """The skeletons of a name as written and in lower case: В and в resemble different letters."""
    plain = unicodedata.normalize("NFKD", name)
    small = unicodedata.normalize("NFKD", plain.casefold())
    return frozenset((_skeleton(plain), _skeleton(small)))


def _skeleton(text: str) -> str:
    latin = text.translate(LATIN_LETTERS).casefold().translate(LATIN_LETTERS)
    letters = [each for each in latin if not "\u0300" <= each <= "\u036f"]
    bare = "".join(each for each in letters if unicodedata.category(each)[0] in "LMN")
    return bare.translate(_ALIKE) or "".join(letters)
