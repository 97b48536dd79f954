"""Which names a person could take for one another."""

from __future__ import annotations

import pytest

from peerscript.protocol.text.lookalikes import skeletons


def alike(one: str, other: str) -> bool:
    return bool(skeletons(one) & skeletons(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "alice"),
        ("Alice", "ALICE"),
        ("Alice", "A l-i.c_e ✓"),
        ("Alice", "Аlісе"),  # А, і, с, е are Cyrillic
        ("Alice", "Αlice"),  # Α is Greek
        ("Alice", "A1ice"),
        ("Alice", "AIice"),
        ("Alice", "A|ice"),
        ("Alice", "Ａｌｉｃｅ"),
        ("Alice", "𝓐𝓵𝓲𝓬𝓮"),
        ("Alice", "Alicé"),
        ("Bob", "ВoЬ"),
        ("Bob", "B0b"),
        ("Thomas", "Тhoрrnas".replace("р", "")),
        ("Martin", "rnartin"),
        ("will", "vvill"),
        ("Straße", "STRASSE"),
        ("Вова", "ВОВА"),
        ("Σοφός", "ΣΟΦΟΣ"),
        ("Ηλίας", "ηλιας"),
        ("Саша", "Cаша"),  # a Latin C
        ("🌟", "🌟"),
        ("علی", "عل\u200dی"),
    ],
)
def test_alike(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "Alina"),
        ("Anna", "Hanna"),
        ("Guest 1a2b", "Guest 1a2c"),
        ("राम", "रमा"),
        ("佐藤", "斎藤"),
        ("Саша", "Маша"),
        ("김민준", "김민지"),
        ("🌟", "🌙"),
        ("محمد", "احمد"),
    ],
)
def test_unlike(one: str, other: str) -> None:
    assert not alike(one, other)
