"""Firefox as Debian ships it, driven by its own Marionette protocol (Playwright cannot drive it).

The protocol is one JSON array a message, with its length in front
(https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html). Its Python client drops
sockets and needs a module that Python 3.13 has removed, so these few lines stand here instead.
"""

from __future__ import annotations

import itertools
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from serving.peerserver import free_port

PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.peerconnection.ice.loopback": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.auto": False,
}
START_WITHIN = 60.0  # seconds
SCRIPT_WITHIN = 110  # seconds that a script may wait for what it returns
# Marionette's scripts have an Array and an Object of their own, which PeerJS does not know for its
# own; so the page itself runs the function.
IN_THE_PAGE = """new Promise((resolve) => {
  const {documentElement} = document;
  documentElement.addEventListener(
    "answer", () => resolve(documentElement.dataset.answer), {once: true},
  );
  const script = document.createElement("script");
  script.textContent = %s;
  document.head.append(script);
  script.remove();
})"""
SCRIPT = """(async () => {
  const answer = {};
  try {
    answer.value = await (%s)(%s);
  } catch (error) {
    answer.error = String(error);
  }
  const {documentElement} = document;
  documentElement.dataset.answer = JSON.stringify(answer);
  documentElement.dispatchEvent(new Event("answer"));
})()"""


@contextmanager
def firefox(profile: Path, *, worker: bool = False) -> Iterator[Firefox]:
    """A Firefox process with a profile, new or not; it is killed at the end of the block.

    Args:
        worker: let pages have a service worker (NO_WORKER in harness.py says why not).
    """
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        raise RuntimeError("Firefox is missing: install it, or run `nox -s browser`")
    port = free_port()
    preferences = {
        **PREFERENCES,
        "marionette.port": port,
        "dom.serviceWorkers.enabled": worker,
    }
    profile.mkdir(exist_ok=True)
    lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in preferences.items()]
    (profile / "user.js").write_text("\n".join(lines))
    process = subprocess.Popen(
        [
            program,
            "--headless",
            "--marionette",
            "--remote-allow-system-access",
            "--no-remote",
            "--profile",
            str(profile),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with _connect(port) as wire:
            yield Firefox(wire)
    finally:
        process.kill()
        process.wait()


def _connect(port: int) -> socket.socket:
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=SCRIPT_WITHIN + 10)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "Firefox did not start"
            time.sleep(0.05)


class CommandFailed(AssertionError):
    """Firefox has not done what it was told."""


class Firefox:
    """One Firefox window."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._numbers = itertools.count(1)
        self._receive()  # its greeting
        self._command("WebDriver:NewSession")
        self._command("WebDriver:SetTimeouts", script=SCRIPT_WITHIN * 1000)

    def open(self, url: str) -> None:
        """Go to a page."""
        self._command("WebDriver:Navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        script = f"return {expression}"
        return self._command("WebDriver:ExecuteScript", script=script, args=[], sandbox=None)

    def eventually(self, expression: str, timeout: float = 60.0) -> Any:
        """Wait until an expression is true; its value."""
        deadline, failure = time.monotonic() + timeout, None
        while True:
            try:
                if value := self.evaluate(expression):
                    return value
            except CommandFailed as error:  # as while a page is being left
                failure = error
            assert time.monotonic() < deadline, (
                f"never came true in Firefox: {expression}; {failure or ''}"
            )
            time.sleep(0.05)

    def set_offline(self, offline: bool) -> None:
        """As the menu's "Work offline" does."""
        self._command("Marionette:SetContext", value="chrome")
        script = f"Services.io.offline = {json.dumps(offline)}"
        self._command("WebDriver:ExecuteScript", script=script, args=[], sandbox=None)
        self._command("Marionette:SetContext", value="content")

    def enter(self, *frames: str, timeout: float = 60.0) -> None:
        """Act in a frame, or one in it, from now on, once they are there."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.leave()
                for frame in frames:
                    self._command("WebDriver:SwitchToFrame", element=self._find(frame))
                return
            except CommandFailed:  # it is not there yet, or is being replaced
                assert time.monotonic() < deadline, f"there is no {frames} in Firefox"
                time.sleep(0.05)

    def leave(self) -> None:
        """Act in the page itself again."""
        self._command("WebDriver:SwitchToFrame", id=None)

    def click(self, selector: str) -> None:
        """Press a button."""
        self._command("WebDriver:ElementClick", id=self._find(selector))

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        self._command("WebDriver:ElementSendKeys", id=self._find(selector), text=text)

    def press(self, key: str) -> None:
        """Press a key, wherever the focus is."""
        strokes = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        keyboard = {"type": "key", "id": "keyboard", "actions": strokes}
        self._command("WebDriver:PerformActions", actions=[keyboard])

    def _find(self, selector: str) -> str:
        found = self._command("WebDriver:FindElement", using="css selector", value=selector)
        (reference,) = found.values()
        return str(reference)

    def _command(self, name: str, **parameters: Any) -> Any:
        message = json.dumps([0, next(self._numbers), name, parameters]).encode()
        self._wire.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            raise CommandFailed(f"{name}: {error}")
        return result["value"] if set(result or {}) == {"value"} else result

    def _receive(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._read(1)
        return json.loads(self._read(int(size[:-1])))

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._wire.recv(size - len(data))
            assert more, "Firefox has gone"
            data += more
        return data


class FirefoxPage:
    """Firefox's window, which runs functions as Playwright's pages do."""

    def __init__(self, window: Firefox, url: str) -> None:
        window.open(url)
        self._window = window

    def evaluate(self, function: str, argument: Any = None, /) -> Any:
        script = SCRIPT % (function, json.dumps(argument))
        answer = json.loads(self._window.evaluate(IN_THE_PAGE % json.dumps(script)))
        assert "error" not in answer, answer["error"]
        return answer.get("value")
