"""JavaScript's objects are found in what a codec refuses, and named where nothing carries them."""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import dataclass, field
from typing import Any

import pytest

from peerscript.data import foreign
from peerscript.data.foreign import draft_of
from peerscript.errors import MessageTooBig, SerializationError
from tests.unit.peerscript import javascript

pytestmark = pytest.mark.usefixtures("in_a_page")


@dataclass(frozen=True, slots=True)
class Photo:
    name: str
    content: Any
    seen: list[Any] = field(default_factory=list)


def accept(size: int) -> None:
    """Any size will do."""


async def native(value: object) -> Any:
    draft = draft_of(value, "binary", accept)
    assert draft is not None
    return await draft.read()


async def test_bytes_stand_where_the_objects_stood_and_the_value_is_left_alone() -> None:
    file = javascript.File(b"ab")
    value = {"a": [1, (file, "b"), {"c": javascript.array(b"d")}], "e": javascript.null}
    assert await native(value) == {"a": [1, [b"ab", "b"], {"c": b"d"}], "e": None}
    assert value["a"] == [1, (file, "b"), {"c": value["a"][2]["c"]}]  # type: ignore[index]
    assert await native(file) == b"ab"


async def test_a_dataclass_is_copied_whatever_its_kind() -> None:
    photo = Photo("a.png", javascript.File(b"ab"), [javascript.array(b"c")])
    assert await native([photo]) == [Photo("a.png", b"ab", [b"c"])]
    assert isinstance(photo.content, javascript.File)


async def test_arrays_are_copied_at_once_and_files_later() -> None:
    array_alone = draft_of([javascript.array(b"a")], "binary", accept)
    assert array_alone is not None
    assert array_alone.complete
    assert array_alone.value == [b"a"]
    sizes: list[int] = []
    files = [javascript.File(b"ab"), [javascript.File(b"cde")]]
    draft = draft_of(files, "binary", sizes.append)
    assert draft is not None
    assert not draft.complete
    assert sizes == [5]
    assert await draft.read() == [b"ab", [b"cde"]]


@pytest.mark.parametrize("value", [{1, 2}, [object()], array("d"), Photo, float("nan"), {1: Photo}])
def test_nothing_of_javascripts_is_no_draft(value: object) -> None:
    assert draft_of(value, "binary", accept) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (javascript.a_map, 'message: a JavaScript Map has no place in "raw": call .to_py() first'),
        (
            {"a": [1, javascript.a_map]},
            'message["a"][1]: a JavaScript Map has no place in "raw": call .to_py() first',
        ),
        (
            [Photo("", javascript.a_map)],
            'message[0]["content"]: a JavaScript Map has no place in "raw": call .to_py() first',
        ),
        (
            [javascript.detached()],
            "message[0]: a JavaScript ArrayBuffer cannot be read: TypeError: detached",
        ),
    ],
)
def test_what_no_message_carries_is_named(value: object, words: str) -> None:
    with pytest.raises(SerializationError) as refusal:
        draft_of(value, "raw", accept)
    assert str(refusal.value) == words


async def test_whoever_forgets_to_await_is_told() -> None:
    promise = asyncio.get_running_loop().create_future()
    with pytest.raises(
        SerializationError, match=r'Future has no place in "binary": await it first'
    ):
        draft_of([promise], "binary", accept)


def test_the_error_hides_the_codecs_own() -> None:
    def refuse(size: int) -> None:
        raise MessageTooBig(f"{size} bytes")

    for value, kind in ((javascript.a_map, SerializationError), (javascript.null, MessageTooBig)):
        try:
            raise SerializationError("the codec's")
        except SerializationError:
            with pytest.raises(kind) as refusal:
                draft_of(value, "binary", refuse)
        assert refusal.value.__suppress_context__


def test_a_value_within_itself_is_left_to_the_codec(monkeypatch: pytest.MonkeyPatch) -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert draft_of(endless, "binary", accept) is None
    monkeypatch.setattr(foreign, "MAX_VALUES", 1000)
    endless.append(endless)
    assert draft_of(endless, "binary", accept) is None
