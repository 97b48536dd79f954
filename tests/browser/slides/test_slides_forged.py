"""Words about slides that a script makes up, said over a Link of its own."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from harness import Browsers
from presentations import link, present, remote, shows, stands
from pyodide_page import python, run

FORGER = """
from peerscript.link.links import Links
links = Links(peer)
await links.__aenter__()
link = links.dial(%r, %r, %r)
channels = {
    "slides": link.channel("slides", kept=False),
    "slides-point": link.channel("slides-point", "live"),
    "slides-deck": link.channel("slides-deck", bulk=True),
}
await link.wait_connected()
heard = []
async def hear():
    async for word in channels["slides"]:
        heard.append(word)
hearing = asyncio.ensure_future(hear())
"""


class Forger:
    """A script that says what it likes over a Link of its own."""

    def __init__(self, lab: Browsers, presenter: Page, which: str) -> None:
        self._page = python(lab)
        fragment, _, scope = link(presenter, which).partition("/")
        peer_id, _, secret = fragment[1:].partition(".")
        run(self._page, "peer = Peer(**broker)\nawait peer.start()")
        run(self._page, FORGER % (peer_id, secret, scope))
        self.id = str(run(self._page, "peer.id"))

    def say(self, kind: str, channel: str = "slides", **fields: Any) -> None:
        word = {"kind": kind, **fields}
        run(self._page, f"await channels[{channel!r}].send({word!r})")

    def heard(self, **word: Any) -> None:
        """Wait until it has heard a word with all of these fields."""
        run(
            self._page,
            f"async with asyncio.timeout(20):\n"
            f"    while not any({word!r}.items() <= each.items() for each in heard):\n"
            f"        await asyncio.sleep(0.02)",
        )

    def forget(self) -> None:
        run(self._page, "heard.clear()")

    def is_connected(self) -> bool:
        return bool(run(self._page, "link.connected"))

    def ended(self) -> None:
        run(
            self._page,
            "async with asyncio.timeout(20):\n"
            "    async for state in link.states():\n"
            "        if not link.connected: break",
        )


def test_words_that_a_script_makes_up(lab: Browsers) -> None:
    presenter = present(lab)
    phone = remote(lab, presenter)
    forger, gawker = (
        Forger(lab, presenter, f"#slides-{which}") for which in ("link", "watch-link")
    )
    row = presenter.locator(f"#slides-people > [data-peer-id='{forger.id}']")
    expect(row).to_have_attribute("data-role", "remote")
    forger.say("turn", seen=1, to="next")
    stands(phone, 2)
    forger.say("reboot", path="/")
    forger.say("goto", slide=99, step=0)
    forger.say("role", role="nobody")
    forger.say("state", revision=9, slide=8, step=0, total=9, black=True)
    forger.say("end")
    forger.say("point", x=1, y=1, shown=True)  # is none of that channel's
    forger.say("part", "slides-deck", id=1, offset=0, data=b"x")
    forger.say("turn", seen=2, to="next")
    stands(phone, 3)
    assert forger.is_connected()

    gawker.say("goto", slide=7, step=0)
    gawker.say("black", on=True)
    gawker.forget()
    gawker.say("turn", seen=3, to="next")
    gawker.heard(kind="role", role="follower")
    row.locator("[data-action='revoke']").click()
    forger.heard(kind="role", role="follower")
    forger.forget()
    forger.say("turn", seen=3, to="next")
    forger.say("stroke", id=1, points="1,1 2,2")
    forger.heard(kind="role", role="follower")
    forger.say("hand", up=True)
    expect(row).to_have_attribute("data-hand", "true")  # has heard everything before it
    stands(phone, 3)
    expect(presenter.locator("#slides-strokes > *")).to_have_count(0)
    expect(presenter.locator("#slides-black")).to_be_hidden()

    lab.watch.expected += ["dropped", "a Link with"]  # are logged
    forger.say("turn", seen=-1, to="next")
    gawker.say("point", "slides-point", x=10_001, y=0, shown=True)
    for each in (forger, gawker):
        each.ended()
        expect(presenter.locator(f"#slides-people > [data-peer-id='{each.id}']")).to_have_count(0)
    phone.tap("#remote-next")
    stands(phone, 4)
    shows(presenter, 4)
