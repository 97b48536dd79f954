"""PDFs on the page's stage."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from deck_files import pdf
from deck_lab import present, slides
from harness import eventually
from pyodide_page import run


def test_a_pdf(page: Page) -> None:
    assert present(page, "talk.pdf", pdf(["Hello page", "Second", "Third"])) == [0, 3, 0]
    assert [title for title, _ in slides(page)] == ["Hello page", "Second", "Third"]
    canvas = page.locator("#slides-page")
    expect(canvas).to_have_attribute("data-page", "1")
    assert drawn(page) == [255, 0, 0, 255]
    before = int(run(page, "turns"))
    run(page, "for _ in range(5): deck.next()\nawait stands(2, 0)")
    expect(canvas).to_have_attribute("data-page", "3")
    assert int(run(page, "turns")) == before + 2
    run(page, "deck.previous()\ndeck.goto(0)\ndeck.goto(17)\nawait stands(0, 0)")
    expect(canvas).to_have_attribute("data-page", "1")


def test_a_pdf_is_drawn_anew_when_the_stage_grows(page: Page) -> None:
    present(page, "talk.pdf", pdf(["Hello"]))
    wide = "document.querySelector('#slides-page').width"
    eventually(page, f"{wide} > 400")
    before = page.evaluate(wide)
    page.set_viewport_size({"width": 700, "height": 500})
    eventually(page, f"{wide} < {before}")
    page.set_viewport_size({"width": 1280, "height": 720})
    eventually(page, f"{wide} === {before}")


def drawn(page: Page) -> list[int]:
    """The colour in the left half of the page."""
    colour = page.evaluate(
        """() => {
          const canvas = document.querySelector("#slides-page");
          const at = [canvas.width / 4, canvas.height * 0.9, 1, 1];
          return [...canvas.getContext("2d").getImageData(...at).data];
        }"""
    )
    return list(colour)
