"""What is kept of a transfer is read as it was written."""

from __future__ import annotations

import pytest

from app.files.record import Record
from peerscript.transfer import FileInfo

FILES = (
    FileInfo("a.txt", 3, "text/plain", "photos", 1_700_000_000.5),
    FileInfo("b", 0, "", "", 0.0),
)
RECORD = Record("ab" * 16, True, "session", "Mira", "photos", FILES, (1,), 5.0, saved=True)
TO_ALL = Record("cd" * 16, False, "session", "Mira", "", FILES, group="ef" * 8, to=("Mira", "Bob"))


@pytest.mark.parametrize("record", [RECORD, TO_ALL])
def test_it_is_the_same_after_a_reload(record: Record) -> None:
    assert Record.from_json(record.to_json(), []) == record


def test_handles_are_kept_beside_it() -> None:
    assert Record.from_json(RECORD.to_json(), ["handle"]).handles == ("handle",)


def test_its_id_has_the_direction() -> None:
    assert RECORD.id == f"in-{'ab' * 16}"


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"files": [], "wanted": [], "x": 1}'])
def test_what_is_none_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Record.from_json(text, [])
