"""The settings dialog tests the ways through the network, and a relay alone is really alone."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, Route, expect

from actions import eventually, wait_ready
from harness import Browsers
from pyodide_page import python, run

# A port on this machine where nothing listens; a silent server takes all of the test's time.
SILENT = "stun:127.0.0.1:9"
TURN = "turn:127.0.0.1:9 me secret"
WITHIN = 20_000  # ms; twice what the dialog gives it

# Before PeerJS loads: remember every path.
REMEMBER = """
window.paths = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); paths.push(this); }
};
"""
# The tracks of every camera that is opened from now on.
REMEMBER_TRACKS = """() => {
  const devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
  window.tracks = [];
  devices.getUserMedia = async wanted => {
    const stream = await open(wanted);
    tracks.push(...stream.getTracks());
    return stream;
  };
}"""
IN_USE = "paths.filter(path => path.connectionState !== 'closed').length"
# PeerJS itself opens one, to see what the browser can do.
OURS = "paths.filter(path => JSON.stringify(path.getConfiguration()).includes('127.0.0.1:9'))"
COUNT = """() => {
  py._module._clear_method_call_singleton?.();
  return [py._module.hiwire.num_keys(), py._module.pyproxy_alloc_map.size];
}"""
CHECK = """
from peerscript.peer.connectivity import check_connectivity
for _ in range(%d):
    for servers, timeout in (([], 10.0), (["stun:127.0.0.1:9"], 0.05)):
        found = await check_connectivity([IceServer(each) for each in servers], timeout=timeout)
        assert (found.srflx, found.complete) == (False, not servers), found
        assert found.host or not found.complete
import gc
gc.collect()
"""


def open_settings(page: Page, servers: str = "") -> None:
    page.click("#settings-open")
    page.click("#settings-advanced > summary")
    page.fill("#settings-ice", servers)


def path(page: Page, kind: str) -> Locator:
    """What the test said of one kind of path."""
    return page.locator(f"#settings-test-result [data-kind='{kind}']")


def came_out(page: Page, **outcomes: str) -> None:
    """Wait for the result, and compare."""
    for kind, outcome in outcomes.items():
        expect(path(page, kind)).to_have_attribute("data-outcome", outcome, timeout=WITHIN)
    expect(page.locator("#settings-test")).to_have_text("Test my connection")
    expect(page.locator("#settings-test")).to_be_enabled()


def own_settings(page: Page) -> dict[str, object]:
    text = page.evaluate("localStorage.getItem('peerscript-settings')")
    kept: dict[str, object] = json.loads(text or "{}")
    return kept


def test_the_same_network_works_without_any_server(browsers: Browsers) -> None:
    page = browsers.ready()
    open_settings(page)
    page.locator("#settings-test").focus()
    page.keyboard.press("Enter")
    came_out(page, host="works", srflx="unknown", relay="unknown")
    expect(path(page, "host")).to_have_text("On the same network: works.")
    expect(path(page, "srflx")).to_contain_text("no STUN server is listed")
    expect(path(page, "relay")).to_contain_text("no TURN server is listed")
    expect(page.locator("#settings-test")).to_be_focused()


def test_what_is_saved_unchanged_is_not_stored(browsers: Browsers) -> None:
    """Also of a page that says nothing of `secure`: it would stay as the page's address was."""
    page = browsers.page()
    page.route("**/pyscript.toml", without_secure)
    page.goto(browsers.site.url)
    wait_ready(page)
    page.click("#settings-open")
    page.select_option("#settings-theme", "dark")
    page.click("#settings-save")
    expect(page.locator("#settings")).to_be_hidden()
    assert own_settings(page) == {"theme": "dark"}


def without_secure(route: Route) -> None:
    text = re.sub(r"(?m)^secure = .*$", "", route.fetch().text())
    assert "secure" not in text
    route.fulfill(body=text)


def test_servers_that_do_not_answer(browsers: Browsers) -> None:
    """As typed, saved or not; and the page says meanwhile that it is busy."""
    page = browsers.ready()
    open_settings(page, f"{SILENT}\n{TURN}\nstun:nowhere.invalid")
    page.check("#settings-relay")
    page.click("#settings-test")
    expect(page.locator("#settings-test")).to_have_text("Testing…")
    expect(page.locator("#settings-test")).to_be_disabled()
    came_out(page, host="works", srflx="fails", relay="fails")
    expect(path(page, "srflx")).to_contain_text(f"{SILENT} did not answer in time")
    expect(path(page, "srflx")).to_contain_text("stun:nowhere.invalid cannot be reached")
    expect(path(page, "relay")).to_contain_text("turn:127.0.0.1:9 did not answer in time")
    expect(path(page, "")).to_contain_text("nobody can be reached until one works")
    assert own_settings(page) == {}


