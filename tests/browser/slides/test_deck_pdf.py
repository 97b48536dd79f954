"""PDFs on the page's stage."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from actions import eventually
from deck_files import pdf
from deck_lab import give, present, slides
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
    wide = show(page, ["Hello"])
    before = page.evaluate(wide)
    page.set_viewport_size({"width": 700, "height": 500})
    eventually(page, f"{wide} < {before}")
    page.set_viewport_size({"width": 1280, "height": 720})
    eventually(page, f"{wide} === {before}")


def test_a_page_that_is_being_drawn_when_the_stage_shrinks_is_the_one_shown(page: Page) -> None:
    wide = show(page, ["First", "Second", "Third"])
    before = page.evaluate(wide)
    run(page, "deck.goto(2)\nawait asyncio.sleep(0)  # the drawing has begun")
    narrow(page, "300px")
    shown = "document.querySelector('#slides-page').dataset.page"
    eventually(page, f"{wide} < {before} && {shown} === '3'")
    narrow(page, "")
    eventually(page, f"{wide} === {before}")


def test_a_locked_pdf_asks_for_its_password(page: Page) -> None:
    open_locked(page)
    dialog, field = page.locator("#deck-password"), page.locator("#deck-password-field")
    expect(dialog).to_contain_text("locked.pdf")
    expect(field).to_be_focused()
    field.fill("wrong")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="not its password")).to_be_visible()
    expect(field).to_have_value("")
    field.fill("sésame")
    dialog.get_by_role("button", name="Open").click()
    run(page, "deck = await opening")
    expect(dialog).to_be_hidden()
    expect(page.locator("#slides-page")).to_have_attribute("data-page", "1")
    assert slides(page) == [["Locked page", ""], ["Second", ""]]


@pytest.mark.parametrize("way", ["Cancel", "Escape", "another"])
def test_a_locked_pdf_without_its_password(page: Page, way: str) -> None:
    open_locked(page)
    expect(page.locator("#deck-password")).to_be_visible()
    if way == "another":
        present(page, "talk.md", "# Another")
    elif way == "Escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Cancel").click()
    assert run(page, "await opening") == "This PDF is locked with a password."
    expect(page.locator("#deck-password")).to_be_hidden()


def open_locked(page: Page) -> None:
    """Begin to show a PDF that is locked: by AES-256, with the password "sésame"."""
    give(page, "take", "locked.pdf", Path("tests/decks/locked.pdf").read_bytes())
    run(page, "opening = asyncio.ensure_future(show_taken())")


def show(page: Page, titles: list[str]) -> str:
    """Show a PDF and wait for its first page; the expression for the width that it is drawn at.

    The canvas is the one of the deck before, so that its width alone says nothing.
    """
    page.evaluate("document.querySelector('#slides-page').width = 0")
    present(page, "talk.pdf", pdf(titles))
    wide = "document.querySelector('#slides-page').width"
    eventually(page, f"{wide} > 400")
    return wide


def narrow(page: Page, width: str) -> None:
    page.evaluate("w => document.querySelector('#slides-page').style.width = w", width)


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
