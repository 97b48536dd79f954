"""Every error has words of its own."""

from __future__ import annotations

import inspect

import pytest

from app.faults import _SENTENCES, explain, stray
from peerscript import errors

CLASSES = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, errors.PeerScriptError)
]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_has_a_sentence(kind: type[Exception]) -> None:
    assert kind in _SENTENCES
    sentence = explain(kind("the detail."))
    assert sentence[-1] in ".?"
    assert "{" not in sentence
    assert ".." not in sentence


def test_anything_else_is_named() -> None:
    assert explain(KeyError("x")) == "Something unexpected went wrong (KeyError: 'x')."


@pytest.mark.parametrize("kind", [errors.LinkMisused, KeyError])
def test_what_the_other_page_has_in_it_is_cleaned(kind: type[Exception]) -> None:
    hostile = kind("eve sent \u202erubbish\n\n" + "x" * 1000)
    for sentence in (explain(hostile), stray(str(hostile))):
        assert "\u202e" not in sentence
        assert "\n" not in sentence
        assert len(sentence) < 400
