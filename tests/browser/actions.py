"""What a person does with the page, and waits for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from waiting import until

AGAIN = "#peers > [data-state=lost]:not([data-known]) [data-action=retry]"
READY_WITHIN = 45_000  # ms; a start of Python on a busy machine


def wait_ready(page: Page, within: float = READY_WITHIN) -> None:
    """Until Python runs and the broker knows the page."""
    page.locator('html[data-ready="true"]').wait_for(state="attached", timeout=within)


def wait_connected(page: Page) -> None:
    """Until another page is connected. Where a first connection took too long, on a busy machine,
    the page asks a person to try again. (One that is lost must come back by itself.)
    """
    found = page.locator('#peers > [data-state="connected"]')

    def is_connected() -> bool:
        if found.count():
            return True
        page.evaluate(f"document.querySelector('{AGAIN}')?.click()")
        return False

    until(page, is_connected, "no other page is connected", 60)


def own_id(page: Page) -> str:
    """The page's peer ID."""
    return (
        page.locator("#my-id").inner_text()
        if page.locator("#my-id").is_visible()
        else str(page.locator("#my-id").text_content())
    )


def processes(page: Page) -> list[int]:
    """All processes of a page's browser."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("this page has no browser of its own")
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return [process["id"] for process in found]


@contextmanager
def stopped(page: Page) -> Iterator[None]:
    """Stop all processes of a page's browser, whose sockets stay open; let them go on after."""
    found = processes(page)
    for process in found:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in found:
            os.kill(process, signal.SIGCONT)


def set_name(page: Page, name: str) -> None:
    """Set the person's name, which everybody who is connected sees at once."""
    page.fill("#own-name", name)
    page.press("#own-name", "Enter")


def say(page: Page, text: str) -> None:
    """Write in the chat, and send it."""
    page.fill("#chat-input", text)
    page.click("#chat-send")


def invite(page: Page) -> str:
    """The fragment of the page's own link."""
    return "#" + str(page.locator("#my-link").text_content()).partition("#")[2]


def eventually(page: Page, expression: str, timeout: float = 30.0) -> None:
    """Wait until a JavaScript expression is true.

    Playwright's own `wait_for_function` makes a function of a string in the page, which the page's
    Content-Security-Policy forbids; `evaluate` goes through the debugger.
    """
    until(page, lambda: page.evaluate(expression), f"never came true: {expression}", timeout)


def record_status(page: Page) -> None:
    """Keep in `statuses` what the page's status is from now on: a state may be over before a test
    looks.
    """
    page.evaluate(
        """() => {
          const status = document.getElementById("status");
          window.statuses = [];
          new MutationObserver(() => statuses.push(status.dataset.state))
            .observe(status, {attributeFilter: ["data-state"]});
        }"""
    )


def call(page: Page) -> None:
    """Call the chosen person, with what the preview shows."""
    page.click("#call-start")
    page.click("#call-join")


def in_call(caller: Page, called: Page) -> None:
    """Have two pages in a call, and see each other."""
    call(caller)
    called.click("#call-accept")
    for page in (caller, called):
        sees_moving_picture(page)


def sees_moving_picture(page: Page) -> None:
    """Wait until the other side's camera is shown and moves."""
    video = "document.querySelector('#remote-videos video')"
    eventually(page, f"({video}?.videoWidth ?? 0) > 0")
    start = page.evaluate(f"{video}.currentTime")
    eventually(page, f"{video}.currentTime > {start} + 0.3")
