"""What a handler must be, and what it is called."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from peerscript.aio.handlers import check_handler, name_of


async def greet(member: object, *, words: str = "hello") -> None: ...


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (5, "handle_links takes a function, not 5"),
        (None, "handle_links takes a function, not None"),
        (lambda: None, r"'<lambda>' must take \(link\): handle_links calls it so"),
        (partial(greet, None), r"the handler 'greet' must take \(link\): handle_links"),
    ],
)
def test_what_cannot_be_called_is_no_handler(handler: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        check_handler("handle_links", handler, ["link"])


def test_what_can_be_called_or_does_not_say_is_one() -> None:
    for handler in (greet, partial(greet, words="hi"), print, int, lambda *all_of_it: None):
        check_handler("handle_links", handler, ["link"])


def test_a_handler_s_name() -> None:
    assert name_of(partial(partial(greet))) == "the handler 'greet'"
    assert name_of(5) == "the handler 'int'"
