"""What a person has in a call, besides seeing and hearing: two pages that stay in one call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from actions import call, eventually, in_call, say, sees_moving_picture
from harness import served, watched
from presentations import present_sample
from recognizer import RECOGNIZER

TILE = "#remote-videos > figure"

# What a browser that is killed has still: no stream's temporary file.
ON_DISK = """async () => {
  const root = await navigator.storage.getDirectory();
  for await (const folder of (await root.getDirectoryHandle("peerscript-files")).values())
    for await (const file of folder.values())
      if (!file.name.endsWith(".crswap") && (await file.getFile()).size > 0) return true;
  return false;
}"""


# As if nobody saw the page: count the audio contexts that it makes, the notes that are played to
# their end, and its notifications, with whether each is still shown. Chromium's new contexts run at
# once where they may; these do so a moment later, as the standard and Firefox have it.
UNSEEN = """() => {
  Object.assign(window, {contexts: 0, heard: 0, notified: []});
  window.AudioContext = class extends AudioContext {
    constructor(...given) {
      super(...given);
      contexts++;
      setTimeout(() => {
        this.begun = true;
        this.dispatchEvent(new Event("statechange"));
      });
    }
    get state() { return this.begun ? super.state : "suspended"; }
    createOscillator() {
      const tone = super.createOscillator();
      tone.addEventListener("ended", () => heard += this.state === "running");
      return tone;
    }
  };
  window.Notification = class extends EventTarget {
    static permission = "granted";
    constructor(text) { super(); Object.assign(this, {text, open: true}); notified.push(this); }
    close() { this.open = false; }
  };
  for (const [name, value] of [["hidden", true], ["visibilityState", "hidden"]])
    Object.defineProperty(document, name, {value, configurable: true});
}"""
TURN_DOWN = """(slider) => {
  slider.value = 20;
  slider.dispatchEvent(new Event("input", {bubbles: true}));
}"""
SEEN = """() => {
  delete document.hidden;
  delete document.visibilityState;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def calling(playwright: Playwright, built: Path) -> Iterator[tuple[Page, Page]]:
    with served(built) as site, watched(playwright, site) as browsers:
        host, guest = browsers.pair()
        in_call(host, guest)
        yield host, guest


def test_who_speaks_is_marked(calling: tuple[Page, Page]) -> None:
    host, guest = calling  # Chromium's fake microphone beeps
    expect(host.locator(TILE)).to_have_attribute("data-speaking", "true")
    expect(host.locator(f"{TILE} figcaption")).to_contain_text("speaks")
    guest.click("#mute-audio")
    expect(host.locator(TILE)).to_have_attribute("data-speaking", "false")
    guest.click("#mute-audio")
    expect(host.locator(TILE)).to_have_attribute("data-speaking", "true")


def test_keys_that_can_be_turned_off(calling: tuple[Page, Page]) -> None:
    host, guest = calling
    flags = guest.locator(f"{TILE} .flags")
    host.keyboard.press("m")
    expect(flags).to_have_text("Muted")
    host.keyboard.press("M")
    expect(flags).to_have_text("")
    host.keyboard.press("v")
    expect(flags).to_have_text("No camera")
    host.keyboard.press("v")
    expect(flags).to_have_text("")
    host.locator("#chat-input").press_sequentially("mv")
    host.click("#call-more")
    host.locator("#call-keys").uncheck()
    host.keyboard.press("Escape")
    host.evaluate("document.activeElement.blur()")
    host.keyboard.press("m")
    host.click("#mute-video")
    expect(flags).to_have_text("No camera")  # and not muted
    host.click("#mute-video")
    expect(flags).to_have_text("")
    host.locator("#call-keys").evaluate("box => box.click()")
    host.fill("#chat-input", "")


def test_talking_ends_when_the_page_is_left(calling: tuple[Page, Page]) -> None:
    host, guest = calling
    flags = guest.locator(f"{TILE} .flags")
    host.click("#mute-audio")
    expect(flags).to_have_text("Muted")
    host.evaluate("document.activeElement.blur()")
    host.keyboard.down(" ")
    expect(flags).to_have_text("")
    host.evaluate("dispatchEvent(new Event('blur'))")  # the key is let go in another window
    expect(flags).to_have_text("Muted")
    host.keyboard.up(" ")
    host.keyboard.down(" ")
    expect(flags).to_have_text("")
    space = host.locator("#call-space")
    space.evaluate("box => box.click()")  # with the mouse, while the key is held
    host.keyboard.up(" ")
    expect(flags).to_have_text("Muted")
    space.evaluate("box => box.click()")
    host.click("#mute-audio")
    expect(flags).to_have_text("")


def test_what_is_said_is_read_by_the_others(calling: tuple[Page, Page]) -> None:
    host, guest = calling
    said = guest.locator(f"{TILE} .said")
    host.evaluate(RECOGNIZER)
    host.click("#call-more")
    host.locator("#call-captions").check()
    host.keyboard.press("Escape")
    eventually(host, "window.recognized")
    assert host.evaluate("recognized.processLocally && recognized.continuous")
    assert host.evaluate("listened.kind") == "audio"
    host.evaluate("recognized.say('Good morning')")
    expect(said).to_have_text("Good morning")
    host.click("#mute-audio")
    eventually(host, "!window.recognized")
    host.click("#mute-audio")
    eventually(host, "window.recognized")
    host.locator("#call-captions").evaluate("box => box.click()")
    eventually(host, "!window.recognized")
    expect(said).to_have_text("")


def test_a_speaker_and_a_volume_of_each(calling: tuple[Page, Page]) -> None:
    host, guest = calling
    video = (
        "document.querySelector('#remote-videos [data-kind=camera] video, #remote-videos video')"
    )
    label = host.locator("#speaker-select option").nth(1).text_content()
    assert label
    host.select_option("#speaker-select", label=label)
    eventually(host, f"{video}.sinkId === document.getElementById('speaker-select').value")
    host.click("#call-more")
    host.locator("#call-people input").fill("30")
    host.keyboard.press("Escape")
    guest.click("#share-screen")
    expect(host.locator(f"{TILE}[data-kind=screen]")).to_be_visible()
    sounds = "[...document.querySelectorAll('#remote-videos video')].map(v => [v.volume, v.sinkId])"
    chosen = host.locator("#speaker-select").input_value()
    eventually(
        host, f"JSON.stringify({sounds}) === JSON.stringify(Array(2).fill([0.3, '{chosen}']))"
    )
    guest.click("#share-screen")
    expect(host.locator(f"{TILE}[data-kind=screen]")).to_have_count(0)
    host.select_option("#speaker-select", "")
    eventually(host, f"{video}.sinkId === ''")


def test_a_small_window_and_the_whole_screen(calling: tuple[Page, Page]) -> None:
    host, _ = calling
    host.click("#call-more")
    host.click("#call-people [data-action=small]")
    eventually(host, "document.pictureInPictureElement?.matches('#remote-videos video')")
    host.click("#call-people [data-action=small]")
    eventually(host, "!document.pictureInPictureElement")
    host.click("#call-fullscreen")
    eventually(host, "document.fullscreenElement?.id === 'call'")
    host.keyboard.press("Escape")
    host.click("#call-end", trial=True)
    host.evaluate("document.exitFullscreen()")
    eventually(host, "!document.fullscreenElement")


def test_slides_on_the_whole_screen_leave_the_call_in_sight(calling: tuple[Page, Page]) -> None:
    host, guest = calling
    present_sample(host)
    expect(host.locator("#slides-frame")).to_be_visible()
    guest.click("#slides-follow")  # one press, and the pictures stay
    expect(guest.locator("#slides")).to_have_attribute("data-role", "follower")
    expect(guest.locator("#slides-offer")).to_be_hidden()
    for page in calling:
        expect(page.locator(TILE)).to_be_in_viewport(ratio=1)
        expect(page.locator("#own")).to_be_in_viewport(ratio=1)
        sees_moving_picture(page)
    host.click("#slides-fullscreen")
    eventually(host, "document.fullscreenElement?.id === 'slides-room'")
    for part in ("#on-air", "#mute-audio", "#call-end"):
        expect(host.locator(part)).to_be_in_viewport(ratio=1)
        host.click(part, trial=True)
    host.click("#mute-audio")
    expect(guest.locator(f"{TILE} .flags")).to_have_text("Muted")
    host.click("#mute-audio")
    host.evaluate("document.exitFullscreen()")
    eventually(host, "!document.fullscreenElement")
    expect(host.locator("#call > #call-controls + #devices-in-call")).to_have_count(1)
    host.click("#slides-stop")
    expect(host.locator("#call-end")).to_be_in_viewport(ratio=1)


def test_what_covers_the_page_has_the_sign_and_the_button(calling: tuple[Page, Page]) -> None:
    host, _ = calling
    for width, height in ((390, 844), (844, 390), (1280, 720)):
        host.set_viewport_size({"width": width, "height": height})
        for cover in ("settings", "call-options", "call-measures"):
            show = "showModal" if cover == "settings" else "showPopover"
            host.evaluate(f"document.getElementById('{cover}').{show}()")
            ends_in_one_press(host, cover)
            host.keyboard.press("Escape")
            expect(host.locator(f"#{cover}")).to_be_hidden()
    host.click("#call-more")
    host.click("#call-options [popovertarget=call-measures]")  # one over the other
    ends_in_one_press(host, "call-measures")
    host.keyboard.press("Escape")
    ends_in_one_press(host, "call-options")
    host.keyboard.press("Escape")
    expect(host.locator("#call-end-too")).to_be_hidden()
    host.click("#call-end", trial=True)


def ends_in_one_press(page: Page, cover: str) -> None:
    for part in (".on-air", "#call-end-too"):
        expect(page.locator(f"#{cover} {part}")).to_be_in_viewport(ratio=1)
    page.click("#call-end-too", trial=True)


def test_the_screen_stays_on_and_the_mirror_is_for_the_front(calling: tuple[Page, Page]) -> None:
    host, _ = calling
    expect(host.locator("html")).to_have_attribute("data-awake", "true")
    scale = "getComputedStyle(document.getElementById('local-video')).scale"
    assert host.evaluate(scale) == "-1 1"
    host.locator("#call-mirror").evaluate("box => box.click()")
    eventually(host, f"{scale} === 'none'")
    host.locator("#call-mirror").evaluate("box => box.click()")
    eventually(host, f"{scale} === '-1 1'")
    own = "document.getElementById('own').dataset.away"
    # No camera here has a back; and what is drawn next takes it back.
    eventually(host, f"({own} = 'true', {scale}) === 'none'")
    host.evaluate(f"{own} = 'false'")


@pytest.mark.parametrize("told", [True, False], ids=["told", "asleep"])
def test_a_camera_that_the_system_has_ended_is_taken_again(
    calling: tuple[Page, Page], told: bool
) -> None:
    host, guest = calling
    track = "document.getElementById('local-video').srcObject?.getVideoTracks()[0]"
    before = host.evaluate(f"{track}.id")
    host.evaluate(f"{track}.stop()")  # as the system does, which then tells the page, or does not
    if told:
        host.evaluate(f"{track}.dispatchEvent(new Event('ended'))")
    else:
        host.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    eventually(host, f"{track}?.readyState === 'live' && {track}.id !== '{before}'")
    sees_moving_picture(guest)
    expect(host.locator(".notice")).to_have_count(0)


def test_what_a_phone_has_paused_goes_on(calling: tuple[Page, Page]) -> None:
    host, _ = calling
    host.evaluate("document.querySelector('#remote-videos video').pause()")
    host.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    eventually(host, "!document.querySelector('#remote-videos video').paused")
    sees_moving_picture(host)


def test_a_recording_that_a_reload_has_interrupted(calling: tuple[Page, Page]) -> None:
    host, _ = calling
    host.click("#call-more")
    host.click("#call-record")
    eventually(host, f"({ON_DISK})()")
    host.reload()
    row = host.locator("#recordings-list > li")
    expect(row).to_have_count(1, timeout=60_000)
    with host.expect_download() as download:
        row.get_by_role("button", name="Save").click()
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.endswith(".webm")
    assert content[:4] == b"\x1a\x45\xdf\xa3"  # a container of WebM
    assert len(content) > 20_000
    expect(host.locator("#recordings")).to_be_hidden()
    expect(host.locator(f"{TILE}[data-state='connected']")).to_be_visible(timeout=60_000)


def test_a_ring_is_heard_and_a_page_that_is_not_seen_notifies(calling: tuple[Page, Page]) -> None:
    host, guest = calling
    host.click("#call-end")
    expect(guest.locator("#announcer")).to_contain_text("has left the call")
    expect(guest.locator(TILE)).to_have_count(0)
    guest.evaluate(
        """() => {
          const make = AudioContext.prototype.createOscillator;
          window.notes = 0;
          AudioContext.prototype.createOscillator = function () {
            notes += this.state === "running";
            return make.call(this);
          };
          window.notified = [];
          window.Notification = class extends EventTarget {
            static permission = "granted";
            constructor(text) { super(); notified.push([text, this]); this.open = true; }
            close() { this.open = false; }
          };
          Object.defineProperty(document, "hidden", {value: true, configurable: true});
        }"""
    )
    call(host)
    eventually(guest, "notes >= 3")
    assert guest.evaluate("notified.map(([text]) => text)")[0].endswith("is calling")
    assert "is calling" in guest.title()
    guest.click("#call-accept")
    eventually(guest, "!notified[0][1].open")
    expect(host.locator("#announcer")).to_contain_text("is in the call")
    guest.evaluate("delete document.hidden")


def test_a_text_is_heard_and_notified_of_until_it_is_seen(
    calling: tuple[Page, Page], tmp_path: Path
) -> None:
    host, guest = calling
    host.evaluate(UNSEEN)
    host.locator("#ring-sound").evaluate("box => box.click()")
    say(guest, "without a sound")
    eventually(host, "notified.length === 1")
    assert host.evaluate("contexts") == 0
    host.locator("#ring-sound").evaluate("box => box.click()")
    say(guest, "with one")
    eventually(host, "heard === 2")
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(name)
        guest.set_input_files("#file-input", tmp_path / name)
        row = host.locator(f"#transfers > article:has-text('{name}')")
        row.locator("[data-action=accept]").click()
        expect(row).to_have_attribute("data-state", "done")
    # The newest of each kind: what is written or offered, and what has arrived.
    shown = "notified.filter(each => each.open).map(each => each.text)"
    eventually(host, f"{shown}.length === 2")
    assert all("two.txt" in text for text in host.evaluate(shown))
    host.evaluate(SEEN)
    assert host.evaluate(shown) == []


def test_a_browser_that_makes_no_notification_rings_all_the_same(
    calling: tuple[Page, Page],
) -> None:
    host, guest = calling
    volume, slider = f"document.querySelector('{TILE} video').volume", "#call-people input"
    host.locator(slider).evaluate(TURN_DOWN)
    eventually(host, f"{volume} === 0.2")
    host.click("#settings-open")
    host.click("#call-end-too")
    expect(host.locator("#call-end-too")).to_be_hidden()
    host.click("#settings-cancel")
    expect(guest.locator(TILE)).to_have_count(0)
    guest.evaluate(
        """() => {
          window.Notification = class {
            static permission = "granted";
            constructor() { throw new TypeError("Illegal constructor"); }  // Chrome on Android
          };
          Object.defineProperty(document, "hidden", {value: true, configurable: true});
        }"""
    )
    call(host)
    expect(guest.locator("#incoming-call")).to_be_visible()
    expect(guest.locator("#call-accept")).to_be_focused()
    guest.evaluate("delete document.hidden")
    guest.click("#call-accept")
    sees_moving_picture(host)
    assert host.evaluate(volume) == int(host.locator(slider).input_value()) / 100
