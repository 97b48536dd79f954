"""Calls when something goes wrong, between two real browsers that share one Link."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from actions import stopped
from call_pages import RINGS, TAKE, in_call, ready, see, value
from harness import PAGES, Browsers, served
from pyodide_page import run

OUTAGE = 15_000  # ms
RELEASE = """
if calls or 'call' in globals():
    call.hang_up()
await within(10, lambda: link()._calls()._live is None)
calls.clear()
None"""


@pytest.fixture(scope="module")
def the_pair(
    playwright: Playwright, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Browsers, Page, Page]]:
    root = tmp_path_factory.mktemp("calls") / "site"
    shutil.copytree(built, root, symlinks=True)
    shutil.copy(PAGES / "pyodide.html", root)
    with served(root) as site:
        lab = Browsers(playwright, site)
        try:
            host, guest = ready(lab, "fault-host"), ready(lab, "fault-guest")
            secret = run(host, "links.invites.issue().secret")
            run(guest, f"await links.connect('fault-host', {secret!r})\nNone")
            yield lab, host, guest
        finally:
            lab.close()


@pytest.fixture
def pair(the_pair: tuple[Browsers, Page, Page]) -> Iterator[tuple[Page, Page]]:
    """Two pages that know each other, and whose Link no test may break."""
    lab, host, guest = the_pair
    with lab.watch.checked():
        yield host, guest
        for page in (host, guest):
            run(page, RELEASE)
            run(page, "await within(10, lambda: link().connected)\nNone")  # it may have been busy


def test_the_camera_of_a_page_is_gone_and_another_one_is_taken(pair: tuple[Page, Page]) -> None:
    """The process that has the camera is killed: the browser ends the track, as for one that is
    unplugged.
    """
    host, guest = pair
    in_call(pair)
    assert see(guest)[0] == 320
    run(host, "camera = call.local[Slot.CAMERA]")
    end_video_capture(host)
    run(host, "await within(10, lambda: Slot.CAMERA not in call.local)\nNone")
    assert value(host, "camera.readyState") == "ended"
    run(guest, "await within(10, lambda: not call.remote.camera_on)\nNone")
    assert value(guest, "[call.connected, call.remote.microphone_on]") == [True, True]
    run(host, "await call.set_camera({'width': 320})")
    assert see(guest)[0] == 320


def end_video_capture(page: Page) -> None:
    browser = page.context.browser
    assert browser
    session = browser.new_browser_cdp_session()
    children = session.send("SystemInfo.getProcessInfo")["processInfo"]
    for each in children:
        with suppress(FileNotFoundError):  # one that has just ended
            if b"video_capture" in Path(f"/proc/{each['id']}/cmdline").read_bytes():
                os.kill(each["id"], signal.SIGKILL)
                return
    raise AssertionError(f"no process has the camera: {children}")


def test_a_screen_that_is_ended_by_the_browser(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    in_call(pair)
    run(host, "await call.share_screen()")
    run(guest, "await within(10, lambda: call.remote.screen is not None)\nNone")
    # What the browser does at "Stop sharing"; a script's `stop` tells nobody.
    run(
        host,
        "track = call.local[Slot.SCREEN]\ntrack.stop()\n"
        "track.dispatchEvent(js.Event.new('ended'))\nNone",
    )
    run(guest, "await within(10, lambda: call.remote.screen is None)\nNone")
    assert slots(host) == ["camera", "microphone"]


def slots(page: Page) -> list[str]:
    return sorted(value(page, "[slot.value for slot in call.local]"))


def test_a_path_that_is_lost_for_15_seconds_heals(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    in_call(pair)
    run(host, "states = []\ncall.on('change', lambda: states.append(call.state))\nNone")
    with stopped(guest):
        host.wait_for_timeout(OUTAGE)  # the outage itself is what is tested
    run(host, "await within(30, lambda: LinkCallState.RECONNECTING in states)\nNone")
    for page in pair:
        run(page, "await within(40, lambda: link().connected and call.connected)\nNone")
        assert see(page)[0] == 320


GARBAGE = {
    "no SDP": "Description(id, 'offer', 'nonsense')",
    "an answer to nothing": "Description(id, 'answer', 'v=0\\r\\n')",
    "no candidate": """Candidate(id, '{"candidate": "nonsense", "sdpMid": "0"}')""",
    "a candidate without JSON": "Candidate(id, '{')",
}


# Of two offers that cross, the host does not look at the guest's.
SAY_UNTIL_IT_ENDS = """
from peerscript.protocol.calls.messages import *
id = call._session.id
while call.end is None:
    call._desk._say(%s)
    await asyncio.sleep(0.2)
None"""


@pytest.mark.parametrize("message", GARBAGE.values(), ids=GARBAGE)
def test_garbage_ends_the_call_and_says_so(pair: tuple[Page, Page], message: str) -> None:
    host, guest = pair
    in_call(pair)
    run(guest, SAY_UNTIL_IT_ENDS % message)
    end, problem = value(host, "end = await call.ended()\n[end.value, call.problem]")
    assert end == "failed"
    assert problem
    assert value(guest, "end = await call.ended()\nend.value") == "failed"
    run(pair[0], RELEASE)
    run(pair[1], RELEASE)
    in_call(pair)
    assert see(host)[0] == 320


FIFTY = """
path = call._desk._path._path._path
for _ in range(50):
    path.addTransceiver(%r)
