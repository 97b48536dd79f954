"""The example pages, and those that their links open."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from actions import READY_WITHIN
from harness import Browsers
from look import OVERFLOW, Theme, axe, keep_picture

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
FOLDER = "site/examples/"


def opened(browsers: Browsers, name: str, **options: object) -> Page:
    """An example's page, made by this side: with its link shown."""
    page = browsers.page(**options)  # type: ignore[arg-type]
    page.goto(f"{browsers.site.url}{FOLDER}{name}.html")
    expect(page.locator("#link")).to_contain_text("#", timeout=READY_WITHIN)
    return page


def followed(
    browsers: Browsers, host: Page, beside: Page | None = None, name: str = "", **options: object
) -> Page:
    """The page that the other side's link opens, or another one; in a process of its own, or in
    another tab beside a page that is there.
    """
    link = host.locator("#link")
    href = link.inner_text()
    assert link.get_attribute("href") == href
    if beside is None:
        page = browsers.page(**options)  # type: ignore[arg-type]
    else:
        page = beside.context.new_page()
        browsers.watch.attach(page)
    page.goto(f"{browsers.site.url}{FOLDER}{name}.html#{href.partition('#')[2]}" if name else href)
    return page


def filled(page: Page, fields: dict[str, str]) -> None:
    """Fill in a form and send it, with the keyboard alone."""
    box = page.get_by_label(next(iter(fields)))
    box.wait_for(timeout=READY_WITHIN)
    box.focus()
    for number, text in enumerate(fields.values()):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def fits(page: Page, name: str) -> None:
    """Nothing sticks out, axe finds nothing, in either theme."""
    schemes: tuple[Theme, ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(OVERFLOW) == []
        assert axe(page) == []
        keep_picture(page, f"{name}-{page.viewport_size['width']}-{scheme}")  # type: ignore[index]
