"""Two pages know each other: by the link's secret, or by words that two people compare."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from actions import invite, own_id, say, set_name, stopped, wait_connected, wait_ready
from harness import Browsers

CONNECTED = "#peers > [data-state='connected']"
LEFT = "#peers > :not([data-state='connected'])"


def row(page: Page, other: Page) -> str:
    return f"#peers > [data-peer-id='{own_id(other)}']"


def seconds_until_left(page: Page, leave: object) -> float:
    assert callable(leave)
    start = time.monotonic()
    leave()
    page.locator(LEFT).wait_for(state="attached", timeout=10_000)
    return time.monotonic() - start


def test_who_comes_by_the_link_is_verified_and_the_secret_stays_secret(browsers: Browsers) -> None:
    host = browsers.page()
    heard: list[str] = []
    host.on(
        "websocket", lambda socket: socket.on("framesent", lambda data: heard.append(str(data)))
    )
    host.on("websocket", lambda socket: heard.append(socket.url))
    host.goto(browsers.site.url)
    wait_ready(host)
    set_name(host, "Ada")
    secret = invite(host).rpartition(".")[2]
    assert len(secret) == 22
    guest = browsers.page()
    guest.on(
        "websocket", lambda socket: socket.on("framesent", lambda data: heard.append(str(data)))
    )
    guest.on("request", lambda request: heard.append(request.url))
    guest.goto(browsers.site.url + invite(host))
    wait_connected(guest)
    wait_connected(host)
    for page, other in ((host, guest), (guest, host)):
        expect(page.locator(row(page, other))).to_have_attribute("data-verified", "true")
        expect(page.locator(row(page, other))).to_contain_text("Verified")
        assert page.evaluate("location.hash") == ""
    expect(guest.locator(".name")).to_have_text("Ada")
    assert any("OFFER" in text for text in heard)  # the broker's words were listened to
    assert not [text for text in heard if secret in text.partition("#")[0]]


def test_a_bare_link_shows_the_same_words_and_asks_the_host(browsers: Browsers) -> None:
    host = browsers.ready()
    set_name(host, "Ada")
    guest = browsers.ready(f"#{own_id(host)}")
    phrases = []
    for page, other in ((host, guest), (guest, host)):
        phrase = page.locator(f"{row(page, other)} .phrase")
        expect(phrase).to_be_visible()
        phrases.append(phrase.text_content())
        expect(page.locator(row(page, other))).to_have_attribute("data-verified", "false")
    assert phrases[0] == phrases[1]
    assert len(str(phrases[0]).split()) == 4
    assert "Ada" not in guest.locator("body").inner_text()  # nothing before they are let in
    for control in ("#chat-send", "#chat-input", "#file-input", "#folder-input"):
        expect(guest.locator(control)).to_be_disabled()

    host.click("[data-action='admit']")
    for page in (host, guest):
        wait_connected(page)
        expect(page.locator("#peers > li")).to_contain_text("Not verified")
    expect(guest.locator(".name")).to_have_text("Ada")
    say(guest, "may I?")
    expect(host.locator(".message .text")).to_have_text("may I?")
    guest.click("[data-action='confirm']")
    expect(guest.locator(row(guest, host))).to_have_attribute("data-verified", "true")
    guest.reload()
    wait_connected(guest)
    expect(guest.locator(row(guest, host))).to_have_attribute("data-verified", "true")
    expect(host.locator(row(host, guest))).to_have_attribute("data-verified", "false")


def test_a_refused_stranger_gets_nothing(browsers: Browsers) -> None:
    browsers.watch.expected.append("a Link with")  # is logged
    host = browsers.ready()
    guest = browsers.ready(f"#{own_id(host)}")
    host.click("[data-action='refuse']")
    expect(guest.locator("#peers > li")).to_contain_text("the person there said no")
    expect(host.locator("#peers > li")).to_have_count(0)
    expect(guest.locator("#peers > li")).to_have_attribute("data-state", "lost")


def test_a_link_that_was_taken_back_lets_nobody_in(browsers: Browsers) -> None:
    browsers.watch.expected.append("a Link with")  # is logged
    host = browsers.ready()
    old = invite(host)
    host.click("#invite-more > summary")
    host.select_option("#invite-limit", "one")
    host.click("#new-link")
    once = invite(host)
    assert once != old
    late = browsers.ready(old)
    expect(late.locator("#peers > li")).to_contain_text("taken back")
    expect(host.locator(".notice")).to_contain_text("was not let in")
    first = browsers.ready(once)
    wait_connected(first)
    expect(host.locator("#my-link")).not_to_contain_text(once)  # the link shown always works
    second = browsers.ready(once)
    expect(second.locator("#peers > li")).to_contain_text("used already")
    expect(host.locator(CONNECTED)).to_have_count(1)


def test_a_reload_keeps_the_id_and_a_duplicated_tab_gets_a_new_one(browsers: Browsers) -> None:
    host, guest = browsers.pair()
    mine = own_id(guest)
    guest.reload()
    wait_connected(guest)
    assert own_id(guest) == mine
    with guest.expect_popup() as opened:  # a window that a page opens has a copy of its storage
        guest.evaluate("void window.open(location.href)")
    twin = opened.value
    browsers.watch.attach(twin)
    wait_ready(twin)
    assert own_id(twin) != mine
    expect(twin.locator("#peers > li")).to_have_count(0)
    say(guest, "still me")
    expect(host.locator(".message .text")).to_have_text("still me")


@pytest.mark.alone
def test_a_killed_closed_or_stopped_page_is_noticed(browsers: Browsers) -> None:
    host, guest = browsers.pair()
    with stopped(guest):
        host.locator(LEFT).wait_for(state="attached", timeout=10_000)
        expect(host.locator("#status")).to_have_attribute("data-state", "reconnecting")
    wait_connected(host)
    say(host, "back again")
    expect(guest.locator(".message .text")).to_have_text("back again")
    assert seconds_until_left(host, lambda: browsers.kill(guest)) < 5
    expect(host.locator("#peers > li")).to_contain_text("Reconnecting")

    other_host, other_guest = browsers.pair()
    # A browser by itself takes 16 s to notice.
    assert seconds_until_left(other_host, other_guest.close) < 3


def test_several_people_each_with_a_chat_of_their_own(browsers: Browsers) -> None:
    host = browsers.ready()
    ann, bob = browsers.ready(invite(host)), browsers.ready(invite(host))
    for page in (ann, bob):
        wait_connected(page)
    expect(host.locator(CONNECTED)).to_have_count(2)
    say(ann, "from Ann")
    say(bob, "from Bob")
    expect(host.locator("#peers .unread:visible")).to_have_text("1")
    expect(host.locator(".message")).to_have_count(1)
    for page, text in ((ann, "from Ann"), (bob, "from Bob")):
        host.click(f"{row(host, page)} [data-action='choose']")
        expect(host.locator(".message .text")).to_have_text([text])  # those with the other are not
        say(host, f"answer to {text}")
        expect(page.locator(".message:not([data-from='me']) .text")).to_have_text(
            f"answer to {text}"
        )
    browsers.kill(ann)
    host.locator(LEFT).wait_for(state="attached")
    say(bob, "not disturbed")
    expect(host.locator(".message .text", has_text="not disturbed")).to_be_visible()
    expect(host.locator(row(host, bob))).to_have_attribute("data-state", "connected")