None"""


def test_a_page_that_sends_fifty_tracks(pair: tuple[Page, Page]) -> None:
    host, guest = pair
    in_call(pair)
    run(guest, FIFTY % "audio")
    end, problem = value(host, "end = await call.ended()\n[end.value, call.problem]")
    assert end == "failed"
    assert problem.startswith("the other page wants 5")


def test_an_offer_that_is_too_long_is_not_read(pair: tuple[Page, Page]) -> None:
    """Fifty pictures, with all of a browser's codecs for each, take more than a message may."""
    host, guest = pair
    in_call(pair)
    run(guest, FIFTY % "video")
    assert see(host)[0] == 320
    run(host, "await within(10, lambda: call.connected and link().connected)\nNone")


def test_a_call_that_leads_elsewhere_is_never_shown(pair: tuple[Page, Page]) -> None:
    """The guest's page negotiates with a certificate that is not the Link's, as one would whose
    media end at somebody else's. The pictures come, and are not shown.
    """
    host, guest = pair
    run(
        host,
        """
shown = []
call = link().call(camera={"width": 320})
call.on("change", lambda: shown.append((call.connected, call.remote.camera)))
await call.start()""",
    )
    run(
        guest,
        """
"""
        + RINGS
        + """
real = call._desk._new_path
from dataclasses import replace
from peerscript.bridge.mediapath import RtcMediaPath
options = replace(peer.options, config={"iceServers": []})
call._desk._new_path = lambda: RtcMediaPath(options)
await call.accept(camera={"width": 320})
call._desk._new_path = real
None""",
    )
    end, problem = value(host, "end = await call.ended()\n[end.value, call.problem]")
    assert (end, "did not lead to the other page" in problem) == ("failed", True), problem
    assert value(host, "[each for each in shown if each[0] or each[1]]") == []


def test_a_call_before_admission_rings_once_the_guest_is_let_in(
    the_pair: tuple[Browsers, Page, Page], pair: tuple[Page, Page]
) -> None:
    lab, host, _ = the_pair
    stranger = ready(lab, "fault-stranger")
    run(
        stranger,
        "connecting = asyncio.ensure_future(links.connect('fault-host'))\n"
        "await within(10, lambda: links.all)\n"
        "call = link().call(camera={'width': 320})\n"
        "await call.start()",
    )
    asking = "[each for each in links.all if each.peer_id == 'fault-stranger']"
    run(host, f"await within(10, lambda: {asking})\nother = {asking}[0]\nNone")
    run(host, "await within(10, lambda: other.state.value == 'asking')\nNone")
    assert value(host, "len(calls)") == 0
    run(host, "other.accept()")
    run(stranger, "await connecting\nNone")
    run(host, TAKE)
    run(stranger, "await call.answered()")
    assert see(host)[0] == 320
    run(stranger, "call.hang_up()")
    run(host, "await call.ended()\nawait other.close()")
    lab.kill(stranger)


# The host is the impolite side, so that an offer which crosses its own is passed over there.
COUNT_CROSSED = """
from peerscript.calls.negotiation import Negotiation
crossed, as_written = 0, Negotiation._take_description
async def counted(self, description):
    global crossed
    await as_written(self, description)
    crossed += self._passed_over
Negotiation._take_description = counted
None"""
SHARE_AT = """
import time
async def share():
    await asyncio.sleep(%r - time.time())
    await call.share_screen()
sharing = asyncio.ensure_future(share())
None"""


def glare(pair: tuple[Page, Page], runs: int) -> None:
    """In a new call each time, both press "share" within 3 ms and see each other's screen; until
    it has been done so often, and an offer has crossed another.
    """
    host, guest = pair
    run(host, COUNT_CROSSED)
    for seed in itertools.count():
        if seed >= runs and (seed >= 5 * runs or value(host, "crossed")):
            break
        chance = random.Random(seed)
        run(host, "call = link().call()\nawait call.start()")
        run(guest, f"{RINGS}await call.accept()\nawait call.answered()")
        run(host, "await call.answered()")
        moment = time.time() + 0.2
        for page in pair:
            run(page, SHARE_AT % (moment + chance.random() / 400))
        for page in pair:
            run(page, "await sharing\nawait within(10, lambda: call.remote.screen)\nNone")
            assert value(page, "size = await plays(call.remote.screen)\nsize")[0] > 0, seed
        for page in pair:
            assert value(page, "call.connected") is True, seed
        for page in pair:
            run(page, RELEASE)
    crossed = value(host, "crossed")
    print(f"in {seed} runs {crossed} offers crossed")
    assert crossed
    run(host, "Negotiation._take_description = as_written")


def test_both_share_at_the_same_instant(pair: tuple[Page, Page]) -> None:
    glare(pair, 10)


@pytest.mark.long
def test_both_share_at_the_same_instant_many_times(pair: tuple[Page, Page]) -> None:
    glare(pair, 100)
