"""A clock that nobody has to wait for, and how tests wait on conditions by it."""

from __future__ import annotations

import asyncio
import selectors
from collections import deque
from collections.abc import Callable

TURNS = 200_000  # of the loop while its clock stands; more of them are a loop without end


class _Skipping(selectors.DefaultSelector):
    """Waits for nothing: the time until the next timer is skipped.

    Args:
        look: called after every turn of the loop; returns whether that gave somebody work.

    Attributes:
        now: the time.
    """

    def __init__(self, look: Callable[[], bool]) -> None:
        super().__init__()
        self.now = 1000.0
        self._look = look
        self._turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if self._look() or ready or timeout == 0:
            self._turns += 1
            if self._turns > TURNS:
                raise RuntimeError("somebody turns without end, and so the clock stands")
        elif timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        else:
            self.now += timeout
            self._turns = 0
        return ready


class QuickLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer when nothing is left to do now."""

    _ready: deque[asyncio.Handle]  # asyncio's own: what to do next

    def __init__(self) -> None:
        self._clock = _Skipping(self._look)
        self._awaited: list[tuple[Callable[[], object], asyncio.Future[None]]] = []
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now

    def sleep_through(self, seconds: float) -> None:
        """So much time is gone, in which nothing ran: a laptop was closed."""
        self._clock.now += seconds

    async def reach(self, reached: Callable[[], object]) -> None:
        """Wait until something is so; it is so yet when this returns."""
        if not reached():
            waiter = self.create_future()
            self._awaited.append((reached, waiter))
            await waiter

    def _look(self) -> bool:
        """Wake those whose condition is met, before anybody else can change it again."""
        before = len(self._ready)
        waiting = [each for each in self._awaited if not each[1].done()]
        for reached, waiter in waiting:
            try:
                if reached():
                    waiter.set_result(None)
            except Exception as error:
                waiter.set_exception(error)
        self._awaited = [each for each in waiting if not each[1].done()]
        woken = len(self._ready) - before
        self._ready.rotate(woken)
        return woken > 0


async def until(reached: Callable[[], object], seconds: float = 60.0) -> float:
    """Wait until something is so, for so many seconds of the loop's clock at most; return how
    many it took. It is so yet when this returns, whatever would have come next."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QuickLoop)
    began = loop.time()
    try:
        async with asyncio.timeout(seconds):
            await loop.reach(reached)
    except TimeoutError:
        raise AssertionError("it did not come") from None
    return loop.time() - began


async def soon(reached: Callable[[], object]) -> None:
    """Wait until something is so, while the clock stands."""
    await until(reached, 1e-6)
