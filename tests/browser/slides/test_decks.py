"""Decks on the page's stage: what is shown, what is not, and what a deck cannot do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from deck_files import HTML, pdf
from deck_lab import give, present, run_in_frame, shown, slides
from pyodide_page import run

MARKDOWN = """---
title: front matter
---
# One <b>bold</b>

- first <!-- .element: class="fragment" -->
- second <!-- .element: class="fragment" -->

Note:
Say **hello**.

---

## Two

```python
print("---")

---
```

--

## Below two

---

Three has no heading
"""


def test_markdown(page: Page) -> None:
    assert present(page, "talk.md", MARKDOWN) == [0, 4, 0]
    assert slides(page) == [
        ["One bold", "Say **hello**."],
        ["Two", ""],
        ["Below two", ""],
        ["Three has no heading", ""],
    ]
    expect(shown(page).locator("section.present h1")).to_have_text("One bold")
    expect(shown(page).locator("h1 b")).to_have_count(1)
    for place in ((0, 1), (0, 2), (1, 0), (2, 0), (3, 0)):
        run(page, f"deck.next()\nawait stands{place}")
    expect(shown(page).locator("section.present p").last).to_have_text("Three has no heading")
    run(page, "deck.next()\ndeck.goto(99)\ndeck.goto(1)\nawait stands(1, 0)")
    expect(shown(page).locator("section.present.present code").first).to_contain_text("---")
    run(page, "deck.previous()\nawait stands(0, 2)\ndeck.goto(0, 1)\nawait stands(0, 1)")
    expect(shown(page).locator(".fragment.visible")).to_have_count(1)


def test_it_tells_when_it_is_turned_by_a_key(page: Page) -> None:
    present(page, "talk.md", MARKDOWN)
    before = int(run(page, "turns"))
    shown(page).locator("section.present h1").first.click()
    page.keyboard.press("ArrowRight")
    run(page, "await stands(0, 1)")
    assert int(run(page, "turns")) == before + 1


def test_a_reveal_js_page(page: Page) -> None:
    assert present(page, "talk.html", HTML) == [0, 4, 0]
    assert slides(page) == [
        ["First", "Say this"],
        ["Second", "attribute"],
        ["Below", ""],
        ["Third", ""],
    ]
    expect(shown(page).locator("h1.own")).to_have_css("color", "rgb(1, 2, 3)")
    run(page, "deck.goto(2, 1)\nawait stands(2, 1)")
    expect(shown(page).locator("section.present .fragment.visible")).to_have_text("Below")
    run(page, "deck.next()\nawait stands(3, 0)")
    expect(shown(page).locator("section.present h2")).to_have_text("Third")


@pytest.mark.parametrize(
    ("name", "total", "last"),
    [
        ("slidev", 4, "Questions?"),
        ("marp", 5, ""),
        ("reveal-md", 4, "The end"),
        ("obsidian", 3, "Home"),
    ],
)
def test_decks_of_other_tools(page: Page, name: str, total: int, last: str) -> None:
    """What their tools put beside the words of a slide is not shown on it."""
    text = Path(f"tests/decks/{name}.md").read_text()
    assert present(page, f"{name}.md", text) == [0, total, 0]
    run(page, f"deck.goto({total - 1})\nawait stands({total - 1}, 0)")
    here = shown(page).locator("section.present").last
    expect(here).to_contain_text(last)
    words = shown(page).locator(".slides").inner_text()
    assert [each for each in ("layout:", "marp:", "<!--", "::", "![[h") if each in words] == []


def test_formulas(page: Page) -> None:
    """KaTeX draws them, with its own fonts; what is wrong with one is told where it stands."""
    text = Path("tests/decks/formulas.md").read_text()
    assert present(page, "formulas.md", text) == [0, 3, 0]
    assert slides(page)[0] == ["Energy E_0 = m_0 c^2", "Say that $E$ is energy."]
    here = shown(page).locator("section.present")
    expect(here.locator(".katex")).to_have_count(4)
    expect(here.locator(".katex-display")).to_have_count(1)
    expect(here.locator("p").first).to_have_text(
        "A price is $5 and $6, not $5–$10. Code stays: $a_1$."
    )
    assert run_in_frame(page, "(await document.fonts.load('1em KaTeX_Math')).length") == "1"
    run(page, "deck.goto(1)\nawait stands(1, 0)")
    expect(here.locator(".wrong")).to_have_text(["\\frac{1}{", "\\nosuchcommand x"])
    expect(here.locator(".wrong").first).to_have_attribute("title", re.compile("expected '}'"))
    expect(here.locator("pre")).to_contain_text("echo $HOME $PATH $$ $x$")
    run(page, "deck.goto(2)\nawait stands(2, 0)")
    expect(here.locator("td .katex")).to_have_count(2)


def test_katex_is_loaded_for_formulas_alone(page: Page) -> None:
    loaded = "() => performance.getEntriesByType('resource').filter((e) => /katex/.test(e.name))"
    page.evaluate("performance.clearResourceTimings()")
    present(page, "talk.md", "# It is $5 and $6")
    assert page.evaluate(loaded) == []
    rules = "[...document.styleSheets].flatMap(({cssRules}) => [...cssRules])"
    for name, there in (("reveal", "true"), ("katex", "false")):
        has = f"{rules}.some((rule) => rule.selectorText?.startsWith('.{name} '))"
        assert run_in_frame(page, has) == there


def test_the_sample(page: Page, built: Path) -> None:
    _, total, _ = present(page, "sample.md", (built / "site/decks/sample.md").read_bytes())
    assert total >= 8
    assert all(title for title, _ in slides(page))
    assert all(notes for _, notes in slides(page))
    for number in range(total):
        run(page, f"deck.goto({number})\nawait stands({number}, 0)")


def test_500_slides(page: Page) -> None:
    deck = "\n---\n".join(f"# Slide {n}\n\nNote:\nnote {n}" for n in range(500))
    assert present(page, "long.md", deck) == [0, 500, 0]
    run(page, "deck.goto(499)\nawait stands(499, 0)")
    expect(shown(page).locator("section.present h1")).to_have_text("Slide 499")


def test_500_slides_that_only_the_frame_knows(page: Page) -> None:
    inside = "\n---\n".join(f"# Slide {n}\n\nNote:\nnote {n}" for n in range(500))
    section = f"<section data-markdown><textarea data-template>{inside}</textarea></section>"
    assert present(page, "long.html", f'<div class="slides">{section}</div>') == [0, 500, 0]
    assert slides(page)[321] == ["", "note 321"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("damaged.pdf", b"%PDF-1.7\nrubbish", "damaged"),
        ("cut.pdf", pdf(["Hello"])[:200], "damaged"),
        ("no.pdf", b"GIF89a", "no PDF"),
        ("no.md", b"\xff\xfe\x00", "not a text"),
        ("blank.md", b" \n ", "empty"),
        ("no.html", b"<h1>slides of mine</h1>", "no reveal.js slides"),
        ("many.md", b"# x\n---\n" * 2500, "2500 slides"),
        ("song.mp3", b"ID3", "no deck"),
    ],
)
def test_what_is_no_deck_is_refused(page: Page, name: str, data: bytes, words: str) -> None:
    answer = give(page, "refused", name, data)
    assert words in answer.replace("2501", "2500")


def test_ink_black_and_words(page: Page) -> None:
    present(page, "talk.md", MARKDOWN)
    run(
        page,
        """
