"""Firefox as the remote of slides that Chromium presents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from actions import eventually
from firefox import Firefox, firefox
from harness import Browsers
from presentations import ELAPSED, STAGE, lasers_place, link, present, shows

PRESSED = "document.getElementById('remote-black').getAttribute('aria-pressed') === 'true'"
FONT = "parseFloat(getComputedStyle(document.getElementById('remote-notes')).fontSize)"


def text(id: str) -> str:
    return f"document.getElementById('{id}').textContent"


def stands(presenter: Page, guest: Firefox, number: int) -> None:
    """Wait until both show a slide, and Firefox says so."""
    shows(presenter, number)
    guest.eventually(f"{text('remote-position')} === '{number} of 12'")
    guest.eventually(f"{text('remote-notes')} === 'Notes of Slide {number}.'")
    into_the_deck(guest)
    heading = "document.querySelector('section.present h1')?.textContent"
    guest.eventually(f"{heading} === 'Slide {number}'")
    guest.leave()


def into_the_deck(guest: Firefox) -> None:
    """Its frame stands in ours, and each is there only when the deck has come."""
    guest.enter("#slides-frame", "iframe")


def drag(guest: Firefox, *steps: dict[str, Any]) -> None:
    """Act with a finger or the like."""
    pointer = {"id": "finger", "type": "pointer", "parameters": {"pointerType": "mouse"}}
    guest._command("WebDriver:PerformActions", actions=[{**pointer, "actions": list(steps)}])


def move(guest: Firefox, x: float, y: float) -> dict[str, Any]:
    """To a place of the stage, from 0 to 1."""
    box = guest.evaluate("document.getElementById('slides-stage').getBoundingClientRect().toJSON()")
    at = {"x": round(box["x"] + x * box["width"]), "y": round(box["y"] + y * box["height"])}
    return {"type": "pointerMove", "duration": 50, "origin": "viewport", **at}


DOWN: dict[str, Any] = {"type": "pointerDown", "button": 0}
UP: dict[str, Any] = {"type": "pointerUp", "button": 0}


def keys(guest: Firefox, *each: str) -> None:
    """Press keys, with nothing chosen."""
    guest.evaluate("document.getElementById('slides-stage').focus()")
    steps = [{"type": kind, "value": key} for key in each for kind in ("keyDown", "keyUp")]
    guest._command(
        "WebDriver:PerformActions", actions=[{"id": "keys", "type": "key", "actions": steps}]
    )


def test_firefox_turns_what_chromium_shows(browsers: Browsers, tmp_path: Path) -> None:
    presenter = present(browsers)
    with firefox(tmp_path / "profile") as guest:
        guest._command("WebDriver:SetWindowRect", width=450, height=844)
        guest.open(browsers.site.url + link(presenter))
        role = "document.getElementById('slides')?.dataset.role"  # none while it is loaded
        guest.eventually(f"{role} === 'remote'", timeout=90)
        stands(presenter, guest, 1)
        turns(presenter, guest)
        keeps_time(guest)
        points_and_draws(presenter, guest)

        larger = guest.evaluate(FONT)
        guest.click("#remote-more")
        guest.click("#notes-larger")
        guest.click("#left-handed")
        guest.click("#remote-options [popovertargetaction=hide]")
        assert guest.eventually(f"{FONT} > {larger}")
        guest.evaluate("void location.reload()")
        row = presenter.locator("#slides-people > [data-role='remote']")
        presenter.locator("#peers > :not([data-state='connected'])").wait_for(state="attached")
        guest.eventually(f"({role} === 'remote') && document.documentElement.dataset.ready")
        stands(presenter, guest, 6)
        assert guest.evaluate(f"{FONT} > {larger}")
        assert guest.evaluate("document.getElementById('left-handed').checked")
        guest.click("#remote-next")
        stands(presenter, guest, 7)
        presenter.reload()
        shows(presenter, 7)
        guest.eventually("document.querySelector('#peers > [data-state=connected]')")
        guest.eventually(f"{role} === 'remote' && !document.getElementById('remote-next').disabled")
        guest.click("#remote-next")
        stands(presenter, guest, 8)

        row.locator("[data-action='revoke']").click()
        guest.eventually(f"{role} === 'follower'")
        guest.click("#follow-prev")
        guest.eventually("!document.getElementById('follow-live').hidden")
        shows(presenter, 8)
        guest.click("#follow-live")
        guest.click("#follow-hand")
        expect(presenter.locator("#slides-people > [data-hand='true']")).to_have_count(1)


def turns(presenter: Page, guest: Firefox) -> None:
    """Everything that turns or hides a slide; it ends at the sixth."""
    assert "Slide 2" in guest.evaluate(text("remote-upcoming"))
    guest.click("#remote-next")
    stands(presenter, guest, 2)
    guest.click("#remote-prev")
    stands(presenter, guest, 1)
    guest.fill("#remote-goto", "4 · Slide 4")
    stands(presenter, guest, 4)
    keys(guest, "\ue014", "\ue00f")  # arrow to the right, page down
    stands(presenter, guest, 6)
    guest.click("#remote-black")
    guest.eventually(PRESSED)
    expect(presenter.locator("#slides-black")).to_be_visible()
    guest.click("#remote-black")
    guest.eventually(f"!({PRESSED})")
    expect(presenter.locator("#slides-black")).to_be_hidden()
    presenter.click("#slides-prev")
    stands(presenter, guest, 5)
    presenter.locator("#slides-stage").press("ArrowRight")
    stands(presenter, guest, 6)


def keeps_time(guest: Firefox) -> None:
    guest.click("#timer-start")
    guest.eventually(f"{ELAPSED} >= 2")
    guest.click("#timer-start")
    guest.eventually(f"{text('timer-start')} === 'Start'")
    guest.click("#remote-more")
    guest.fill("#timer-target", "9\ue007")
    guest.eventually(f"{text('remote-timer')}.includes('8:')")
    guest.click("#timer-reset")
    guest.eventually(f"{text('remote-timer')}.includes('9:00')")
    guest.click("#remote-options [popovertargetaction=hide]")


def points_and_draws(presenter: Page, guest: Firefox) -> None:
    drag(guest, move(guest, 0.2, 0.2), DOWN, move(guest, 0.5, 0.4), move(guest, 0.7, 0.6))
    expect(presenter.locator("#slides-laser")).to_have_css("visibility", "visible")
    eventually(presenter, "document.getElementById('slides-laser').cx.baseVal.value > 6900")
    x, y = lasers_place(presenter) or (0, 0)
    assert abs(x - 0.7 * STAGE) < 0.01 * STAGE
    assert abs(y - 0.6 * STAGE) < 0.01 * STAGE
    drag(guest, UP)
    expect(presenter.locator("#slides-laser")).to_have_css("visibility", "hidden")
    guest.click("label:has(#tool-pen)")
    drag(guest, move(guest, 0.3, 0.3), DOWN, move(guest, 0.5, 0.5), move(guest, 0.6, 0.4), UP)
    expect(presenter.locator("#slides-strokes > *")).to_have_count(1)
    assert guest.evaluate("document.querySelectorAll('#slides-strokes > *').length") == 1
    guest.click("#remote-more")
    guest.click("#remote-wipe")
    expect(presenter.locator("#slides-strokes > *")).to_have_count(0)
    guest.click("#remote-options [popovertargetaction=hide]")


def test_a_link_in_a_deck_leads_firefox_nowhere(browsers: Browsers, tmp_path: Path) -> None:
    away = browsers.site.url + "pyodide/none.html"
    links = f'[press]({away})\n\n<a id="self" href="{away}" target="_self">go</a>'
    shown = f"# One\n\n{links}\n\n---\n# Two"
    (tmp_path / "talk.md").write_text(shown)
    with firefox(tmp_path / "profile") as guest:
        guest.open(browsers.site.url)
        guest.eventually("document.documentElement.dataset.ready", timeout=90)
        guest.click("#slides-open")
        guest.fill("#slides-file", str(tmp_path / "talk.md"))
        guest.eventually(f"{text('slides-position')}.includes('1 of 2')")
        for link_in_slide in ("a:not(#self)", "#self"):
            into_the_deck(guest)
            guest.eventually("document.querySelector('section.present #self')")
            guest.click(f"section.present {link_in_slide}")
            guest.leave()
            if link_in_slide != "#self":
                guest.click("#slides-next")
                guest.eventually(f"{text('slides-position')}.includes('2 of 2')")
                guest.click("#slides-prev")
        guest.eventually(f"{text('slides-cover')}.includes('led away')")
        assert len(guest._command("WebDriver:GetWindowHandles")) == 1