def test_what_cannot_be_tested_is_said(browsers: Browsers) -> None:
    page = browsers.ready()
    open_settings(page, "turn:host:3478")
    page.click("#settings-test")
    expect(path(page, "")).to_contain_text("turn:host:3478 needs a user name and a password")
    page.fill("#settings-ice", "")
    page.evaluate("delete window.RTCPeerConnection")
    page.click("#settings-test")
    expect(path(page, "")).to_contain_text("no WebRTC")


def test_closing_the_dialog_ends_the_test(browsers: Browsers) -> None:
    page = browsers.page()
    page.add_init_script(REMEMBER)
    page.goto(browsers.site.url)
    wait_ready(page)
    open_settings(page, SILENT)
    page.click("#settings-test")
    expect(page.locator("#settings-test")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator("#settings-test")).to_be_enabled(timeout=5_000)  # by itself: 10 s
    assert page.evaluate(IN_USE) == 0
    open_settings(page)
    expect(page.locator("#settings-test-result")).to_be_empty()


def test_oneself_comes_first_and_a_reset_asks(browsers: Browsers) -> None:
    page = browsers.ready(flags=["--enable-blink-features=BarcodeDetector"])
    page.click("#settings-open")
    page.fill("#settings-name", " Ada\u202e ")
    page.select_option("#settings-theme", "dark")
    expect(page.locator("#settings-host")).to_be_hidden()
    page.click("#settings-save")
    expect(page.locator("#own-name")).to_have_value("Ada")  # without a reload
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    kept = {"name": "Ada", "theme": "dark"}
    assert own_settings(page) == kept
    page.click("#settings-open")
    page.click("#settings-reset")
    page.click("#reset-no")
    assert own_settings(page) == kept
    page.click("#settings-reset")
    page.click("#reset-yes")
    expect(page.locator("#settings")).to_be_hidden()
    expect(page.locator("#own-name")).to_have_value("")
    assert own_settings(page) == {}
    scanning_ends_with_its_dialog(page)


def scanning_ends_with_its_dialog(page: Page) -> None:
    """This Chromium has the detector, and nothing behind it: it opens the camera, and says so."""
    page.evaluate(REMEMBER_TRACKS)
    page.click("#scan-open")
    expect(page.locator("#scan-words")).to_contain_text("cannot read codes on this device")
    assert page.evaluate("tracks.map(track => track.readyState)") == ["ended"]
    page.evaluate("BarcodeDetector.prototype.detect = async () => []")  # nothing in sight
    page.click("#scan-close")
    page.click("#scan-open")
    eventually(page, "document.getElementById('scan-video').videoWidth > 0")
    assert page.evaluate("tracks.at(-1).readyState") == "live"
    page.keyboard.press("Escape")
    eventually(page, "tracks.at(-1).readyState === 'ended'")


def test_relay_only_needs_a_turn_server(browsers: Browsers) -> None:
    page = browsers.ready()
    open_settings(page, SILENT)
    page.get_by_label("Only through a TURN server").check()
    page.click("#settings-save")
    expect(page.locator("#settings-problem")).to_contain_text("list a TURN server")
    expect(page.locator("#settings")).to_be_visible()
    assert own_settings(page) == {}
    page.fill("#settings-ice", TURN)
    page.click("#settings-save")
    expect(page.locator("#settings")).to_be_hidden()
    assert own_settings(page) == {
        "ice_transport_policy": "relay",
        "ice_servers": [{"urls": "turn:127.0.0.1:9", "username": "me", "credential": "secret"}],
    }
    page.click("#settings-open")
    expect(page.locator("#settings-relay")).to_be_checked()


def test_relay_only_reaches_the_browser(browsers: Browsers) -> None:
    """With a TURN server that is not there, a page that would be found shows no address."""
    page = browsers.page()
    page.add_init_script(REMEMBER)
    page.goto(browsers.site.url)
    wait_ready(page)
    open_settings(page, TURN)
    page.check("#settings-relay")
    page.click("#settings-save")
    page.reload()
    wait_ready(page)
    host = browsers.ready()
    page.fill("#remote-id", str(host.locator("#my-link").get_attribute("href")))
    page.click("#connect")
    eventually(page, f"{OURS}.some(path => path.iceGatheringState !== 'new')")
    policies = page.evaluate(f"{OURS}.map(path => path.getConfiguration().iceTransportPolicy)")
    assert set(policies) == {"relay"}
    assert "typ host" not in page.evaluate(f"{OURS}[0].localDescription.sdp")


def test_the_library_alone(lab: Browsers) -> None:
    """It ends in time, says what the browser does not take, and leaves nothing behind."""
    page = python(lab)
    page.evaluate(f"() => {{ {REMEMBER} }}")
    run(page, CHECK % 3)  # the first ones fill what is kept on purpose
    before = page.evaluate(COUNT)
    run(page, CHECK % 20)
    assert page.evaluate(COUNT) == before
    assert page.evaluate("paths.length") == 46
    assert page.evaluate(IN_USE) == 0
    said = run(
        page,
        """
try:
    await check_connectivity([IceServer("stun:host:99999")])
except ValueError as error:
    said = str(error)
said
""",
    )
    assert "does not take these ICE servers" in said
