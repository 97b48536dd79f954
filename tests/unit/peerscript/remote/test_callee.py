"""What runs for another page: how it ends, and that it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from peerscript.aio.tasks import TaskOwner
from peerscript.errors import NoSuchChannel, RemoteBusy, RemoteError
from peerscript.link.link import Link
from peerscript.protocol.remote.messages import (
    CREDIT,
    MAX_RUNNING,
    Call,
    Cancel,
    End,
    Failed,
    Item,
    More,
    RemoteMessage,
    Result,
)
from peerscript.protocol.values import pythonpack
from peerscript.protocol.vocabulary import Malformed
from peerscript.remote import Remote
from peerscript.remote.callee import Callee
from tests.clock import soon, until
from tests.unit.peerscript.pages import Page
from tests.unit.peerscript.remote.conftest import pending, running


async def test_a_function_that_is_stubborn_counts_until_it_ends(
    remote: Remote, serving: Link, guest: Page
) -> None:
    cleaned = asyncio.Event()

    @serving.serve
    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await cleaned.wait()

    tasks = [asyncio.create_task(remote.stubborn()) for _ in range(MAX_RUNNING)]
    await until(lambda: running(serving) == MAX_RUNNING)
    for task in tasks:
        task.cancel()
    await asyncio.sleep(5)
    assert running(serving) == pending(guest.link("alice")) == MAX_RUNNING
    await guest.reload()
    await until(lambda: guest.link("alice").connected)
    with pytest.raises(RemoteBusy, match="stubborn: 16 calls are running"):
        await guest.link("alice").remote.stubborn()
    cleaned.set()
    await soon(lambda: running(serving) == 0)


async def test_a_function_that_ignores_its_cancelling_may_still_return(
    remote: Remote, serving: Link, guest: Page
) -> None:
    @serving.serve
    async def deaf() -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return 5
        return 0

    task = asyncio.create_task(remote.deaf())
    await until(lambda: running(serving))
    task.cancel()
    await soon(lambda: not running(serving) and not pending(guest.link("alice")))
    assert task.cancelled()


async def test_something_cancelled_within_a_function_is_an_exception(
    remote: Remote, serving: Link
) -> None:
    @serving.serve
    async def impatient() -> None:
        work = asyncio.ensure_future(asyncio.Event().wait())
        asyncio.get_running_loop().call_soon(work.cancel)
        await work

    with pytest.raises(RemoteError, match="CancelledError"):
        await remote.impatient()


class Recorder:
    """A wire whose messages the test looks at.

    Attributes:
        full: whether nothing can be sent.
    """

    is_open = True

    def __init__(self) -> None:
        self.sent: list[RemoteMessage] = []
        self.full = False
        self.changes = asyncio.Event()

    def begin(self) -> None: ...

    async def opened(self) -> None: ...

    async def change(self) -> None:
        await self.changes.wait()

    def send_nowait(self, message: RemoteMessage) -> None:
        if self.full:
            raise NoSuchChannel("not now")
        self.sent.append(message)

    async def pack(self, value: object, what: str) -> bytes:
        return pythonpack.pack(value)


@pytest.fixture
async def wire() -> Recorder:
    return Recorder()


@pytest.fixture
async def callee(wire: Recorder) -> AsyncIterator[Callee]:
    tasks = TaskOwner("test")
    yield Callee(wire, tasks)
    await tasks.close()


def call(id: int, name: str, *given: Any, stream: bool = False) -> Call:
    return Call(id, stream, name, pythonpack.pack([list(given), {}]))


async def test_a_call_that_is_cancelled_before_it_has_begun_never_begins(
    wire: Recorder, callee: Callee
) -> None:
    began = []

    @callee.functions.serve
    async def note() -> None:
        began.append(1)

    callee.on_call(call(1, "note"))
    callee.on_message(Cancel(1))
    await soon(lambda: wire.sent)
    assert wire.sent == [Failed(1, "cancelled", "", "")]
    assert began == []


async def test_a_cancel_that_crosses_the_answer_changes_nothing(
    wire: Recorder, callee: Callee
) -> None:
    @callee.functions.serve
    async def one() -> int:
        return 1

    wire.full = True
    callee.on_call(call(1, "one"))
    await soon(lambda: not callee._tasks_of and callee._running._running)
    await asyncio.sleep(0)
    callee.on_message(Cancel(1))
    wire.full = False
    wire.changes.set()
    await soon(lambda: wire.sent)
    assert wire.sent == [Result(1, pythonpack.pack(1))]
    callee.on_message(Cancel(1))  # late, and no misuse


@pytest.mark.parametrize(
    "arguments",
    [b"", b"rubbish", pythonpack.pack(1), pythonpack.pack([[], {}, 1]), pythonpack.pack([{}, []])],
)
async def test_arguments_that_are_none_fail_that_call_alone(
    wire: Recorder, callee: Callee, arguments: bytes
) -> None:
    @callee.functions.serve
    async def one() -> int:
        return 1

    callee.on_call(Call(1, False, "one", arguments))
    callee.on_call(call(2, "one"))
    await soon(lambda: len(wire.sent) == 2)
    failed, result = wire.sent
    assert isinstance(failed, Failed)
    assert failed.reason == "arguments"
    assert result == Result(2, pythonpack.pack(1))


async def test_a_stream_goes_on_as_far_as_it_may(wire: Recorder, callee: Callee) -> None:
    closed = []

    @callee.functions.serve
    async def count() -> AsyncIterator[int]:
        try:
            for number in range(CREDIT + 1):
                yield number
        finally:
            closed.append(1)

    callee.on_call(call(1, "count", stream=True))
    await asyncio.sleep(5)
    assert len(wire.sent) == CREDIT
    callee.on_message(More(1, 1))
    await soon(lambda: len(wire.sent) == CREDIT + 1)
    assert not closed
    callee.on_message(More(1, 1))
    await soon(lambda: wire.sent[-1] == End(1))
    assert isinstance(wire.sent[-2], Item)
    assert closed


async def test_what_ends_the_page_is_not_swallowed(
    wire: Recorder, callee: Callee, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ends(BaseException):
        """As KeyboardInterrupt, which would end the test."""

    found = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: found.append(type(context["exception"]))
    )

    @callee.functions.serve
    async def end() -> None:
        raise Ends("of the page")

    for full, sent in ((False, [Failed(1, "raised", "Ends", "of the page")]), (True, [])):
        wire.full = full
        callee.on_call(call(1 + full, "end"))
        await soon(lambda: not len(callee._running))
        assert wire.sent == sent
        wire.sent.clear()
    await soon(lambda: found == [Ends, Ends])


async def test_who_calls_on_and_on_and_reads_nothing_is_dropped(
    wire: Recorder, callee: Callee
) -> None:
    for id in range(1, MAX_RUNNING + 1):
        callee.on_call(call(id, "nothing"))
    callee.on_call(call(17, "nothing"))
    assert wire.sent == [Failed(17, "busy", "", "nothing: 16 calls are running")]
    wire.full = True
    with pytest.raises(Malformed, match="more than 16 calls, and not now"):
        callee.on_call(call(18, "nothing"))
