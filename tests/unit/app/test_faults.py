"""Every error has words of its own."""

from __future__ import annotations

import inspect

import pytest

from app.faults import _SENTENCES, explain
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
