"""What a person calls themselves, as another person's page shows it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from actions import invite, say, set_name, wait_ready
from harness import Browsers


def called(browsers: Browsers, name: str, fragment: str = "") -> Page:
    """The page of somebody who has told it that name."""
    page = browsers.ready()
    page.click("#settings-open")
    page.fill("#settings-name", name)
    page.click("#settings-save")
    wait_ready(page)
    page.goto("about:blank")
    page.goto(browsers.site.url + fragment)
    wait_ready(page)
    return page


def test_a_newcomer_with_a_name_that_looks_like_anothers_is_marked(browsers: Browsers) -> None:
    host = browsers.ready()
    called(browsers, "Bob", invite(host))
    row = host.locator("#peers > li")
    expect(row.locator(".name")).to_have_text("Bob")
    impostor = called(browsers, "\u202eВоb\u200b", invite(host))  # В and о are Cyrillic
    expect(row.locator(".name")).to_have_text(["Bob", "Воb (2)"])
    expect(row.first).to_have_attribute("data-alike", "false")
    expect(row.last).to_have_attribute("data-alike", "true")
    expect(row.last.locator(".alike")).to_contain_text("looks like")
    expect(row.first.locator(".alike")).to_be_hidden()
    say(impostor, "see \u202egpj.exe")
    host.locator("#peers [data-action='choose']").last.click()
    message = host.locator("#chat-log > .message:visible")
    expect(message.locator(".text")).to_have_text("see gpj.exe")
    expect(message).to_contain_text("Воb (2)")
    set_name(impostor, "Eve")  # is seen at once
    expect(row.locator(".name")).to_have_text(["Bob", "Eve"])
    expect(row.last).to_have_attribute("data-alike", "false")
    impostor.reload()
    wait_ready(impostor)
    expect(impostor.locator("#own-name")).to_have_value("Eve")
