"""Texts in the person's language, and which language that is."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import GNUTranslations

import pytest

from app import language
from app.language import N_, _, choose, decimal, grouped, ngettext, pgettext
from app.units import readable_size

UNTRANSLATED = N_("Nobody is connected yet.")


class German(GNUTranslations):
    """A few texts as if they were read from a catalogue; "" is what it says of itself."""

    def __init__(self) -> None:
        super().__init__()
        self._catalog: dict[object, str] = {
            "": "Language: de",
            "{name} has left.": "{name} ist gegangen.",
            UNTRANSLATED: "Noch ist niemand verbunden.",
            "verb\x04Call": "Anrufen",
            "decimal sign\x04.": ",",
            "between thousands\x04,": ".",
            ("{count} file of {name}", 0): "{count} Datei von {name}",
            ("{count} file of {name}", 1): "{count} Dateien von {name}",
        }
        self.plural = lambda n: int(n != 1)


@pytest.fixture
def german() -> Iterator[None]:
    language.use(German())
    yield
    language.use(None)


def files(count: int) -> str:
    return ngettext("{count} file of {name}", "{count} files of {name}", count, name="Ada")


def test_english_needs_no_catalogue() -> None:
    assert _("{name} has left.", name="Ada") == "Ada has left."
    assert (
        _("{braces} stay where nothing is filled in") == "{braces} stay where nothing is filled in"
    )
    assert pgettext("verb", "Call") == "Call"
    assert [files(n) for n in (0, 1, 2)] == ["0 files of Ada", "1 file of Ada", "2 files of Ada"]
    assert (decimal("1.5"), grouped(1234567)) == ("1.5", "1,234,567")


@pytest.mark.usefixtures("german")
def test_another_language() -> None:
    assert _("{name} has left.", name="{odd}") == "{odd} ist gegangen."
    assert _(UNTRANSLATED) == "Noch ist niemand verbunden."
    assert pgettext("verb", "Call") == "Anrufen"
    assert [files(n) for n in (1, 2)] == ["1 Datei von Ada", "2 Dateien von Ada"]
    assert (decimal("1.5"), grouped(1234567)) == ("1,5", "1.234.567")
    assert readable_size(1500) == "1,5 kB"


@pytest.mark.usefixtures("german")
def test_what_has_no_translation_is_english() -> None:
    assert _("Not in the catalogue") == "Not in the catalogue"
    assert _("") == ""


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (["de"], "de"),
        (["de-AT", "en"], "de"),
        (["en-GB", "de"], "en"),
        (["fr", "de-DE"], "de"),
        (["fr", "ja"], "en"),
        ([], "en"),
        (["ar-XB"], "ar-XB"),
        (["ar", "ar-EG"], "en"),  # what is there to try the page is no Arabic
        (["pt-BR"], "pt-BR"),
        (["pt"], "en"),
    ],
)
def test_the_first_wanted_that_is_there(wanted: list[str], chosen: str) -> None:
    assert choose(wanted, ["de", "ar-XB", "pt-BR"]) == chosen
