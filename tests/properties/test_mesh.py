"""Whoever calls, leaves, is reloaded or vanishes, and whenever: in the end all who are in a call
agree on who is in it, and there are six of them at most.
"""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from peerscript.aio.tasks import TaskOwner
from peerscript.errors import PeerScriptError
from peerscript.protocol.calls.mesh import MAX_OTHERS
from peerscript.testing import MemoryNetwork
from tests.clock import QuickLoop, until
from tests.unit.peerscript.mesh.callers import Caller, agree

NAMES = ("ada", "bob", "cleo", "dave", "erin", "frank", "gina")
WHO = st.integers(0, 100)  # who of those that could
STEPS = st.one_of(
    st.tuples(st.just("join"), WHO),
    st.tuples(st.just("join"), WHO),
    st.tuples(st.sampled_from(("leave", "reload", "vanish", "cut")), WHO),
    st.tuples(st.just("wait"), st.sampled_from((0, 0, 1, 6, 25, 90))),
)


class Party:
    """Pages, some of which are in a call."""

    def __init__(self, size: int) -> None:
        self.network = MemoryNetwork()
        self.callers = [Caller(self.network, name) for name in NAMES[:size]]
        self.dialling = TaskOwner("who joins")

    async def run(self, steps: list[tuple[str, int]]) -> None:
        unhandled: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: unhandled.append(context))
        for caller in self.callers:
            await caller.load()
        for what, number in steps:
            await self.take(what, number)
        await self.dialling.finished()
        await until(self.settled, 300)
        await asyncio.sleep(200.0)
        await until(self.settled, 300)
        for caller in self.callers:
            if caller.open:
                await caller.unload()
        assert unhandled == []

    def settled(self) -> bool:
        here = [caller for caller in self.callers if caller.open]
        return agree(here) and all(len(caller.others) <= MAX_OTHERS for caller in here)

    async def take(self, what: str, number: int) -> None:
        here = [caller for caller in self.callers if caller.open]
        talking = [caller for caller in here if caller.others]
        idle = [caller for caller in here if not caller.others]
        if what == "wait":
            await asyncio.sleep(number)
        elif what == "cut":
            self.network.cut()
        elif what == "join" and idle:
            newcomer = idle[number % len(idle)]
            others = talking or [each for each in idle if each is not newcomer]
            self.dialling.start(join(newcomer, others[number // 7 % len(others)]))
        elif what == "leave" and talking:
            talking[number % len(talking)].hang_up()
        elif what == "reload":
            await here[number % len(here)].reload()
        elif what == "vanish" and len(here) > 2:
            await here[number % len(here)].unload()


async def join(newcomer: Caller, other: Caller) -> None:
    """Call somebody; who leaves, is reloaded or in a call before that succeeds is not in it."""
    try:
        await newcomer.call(other)
    except (PeerScriptError, RuntimeError):
        return


@given(st.integers(3, len(NAMES)), st.lists(STEPS, min_size=4, max_size=20))
def test_all_agree_who_is_in_the_call(size: int, steps: list[tuple[str, int]]) -> None:
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(Party(size).run(steps))
