"""reveal.js pages, read by the browser's own parser, which runs and loads nothing of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from deck_lab import give, present, shown, slides
from pyodide_page import run


def deck(inside: str, head: str = "") -> str:
    return f'<html><head>{head}</head><body><div class="reveal"><div class="slides">{inside}</div>'


def test_notes_and_titles(page: Page) -> None:
    present(
        page,
        "talk.html",
        deck(
            '<section data-notes="first"><aside class="notes"><h1>say</h1> <b>hi</b></aside>'
            "Text &amp; so<br>on</section>"
            "<section><style>p { color: red }</style><h2><img alt='x'></h2><p>Words</p></section>"
            "<section data-markdown><textarea data-template># One\nNote: say it</textarea>"
            "</section>"
            '<section data-markdown><script type="text/template">## Two</script></section>'
        ),
    )
    assert slides(page) == [
        ["Text & so on", "first\nsay\nhi"],
        ["Words", ""],
        ["One", "say it"],
        ["Two", ""],
    ]
    run(page, "deck.goto(3)\nawait stands(3, 0)")
    expect(shown(page).locator("section.present h2")).to_have_text("Two")


def test_what_a_column_says_of_itself_is_kept(page: Page) -> None:
    column = (
        '<section class="mine" data-background-color="rgb(1, 2, 3)" data-state="night">'
        "<section>One</section><section>Below</section></section><section>Two</section>"
    )
    assert present(page, "talk.html", deck(column)) == [0, 3, 0]
    expect(shown(page).locator("section.mine > section")).to_have_count(2)
    expect(shown(page).locator("section.mine")).to_have_attribute("data-state", "night")
    background = shown(page).locator(".slide-background.present").first
    expect(background).to_have_css("background-color", "rgb(1, 2, 3)")


def test_a_style_for_paper_is_none_for_the_screen(page: Page) -> None:
    styles = "<style>h1 { color: rgb(1, 2, 3) }</style>"
    styles += '<style media="print">h1 { color: rgb(4, 5, 6) !important }</style>'
    present(page, "talk.html", deck("<section><h1>One</h1></section>", styles))
    expect(shown(page).locator("h1")).to_have_css("color", "rgb(1, 2, 3)")


@pytest.mark.parametrize(
    ("inside", "titles"),
    [
        ("<section><p>One<section><p>Two<br></section>", ["Two"]),
        ("<section>One</section></div></div><section>After</section>", ["One"]),
        ("<section>One</section><section", ["One"]),
        ("<section><h2>One<h3>Still</section><section>Two", ["One", "Two"]),
        ("<section><table><section>Out</section><tr><td>In</table></section>", ["Out"]),
        ("<template><section>No</section></template><section>Yes</section>", ["Yes"]),
        ("<section>One</section><div><section>no slide</section></div>", ["One"]),
        ("<section><section><section>Third</section></section></section>", ["Third"]),
        ('<section data-visibility="hidden">No</section><section>Yes</section>', ["Yes"]),
        (
            '<section><section data-visibility="hidden">No</section><section>A</section></section>',
            ["A"],
        ),
        ("<section><!-- </section> -->One</section>", ["One"]),
        ("\n\r\n<section>\n é 😀 One</section>\n", ["é 😀 One"]),
        ("<section><svg><style></style><title>T</title></svg>One</section>", ["TOne"]),
    ],
)
def test_what_is_written_carelessly(page: Page, inside: str, titles: list[str]) -> None:
    assert present(page, "talk.html", deck(inside)) == [0, len(titles), 0]
    assert [title for title, _ in slides(page)] == titles
    for number in range(len(titles)):
        run(page, f"deck.goto({number})\nawait stands({number}, 0)")


def test_nothing_of_a_page_runs_or_loads_while_it_is_read(page: Page, watch: list[str]) -> None:
    """Nor later, but for pictures: not in the page, nor in the frame."""
    watch += ["Content Security Policy"]
    hostile = (
        "<script>window.ran = 1</script><base href='https://third.test/'>"
        "<link rel='stylesheet' href='https://third.test/x.css'><meta name='x' content='y'>"
        "<h1>One</h1><svg onload='window.ran = 2'></svg>"
        "<noscript><p title='</noscript><script>window.ran = 3</script>'></noscript>"
        "<math><mtext><table><mglyph><style><!--</style>"
        "<a title='--&gt;&lt;script&gt;window.ran = 4&lt;/script&gt;'></a></table></mtext></math>"
        "<iframe srcdoc='<script>parent.ran = 5</script>'></iframe>"
    )
    present(page, "talk.html", deck(f"<section>{hostile}</section><section>Two</section>"))
    expect(shown(page).locator("h1")).to_have_text("One")
    for each in ("base[href]", "link[href*=third]", "meta[name=x]"):
        expect(shown(page).locator(each)).to_have_count(0)
    for frame in page.frames:
        assert frame.evaluate("window.ran") is None
    run(page, "deck.next()\nawait stands(1, 0)")


def test_formulas(page: Page) -> None:
    """They are drawn where the deck's own scripts would draw them."""
    text = Path("tests/decks/formulas.html").read_text()
    assert present(page, "waves.html", text) == [0, 4, 0]
    assert slides(page) == [
        [r"Waves, and E = \hbar \omega", "Say that $E$ is energy."],
        ["Several lines", ""],
        ["From pandoc", ""],
        ["In Markdown: m_0 * c_0", "$n$ stays."],
    ]
    here = shown(page).locator("section.present").last
    expect(here.locator(".katex")).to_have_count(4)
    expect(here.locator(".katex-display")).to_have_count(1)
    expect(here.locator("p").first).to_contain_text("The price is $5.")
    expect(here.locator("pre")).to_have_text("echo $HOME $PATH")
    run(page, "deck.goto(1)\nawait stands(1, 0)")
    expect(here.locator(".katex-display .mtable")).to_have_count(1)
    run(page, "deck.goto(2)\nawait stands(2, 0)")
    expect(here.locator(".katex")).to_have_count(2)
    run(page, "deck.goto(3)\nawait stands(3, 0)")
    expect(here.locator("h2 .katex")).to_have_count(1)
    expect(here.locator(".wrong")).to_have_text("\\frac{1}{")
    expect(here.locator("code")).to_have_text("$code$")
    expect(here.locator("li.fragment em")).to_have_text("and")


def test_a_page_that_does_not_ask_for_formulas_has_none(page: Page) -> None:
    present(page, "talk.html", deck("<section>It is $5 and $6</section>"))
    expect(shown(page).locator("section.present")).to_have_text("It is $5 and $6")


def test_elements_in_each_other_without_end(page: Page) -> None:
    """A browser's parser goes so deep, and no deeper."""
    assert present(page, "deep.html", deck("<section>" + "<b>" * 10_000 + "One")) == [0, 1, 0]
    assert slides(page) == [["One", ""]]


def test_2000_slides_and_no_more(page: Page) -> None:
    one = "<section><h2>Slide</h2><aside class=notes>Say it</aside></section>"
    assert present(page, "long.html", deck(one * 2000)) == [0, 2000, 0]
    assert slides(page)[1999] == ["Slide", "Say it"]
    assert "2001 slides" in give(page, "refused", "long.html", deck(one * 2001).encode())


def test_a_page_without_slides(page: Page) -> None:
    for text in ("<p>slides</p>", deck(""), deck("<p>slides</p>")):
        assert "slides" in give(page, "refused", "talk.html", text.encode())
