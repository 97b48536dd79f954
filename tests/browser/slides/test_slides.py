"""A talk with real pages: reloads, remotes that come and go, an audience, decks."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from actions import eventually, own_id, say, stopped, wait_connected, wait_ready
from deck_files import HTML, pdf
from harness import Browsers
from presentations import (
    DESKTOP,
    ELAPSED,
    PHONE,
    choose,
    deck,
    file,
    follower,
    heading,
    holds,
    link,
    person,
    present,
    present_sample,
    remote,
    seconds,
    set_target,
    shows,
    slide,
    stands,
)
from waiting import until

PINK = """() => {
  const canvas = document.getElementById("slides-page");
  return [...canvas.getContext("2d").getImageData(8, canvas.height >> 1, 1, 1).data].join();
}"""


def in_mid_talk(presenter: Page, phone: Page) -> None:
    """On slide 5, which is not seen, with the timer at some seconds of 20 minutes."""
    phone.locator("#remote-goto").select_option(index=4)
    stands(phone, 5)
    set_target(phone, 20)
    phone.tap("#timer-start")
    phone.tap("#remote-black")
    expect(presenter.locator("#slides-black")).to_be_visible()
    eventually(phone, f"{ELAPSED} >= 2")


def is_in_mid_talk(phone: Page, at_least: int) -> None:
    stands(phone, 5)
    expect(phone.locator("#remote-black")).to_have_attribute("aria-pressed", "true")
    expect(phone.locator("#timer-start")).to_have_text("Pause")
    assert seconds(phone) >= at_least
    expect(phone.locator("#remote-timer")).to_contain_text(re.compile(r" 1\d:\d\d left"))
    expect(phone.locator("#remote-notes")).to_contain_text("Notes of Slide 5.")


def has_control(presenter: Page, phone: Page) -> None:
    """From slide 5, in the black, to the next."""
    phone.tap("#remote-black")
    expect(presenter.locator("#slides-black")).to_be_hidden()
    phone.tap("#remote-next")
    shows(presenter, 6)
    stands(phone, 6)


def test_the_phone_is_loaded_again(browsers: Browsers) -> None:
    presenter = present(browsers)
    phone = remote(browsers, presenter)
    in_mid_talk(presenter, phone)
    before = seconds(phone)
    phone.reload()
    holds(phone, "remote")
    is_in_mid_talk(phone, before)
    has_control(presenter, phone)
    with stopped(phone):  # it sleeps
        presenter.click("#slides-next")
        presenter.locator("#peers > :not([data-state='connected'])").wait_for(state="attached")
        presenter.click("#slides-next")
    stands(phone, 8)
    wait_connected(phone)
    phone.tap("#remote-prev")
    shows(presenter, 7)


def test_the_presenter_is_loaded_again(browsers: Browsers) -> None:
    presenter = present(browsers)
    phone, other = remote(browsers, presenter), remote(browsers, presenter)
    audience = follower(browsers, presenter)
    person(presenter, other).locator("[data-action='revoke']").click()
    holds(other, "follower")
    links = [link(presenter), link(presenter, "#slides-watch-link")]
    in_mid_talk(presenter, phone)
    before = seconds(phone)
    presenter.reload()
    wait_ready(presenter)
    shows(presenter, 5)
    expect(presenter.locator("#slides-black")).to_be_visible()
    for page, role in ((phone, "remote"), (other, "follower"), (audience, "follower")):
        wait_connected(page)
        holds(page, role)
        expect(person(presenter, page)).to_have_attribute("data-role", role)
    assert [link(presenter), link(presenter, "#slides-watch-link")] == links
    is_in_mid_talk(phone, before)
    has_control(presenter, phone)
    for page in (other, audience):
        shows(page, 6)


def test_a_revoked_remote_does_nothing(browsers: Browsers) -> None:
    presenter = present(browsers)
    mine, theirs = remote(browsers, presenter), remote(browsers, presenter)
    old = link(presenter)
    theirs.tap("#remote-next")
    stands(theirs, 2)
    row = person(presenter, theirs)
    expect(row).to_have_attribute("data-role", "remote")
    with stopped(theirs):
        row.locator("[data-action='revoke']").click()
        expect(row).to_have_attribute("data-role", "follower")
    theirs.evaluate("document.getElementById('remote-next').click()")
    holds(theirs, "follower")
    for key in ("remote-next", "remote-prev", "remote-black", "timer-start", "remote-wipe"):
        theirs.evaluate("(id) => document.getElementById(id).click()", key)
    theirs.locator("#slides-stage").press("ArrowRight")  # it may look at another, itself
    shows(theirs, 3)
    assert "Notes of" not in theirs.locator("body").inner_text()
    mine.tap("#remote-next")
    stands(mine, 3)
    shows(presenter, 3)
    expect(presenter.locator("#slides-black")).to_be_hidden()

    assert link(presenter) != old
    browsers.watch.expected.append("a Link with")  # is logged
    late = browsers.ready(old, **PHONE)
    expect(late.locator(".notice")).to_contain_text("taken back")
    expect(late.locator("#remote-next")).to_be_hidden()
    theirs.reload()
    holds(theirs, "follower")
    row.locator("[data-action='remote']").click()
    holds(theirs, "remote")
    theirs.tap("#remote-next")
    stands(theirs, 4)
    row.locator("[data-action='dismiss']").click()
    expect(theirs.locator("#slides")).not_to_have_attribute("data-role", "remote")
    expect(theirs.locator("#remote-next")).to_be_hidden()


def test_two_press_at_the_same_instant_and_all_agree(browsers: Browsers) -> None:
    presenter = present(browsers)
    first, second = remote(browsers, presenter), remote(browsers, presenter)
    phones = (first, second)

    def at_once(one: str, other: str) -> None:
        with stopped(presenter):  # so that neither has seen the other's
            first.tap(one)
            second.tap(other)

    at_once("#remote-next", "#remote-next")
    for phone in phones:
        stands(phone, 2)
    first.tap("#remote-next")
    for phone in phones:
        stands(phone, 3)  # and not 4: the two were one
    at_once("#remote-next", "#remote-prev")
    second.tap("#remote-black")  # comes after both
    expect(first.locator("#remote-black")).to_have_attribute("aria-pressed", "true")

    def told() -> list[int]:
        """The positions that the pages tell; before the last turn they may pass through others."""
        at_presenter = presenter.locator("#slides-position").inner_text()
        at_phones = [phone.locator("#remote-position").inner_text() for phone in phones]
        return [int(words.split()[0]) for words in (at_presenter, *at_phones)]

    looks: list[list[int]] = []

    def agree() -> bool:
        """For half a second: they may agree on one that is passed through, too."""
        looks.append(told())
        return looks[-1] in ([2] * 3, [4] * 3) and looks[-10:] == [looks[-1]] * 10

    until(presenter, agree, "they do not agree")
    last = looks[-1][0]
    for phone in phones:
        stands(phone, last)
    shows(presenter, last)


def test_an_audience_follows(browsers: Browsers) -> None:
    presenter = present(browsers)
    phone, audience = remote(browsers, presenter), follower(browsers, presenter)
    expect(audience.locator("#remote-next")).to_be_hidden()
    expect(audience.locator("#follow-live")).to_be_hidden()
    for number in (2, 3, 4):
        phone.tap("#remote-next")
        shows(audience, number)
    audience.tap("#follow-prev")
    shows(audience, 3)
    audience.tap("#follow-prev")
    shows(audience, 2)
    phone.tap("#remote-next")
    stands(phone, 5)
    shows(presenter, 5)
    expect(audience.locator("#follow-live")).to_be_visible()
    shows(audience, 2)
    audience.tap("#follow-next")
    shows(audience, 3)
    audience.tap("#follow-live")
    shows(audience, 5)
    expect(audience.locator("#follow-live")).to_be_hidden()
    phone.tap("#remote-black")
    expect(audience.locator("#slides-black")).to_be_visible()
    assert "Notes of" not in str(audience.locator("body").text_content())

    audience.tap("#follow-hand")
    row = person(presenter, audience)
    expect(row).to_have_attribute("data-hand", "true")
    expect(audience.locator("#follow-hand")).to_have_attribute("aria-pressed", "true")
    row.locator("[data-action='lower']").click()
    expect(row).to_have_attribute("data-hand", "false")
    expect(audience.locator("#follow-hand")).to_have_attribute("aria-pressed", "false")
    audience.tap("#follow-hand")
    audience.tap("#follow-hand")
    expect(audience.locator("#follow-hand")).to_have_attribute("aria-pressed", "false")
    expect(row).to_have_attribute("data-hand", "false")
    audience.locator("#tabs [value=chat]").check(force=True)
    say(audience, "a question")
    asking = presenter.locator(f"#peers > [data-peer-id='{own_id(audience)}']")
    expect(asking.locator(".unread")).to_have_text("1")  # another conversation is open


def test_a_bare_link_gives_nothing_by_itself(browsers: Browsers) -> None:
    presenter = present(browsers)
    guest = browsers.ready(f"#{own_id(presenter)}/slides", **PHONE)
    row = presenter.locator(f"#peers > [data-peer-id='{own_id(guest)}']")
    expect(row).to_have_attribute("data-state", "asking")
    expect(person(presenter, guest)).to_have_count(0)
    presenter.locator("#tabs [value=people]").check(force=True)
    row.locator("[data-action='admit']").click()
    wait_connected(guest)
    expect(guest.locator("#slides")).to_have_attribute("data-role", "waiting")
    expect(guest.locator("#remote-next")).to_be_hidden()
    expect(person(presenter, guest)).to_have_attribute("data-role", "nobody")
    presenter.locator("#tabs [value=slides]").check(force=True)
    person(presenter, guest).locator("[data-action='remote']").click()
    holds(guest, "remote")
    guest.tap("#remote-next")
    shows(presenter, 2)
    expect(row).to_have_attribute("data-verified", "false")

    # A link with a proof, opened over the Link that stands: it counts, and nobody comes twice.
    for which, role in (("#slides-watch-link", "follower"), ("#slides-link", "remote")):
        guest.evaluate("(link) => { location.hash = link; }", link(presenter, which))
        holds(guest, role)
        expect(person(presenter, guest)).to_have_attribute("data-role", role)
    for page in (presenter, guest):
        expect(page.locator("#peers > *")).to_have_count(1)
        expect(page.locator("#peers > *")).to_have_attribute("data-verified", "true")


def test_every_kind_of_deck_reaches_the_phone(browsers: Browsers) -> None:
    presenter = present(browsers)
    phone = remote(browsers, presenter)
    stands(phone, 1)
    choose(presenter, file("talk.html", HTML.encode()))
    for page in (presenter, phone):
        expect(heading(page)).to_have_text("First")
    expect(phone.locator("#remote-notes")).to_have_text("Say this")
    phone.tap("#remote-next")
    for page in (presenter, phone):
        nested = slide(page).locator("h2")
        expect(nested).to_have_text("Second")

    choose(presenter, file("talk.pdf", pdf(["One", "Two", "Three"])))
    expect(phone.locator("#remote-position")).to_have_text("1 of 3")
    phone.tap("#remote-next")
    expect(phone.locator("#remote-position")).to_have_text("2 of 3")
    for page in (presenter, phone):
        eventually(page, f"({PINK})() === '255,0,0,255'")

    for name, content in (
        ("talk.pdf", b"no PDF"),
        ("talk.md", b"\xff\xfe\x00"),
        ("talk.html", b"<p>no slides"),
        ("talk.md", b""),
        ("cat.png", b"\x89PNG\r\n"),
    ):
        choose(presenter, file(name, content))
        expect(presenter.locator(".notice")).to_have_count(1)
        expect(presenter.locator("#slides-cover")).to_be_hidden()  # the one before is back
        presenter.click(".notice [data-action='dismiss']")
    choose(presenter, file("damaged.pdf", pdf(["One"])[:300]))
    expect(presenter.locator(".notice")).to_have_count(1)
    expect(presenter.locator("#slides-cover")).to_be_hidden()  # the one before is back
    phone.tap("#remote-next")
    expect(phone.locator("#remote-position")).to_have_text("3 of 3")
    expect(presenter.locator("#slides-position")).to_contain_text("3 of 3")
    for page in (presenter, phone):
        eventually(page, f"({PINK})() === '255,0,0,255'")

    presenter.click("#slides-stop")
    expect(phone.locator("#remote-next")).to_be_hidden()
    expect(phone.locator("#slides")).to_have_attribute("data-role", "waiting")
    expect(presenter.locator("#slides")).not_to_have_attribute("data-role", "presenter")


def test_a_deck_chosen_while_another_opens(browsers: Browsers) -> None:
    presenter = browsers.ready(**DESKTOP)
    present_sample(presenter)
    choose(presenter, deck(3, "Quick"))
    shows(presenter, 1, "Quick")
    choose(presenter, deck(3, "Quicker"))
    choose(presenter, deck(4, "Quickest"))
    shows(presenter, 1, "Quickest")
    expect(presenter.locator("#slides-position")).to_contain_text("1 of 4")  # it can be turned
    presenter.click("#slides-next")
    shows(presenter, 2, "Quickest")
    expect(presenter.locator("#slides-position")).to_contain_text("2 of 4")
    expect(presenter.locator(".notice")).to_have_count(0)
    for late in (deck(3, "Late"), file("late.pdf", pdf(["One"])[:300])):
        choose(presenter, late)
        presenter.click("#slides-stop")
        expect(presenter.locator("#slides")).not_to_have_attribute("data-role", "presenter")
        present_sample(presenter)
        expect(heading(presenter)).to_have_text("Slides without a server")
        expect(presenter.locator("#slides-position")).to_contain_text("1 of")  # it can be turned
        presenter.click("#slides-next")
        below = slide(presenter).locator("h2")
        expect(below).to_have_text("Pair your phone")
    shown_lately(presenter)


def shown_lately(presenter: Page) -> None:
    """A deck that was shown is among those to choose from, until it is removed; not the sample."""
    lately = open_chooser(presenter)
    expect(lately).to_contain_text(["talk.md"])
    lately.locator("[data-action=open]").click()
    expect(presenter.locator("#chooser")).to_be_hidden()
    expect(presenter.locator("#slides-name")).to_have_text("talk.md")
    open_chooser(presenter).get_by_role("button", name="Remove talk.md").click()
    expect(presenter.locator("#recent")).to_be_hidden()
    presenter.click("#chooser-cancel")


def open_chooser(presenter: Page) -> Locator:
    """Open the dialog; the one deck that it offers, in a row that is made anew a moment later."""
    rows = presenter.locator("#recent-decks > li")
    rows.evaluate_all("rows => rows.forEach((row) => { row.dataset.old = ''; })")
    presenter.click("#slides-another")
    row = presenter.locator("#recent-decks > li:not([data-old])")
    expect(row).to_have_count(1)
    return row
