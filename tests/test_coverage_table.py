"""The table of what is covered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.coverage_table import folders, too_little


def file(statements: int, missing: list[int], branches: list[list[int]]) -> dict[str, Any]:
    return {
        "missing_lines": missing,
        "missing_branches": branches,
        "summary": {
            "num_statements": statements,
            "covered_lines": statements - len(missing),
            "num_branches": 10,
            "covered_branches": 10 - len(branches),
        },
    }


REPORT = {
    "files": {
        "py/main.py": file(10, [], []),
        "py/app/chat/chat.py": file(30, [7], [[6, 7], [9, -1]]),
        "py/app/chat/panel.py": file(50, [], []),
    }
}


def test_each_folder_with_what_is_missing() -> None:
    found = folders(REPORT)
    assert {name: each.percent for name, each in found.items()} == {".": 100.0, "app/chat": 97.0}
    assert found["app/chat"].missing == ["chat.py: 7, 9→end"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"app": 97, ".": 100}, []),
        ({"app": 98}, ["app is below 98 %"]),
        ({"app/chat": 100}, ["app/chat is below 100 %"]),
        ({"app/ch": 1}, ["app/ch is not there"]),
    ],
)
def test_what_is_asked_of_a_folder(asked: dict[str, float], words: list[str]) -> None:
    assert too_little(folders(REPORT), asked) == words
