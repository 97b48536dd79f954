"""A broker that sits in between: it relays everything and swaps every certificate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from actions import invite, own_id, wait_ready
from harness import Browsers, served, watched
from mitm import HostileBroker, hostile_broker
from waiting import until


@pytest.fixture
def broker() -> Iterator[HostileBroker]:
    with hostile_broker() as broker:
        yield broker


@pytest.fixture
def captured(playwright: Playwright, built: Path, broker: HostileBroker) -> Iterator[Browsers]:
    """Browsers of the page, whose broker is hostile."""
    with served(built, broker.port) as site, watched(playwright, site) as browsers:
        browsers.watch.expected.append("a Link with")  # refusals are logged
        yield browsers


def named(page: Page, name: str) -> Page:
    page.evaluate(
        "name => localStorage.setItem('peerscript-settings', name)", f'{{"name": "{name}"}}'
    )
    page.reload()
    wait_ready(page)
    return page


def test_with_a_secret_both_pages_refuse(captured: Browsers, broker: HostileBroker) -> None:
    host = named(captured.ready(), "Ada")
    secret = invite(host).rpartition(".")[2]
    guest = captured.ready(invite(host))
    expect(guest.locator("#peers > li")).to_contain_text("somebody sits in between")
    expect(host.locator(".notice")).to_contain_text("was not let in")
    expect(host.locator("#peers > li")).to_have_count(0)
    expect(guest.locator("#peers > li")).to_have_attribute("data-state", "lost")
    expect(guest.locator("#peers > li")).to_have_attribute("data-verified", "false")
    seen = str(broker.seen)
    assert "host-hello" in seen  # it really was in between
    assert secret not in seen
    assert "Ada" not in seen
    heard = len(broker.seen)
    guest.click("[data-action='retry']")  # it never falls back to doing without
    until(guest, lambda: len(broker.seen) > heard, "it does not try again")
    expect(guest.locator("#peers > li")).to_have_attribute("data-state", "lost")
    expect(host.locator("#peers > li")).to_have_count(0)


def test_without_one_the_words_differ(captured: Browsers, broker: HostileBroker) -> None:
    host = captured.ready()
    guest = captured.ready(f"#{own_id(host)}")
    phrases = []
    for page in (host, guest):
        expect(page.locator(".phrase")).to_be_visible()
        phrases.append(page.locator(".phrase").text_content())
    assert phrases[0] != phrases[1]
    assert "reveal" in str(broker.seen)
    host.click("[data-action='refuse']")
    expect(guest.locator("#peers > li")).to_contain_text("the person there said no")
