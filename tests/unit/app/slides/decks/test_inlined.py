"""A document's files, written into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.slides.decks.inlined import inlined

BASE = "https://example.org/page/"


async def inlined_with(template: str, **files: bytes) -> str:
    """Put in files that have these names without what follows a dot."""

    async def fetch(address: str, integrity: str) -> bytes:
        asked.append((address, integrity))
        return files[address.rpartition("/")[2].partition(".")[0]]

    asked.clear()
    return await inlined(template, BASE, fetch)


asked: list[tuple[str, str]] = []


async def test_each_file_stands_where_its_tag_was() -> None:
    text = await inlined_with(
        '<link rel="stylesheet" href="./css/a.css"><p>b</p><script src="c.js"></script>'
        '<script src="https://cdn.test/d.js?x=1&amp;y=2"></script><script>e</script>',
        a=b"a{}",
        c=b"c()",
        d="\ufeffd('ü')".encode(),
    )
    assert text == (
        "<style>a{}</style><p>b</p><script>c()</script><script>d('ü')</script><script>e</script>"
    )
    assert asked == [
        ("https://example.org/page/css/a.css", ""),
        ("https://example.org/page/c.js", ""),
        ("https://cdn.test/d.js?x=1&y=2", ""),
    ]


async def test_a_hash_is_asked_for() -> None:
    await inlined_with(
        '<link rel="stylesheet" href="a.css" integrity="sha384-A" crossorigin="anonymous">'
        '<script src="b.js" integrity="sha384-B" crossorigin="anonymous"></script>',
        a=b"",
        b=b"",
    )
    assert [integrity for _, integrity in asked] == ["sha384-A", "sha384-B"]


async def test_no_file_ends_its_element_or_hides_its_end() -> None:
    text = await inlined_with(
        '<script src="a.js"></script><link href="b.css">',
        a=b'x = "<!-- <script></Script>"; y = /<!--<\\/script>/',
        b=b'c::before { content: "</style>" }',
    )
    assert text == (
        r'<script>x = "\x3c!-- <script>\x3c/Script>"; y = /\x3c!--<\/script>/</script>'
        r'<style>c::before { content: "\3c /style>" }</style>'
    )


async def test_addresses_are_relative_to_the_style_sheet() -> None:
    text = await inlined_with(
        '<link rel="stylesheet" href="https://cdn.test/lib/a.css">',
        a=b"a{b:url(fonts/c.woff2) url( '../d.png' ) url(\"e f.png\")"
        b' url(data:image/gif;base64,AA==) url( data:,) url("https://f.test/g") url(#h)'
        b" url(\"data:image/svg+xml,<svg><path fill='url(%23i)'/></svg>\")}",
    )
    assert text == (
        '<style>a{b:url("https://cdn.test/lib/fonts/c.woff2") url("https://cdn.test/d.png")'
        ' url("https://cdn.test/lib/e f.png") url(data:image/gif;base64,AA==) url( data:,)'
        ' url("https://f.test/g") url(#h)'
        " url(\"data:image/svg+xml,<svg><path fill='url(%23i)'/></svg>\")}</style>"
    )


async def test_a_file_that_is_no_text() -> None:
    with pytest.raises(OSError, match="page/a.js: "):
        await inlined_with('<script src="a.js"></script>', a=b"\xff")


async def test_a_file_that_is_not_to_be_had() -> None:
    async def fetch(address: str, integrity: str) -> bytes:
        raise OSError(address)

    with pytest.raises(OSError, match="page/a.js"):
        await inlined('<script src="a.js"></script>', BASE, fetch)


@pytest.mark.parametrize("name", ["deck-template", "katex-template"])
async def test_the_page_s_own_templates(name: str) -> None:
    page = (Path(__file__).parents[5] / "index.html").read_text()
    (template,) = re.findall(rf'<template id="{name}">(.*?)</template>', page, re.DOTALL)
    names = [Path(each).stem for each in re.findall(r'(?:src|href)="([^"]+)"', template)]
    files = {each.partition(".")[0]: b"" for each in names}
    text = await inlined_with(template, **files)
    assert len(asked) == len(names) > 1
    assert " src=" not in text
    assert "<link" not in text
