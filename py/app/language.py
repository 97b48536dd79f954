"""The page's texts in the person's language (docs/decisions/0023).

The texts stand in the code in English, which is what the catalogues have them under. The language
is known when the page starts, and not when a module is imported: a table that is made at import
marks its texts with `N_`, and they are translated where they are used.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Protocol

ENGLISH = "en"


class Catalogue(Protocol):
    """The part of Python's `gettext.GNUTranslations` that is used here."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...

    def pgettext(self, context: str, message: str) -> str: ...


_catalogue: Catalogue | None = None


def use(catalogue: Catalogue | None) -> None:
    """Take all texts from this catalogue from now on; None is English."""
    global _catalogue
    _catalogue = catalogue


def _(message: str, **values: object) -> str:
    """A text in the person's language, with the values for its `{names}`."""
    # Under "" a catalogue has what it says of itself.
    text = _catalogue.gettext(message) if _catalogue is not None and message else message
    return text.format(**values) if values else text


def pgettext(context: str, message: str, **values: object) -> str:
    """The same, for an English text that stands for several things."""
    text = message if _catalogue is None else _catalogue.pgettext(context, message)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The same, for one or for several; `{count}` is how many."""
    if _catalogue is None:
        text = one if count == 1 else many
    else:
        text = _catalogue.ngettext(one, many, count)
    return text.format(count=count, **values)


def N_(message: str) -> str:  # noqa: N802 - as gettext's users call it
    """Mark a text that is translated later."""
    return message


def decimal(number: str) -> str:
    """A number with the language's decimal sign."""
    return number.replace(".", pgettext("decimal sign", "."))


def grouped(number: int) -> str:
    """A whole number with the language's sign between thousands."""
    return f"{number:,}".replace(",", pgettext("between thousands", ","))


def choose(wanted: Iterable[str], offered: Container[str]) -> str:
    """The first of the wanted languages that is offered; English if none is.

    Args:
        wanted: BCP 47 tags, the best first.
        offered: the languages that have a catalogue.
    """
    for tag in wanted:
        for each in (tag, tag.partition("-")[0]):
            if each in offered or each == ENGLISH:
                return each
    return ENGLISH
