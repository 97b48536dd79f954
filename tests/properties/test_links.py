"""Whatever happens to two pages and what is between them: texts arrive exactly once, in order."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from peerscript.protocol.link.state import LinkState
from peerscript.testing import MemoryNetwork
from tests.clock import QuickLoop, until
from tests.unit.peerscript.pages import Page

STEPS = st.one_of(
    st.tuples(st.sampled_from(("alice", "bob")), st.integers(1, 30)),  # say so many texts
    st.tuples(
        st.just("network"),
        st.sampled_from(("cut", "hold", "release", "go_down", "come_back")),
    ),
    st.tuples(st.just("reload"), st.sampled_from(("alice", "bob"))),
    st.tuples(st.just("turns"), st.integers(1, 200)),  # of the event loop
    st.tuples(st.just("seconds"), st.sampled_from((0.01, 0.04, 1.0, 5.0, 20.0, 60.0))),
)


class Life:
    """Two pages that found each other, and all that they said."""

    def __init__(self) -> None:
        self.network = MemoryNetwork()
        self.pages = {name: Page(self.network, name, {}) for name in ("alice", "bob")}
        self.said: dict[str, list[str]] = {"alice": [], "bob": []}

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
        assert alice.heard["bob"] == self.said["bob"]
        assert bob.heard["alice"] == self.said["alice"]
        for page in self.pages.values():
            await page.unload()
        assert unhandled == []

    async def take(self, what: str, how: float | str) -> None:
        if what == "network":
            getattr(self.network, str(how))()
        elif what == "reload":
            page = self.pages[str(how)]
            await page.unload()
            if self.network.up:
                await page.load()
            else:
                self.network.come_back()  # without a broker no page begins
                await page.load()
                self.network.go_down()
        elif what == "turns":
            for _ in range(int(how)):
                await asyncio.sleep(0)
        elif what == "seconds":
            await asyncio.sleep(float(how))
        else:
            self.say(what, int(how))

    def say(self, name: str, count: int) -> None:
        link = self.pages[name].link("bob" if name == "alice" else "alice")
        for _ in range(count):
            text = f"{name} {len(self.said[name])}"
            if link.session.session:
                link.send(text)
                self.said[name].append(text)

    def heard_all(self) -> bool:
        for page in self.pages.values():
            for link in page.links.all:
                if link.state is LinkState.LOST:
                    link.retry()  # as a person does
        return all(
            len(self.pages[there].heard[here]) >= len(self.said[here])
            for here, there in (("alice", "bob"), ("bob", "alice"))
        )


@given(st.lists(STEPS, min_size=5, max_size=30))
def test_texts_arrive_exactly_once_and_in_order(
    steps: list[tuple[str, int | float | str]],
) -> None:
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(Life().run(steps))
