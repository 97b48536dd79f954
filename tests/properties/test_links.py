"""Whatever happens to two pages and what is between them: messages arrive exactly once, in order.

What is kept, over reloads of either page; what is reliable, over broken paths, and never twice or
overtaken by what was sent later; what is live, the newest at last.
"""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from peerscript.errors import LinkClosed
from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import QuickLoop, until
from tests.unit.peerscript.pages import Page

NAMES = ("alice", "bob")
BESIDES = ("talk", "files", "laser")  # what ends with the page
STEPS = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.integers(1, 30)),  # say so many texts
    st.tuples(
        st.just("network"),
        st.sampled_from(("cut", "hold", "release", "go_down", "come_back")),
    ),
    st.tuples(st.just("reload"), st.sampled_from(NAMES)),
    st.tuples(st.just("turns"), st.integers(1, 200)),  # of the event loop
    st.tuples(st.just("seconds"), st.sampled_from((0.01, 0.04, 1.0, 5.0, 20.0, 60.0))),
)


def other(name: str) -> str:
    return "bob" if name == "alice" else "alice"


class Life:
    """Two pages that found each other, and all that they said.

    Attributes:
        said: by whom, on "chat".
        besides: by whom and on which other channel, how many.
        reloaded: whether a page ever was, and what is not kept has ended.
    """

    def __init__(self) -> None:
        self.network = MemoryNetwork()
        self.pages = {name: Page(self.network, name, {}) for name in NAMES}
        self.said: dict[str, list[str]] = {name: [] for name in NAMES}
        self.besides = {(name, channel): 0 for name in NAMES for channel in BESIDES}
        self.reloaded = False

    async def run(self, steps: list[tuple[str, int | float | str]]) -> None:
        unhandled: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: unhandled.append(context))
        alice, bob = self.pages.values()
        await alice.load()
        await bob.load()
        await bob.links.connect("alice", alice.links.invites.issue().secret)
        for step in steps:
            await self.take(*step)
        self.network.come_back()
        self.network.release()
        await until(lambda: alice.peer.open and bob.peer.open)
        await until(self.heard_all, 300)
        await until(lambda: bob.link("alice").connected and alice.link("bob").connected, 300)
        for name in NAMES:
            await self.say(name, 1)  # now that both know each other's page load
        await until(self.heard_all, 300)
        await until(self.has_the_last, 300)
        for name, page in self.pages.items():
            assert page.heard[other(name)] == self.said[other(name)]
            for channel in BESIDES:
                self.check(name, channel)
            await page.unload()
        assert unhandled == []

    def check(self, name: str, channel: str) -> None:
        """In order, and none twice; all of them, if nothing ended with a page."""
        got = self.pages[name].got[other(name), channel]
        assert got == sorted(set(got))
        if not self.reloaded and channel != "laser":
            assert got == list(range(1, self.besides[other(name), channel] + 1))

    async def take(self, what: str, how: float | str) -> None:
        if what == "network":
            getattr(self.network, str(how))()
        elif what == "reload":
            await self.reload(self.pages[str(how)])
        elif what == "turns":
            for _ in range(int(how)):
                await asyncio.sleep(0)
        elif what == "seconds":
            await asyncio.sleep(float(how))
        else:
            await self.say(what, int(how))

    async def reload(self, page: Page) -> None:
        self.reloaded = True
        await page.unload()
        if self.network.up:
            await page.load()
        else:
            self.network.come_back()  # without a broker no page begins
            await page.load()
            self.network.go_down()

    async def say(self, name: str, count: int) -> None:
        page = self.pages[name]
        link = page.link(other(name))
        for _ in range(count if link.established else 0):
            text = f"{name} {len(self.said[name])}"
            await page.write(other(name), text)
            self.said[name].append(text)
            for channel in BESIDES:
                number = self.besides[name, channel] + 1
                try:
                    await page.channel(other(name), channel).send(number)
                except LinkClosed:
                    assert link.state is LinkState.LOST
                else:
                    self.besides[name, channel] = number

    def heard_all(self) -> bool:
        for page in self.pages.values():
            for link in page.links.all:
                if link.state is LinkState.LOST:
                    link.reconnect()  # as a person does
        return all(
            len(self.pages[other(name)].heard[name]) >= len(self.said[name]) for name in NAMES
        )

    def has_the_last(self) -> bool:
        return all(
            self.pages[other(name)].got[name, channel][-1:] == [last]
            for (name, channel), last in self.besides.items()
        )


@given(st.lists(STEPS, min_size=5, max_size=30))
def test_messages_arrive_exactly_once_and_in_order(
    steps: list[tuple[str, int | float | str]],
) -> None:
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(Life().run(steps))
