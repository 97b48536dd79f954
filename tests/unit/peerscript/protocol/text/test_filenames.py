"""Names under which a stranger's file is saved."""

from __future__ import annotations

import pytest

from peerscript.protocol.text.filenames import MAX_FILE_NAME, file_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("notes.md", "notes.md"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("ü 😀.txt", "ü 😀.txt"),
        ("a\x00b\n.txt", "ab .txt"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("photo.jpg" + " " * 100 + ".exe", "photo.jpg .exe"),
        ('a:b*c?d"e<f>g|h', "a_b_c_d_e_f_g_h"),
        ("", "file"),
        (" .. ", "file"),
        ("\u200b\u3164", "file"),
        ("report.pdf. . ", "report.pdf"),
        (".bashrc", "bashrc"),
        (". .\u0301", "file"),
        ("CON", "_CON"),
        ("nul", "_nul"),
        ("con.txt", "_con.txt"),
        ("Aux .tar.gz", "_Aux .tar.gz"),
        ("lpt9.", "_lpt9"),
        ("COM¹.log", "_COM¹.log"),
        ("conin$", "_conin$"),
        ("console.txt", "console.txt"),
        ("com10", "com10"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert file_name(name) == safe


def test_what_is_too_long_keeps_its_ending() -> None:
    assert file_name("x" * 500 + ".txt") == "x" * (MAX_FILE_NAME - 4) + ".txt"
    assert file_name("ü" * 500 + ".txt") == "ü" * 118 + ".txt"
    assert file_name("x" * 500 + "." + "y" * 100) == "x" * MAX_FILE_NAME
    assert file_name("x" * 500) == "x" * MAX_FILE_NAME
    assert file_name("x" * (MAX_FILE_NAME - 2) + "👍🏽.md") == "x" * (MAX_FILE_NAME - 3) + ".md"
    assert file_name("x" * (MAX_FILE_NAME - 1) + ". " + "y" * 30) == "x" * (MAX_FILE_NAME - 1)


def test_a_fallback() -> None:
    assert file_name("..", "deck") == "deck"