ink = Ink()
ink.move(Point(2500, 5000, True))
ink.draw(Stroke(1, "0,0 10000,10000"))
ink.draw(Stroke(2, "0,10000 10000,0"))
stage.ink(ink)
stage.black(True)
stage.cover("Wait")
""",
    )
    expect(page.locator("#slides-laser")).to_have_attribute("cx", "2500")
    expect(page.locator("#slides-strokes polyline")).to_have_count(2)
    expect(page.locator("#slides-black")).to_be_visible()
    expect(page.locator("#slides-cover")).to_have_text("Wait")
    run(page, "ink.wipe()\nstage.ink(ink)\nstage.black(False)\nstage.cover('')")
    expect(page.locator("#slides-strokes polyline")).to_have_count(0)
    expect(page.locator("#slides-black")).to_be_hidden()
    expect(page.locator("#slides-cover")).to_be_hidden()


def test_a_deck_is_kept(page: Page) -> None:
    run(
        page,
        """
store, kept = DeckStore("kept"), DeckSource("html", "Übung.html", bytes(range(256)) * 1000)
await store.save("me/1", kept)
assert await store.load("me/1") == kept
assert await store.load("me/2") is None
recent = DeckStore("recent")
await recent.save("a/b ü", kept, 12.5)
assert await recent.all() == [RecentDeck("a/b ü", "Übung.html", 256_000, 12.5)]
await recent.forget("a/b ü")
assert await recent.all() == []
await store.forget("me/1")
assert await store.load("me/1") is None
""",
    )


def test_a_browser_without_room_keeps_no_deck_and_stops_no_talk(page: Page) -> None:
    save = 'store = DeckStore("kept")\nawait store.save("key", DeckSource("html", "a.html", b"%s"))'
    run(page, save % "before")
    page.evaluate("void (window.put = Cache.prototype.put)")
    page.evaluate(
        "void (Cache.prototype.put = async () => {"
        " throw new DOMException('', 'QuotaExceededError') })"
    )
    try:
        run(page, save % "now")
        assert run(page, 'await store.load("key") is None')  # and not the one of before
    finally:
        page.evaluate("void (Cache.prototype.put = window.put)")
