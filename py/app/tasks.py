"""Where the app's tasks live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

from app.faults import explain
from app.notices import Notices
from peerscript.errors import PeerScriptError


class Tasks:
    """A TaskGroup in which one task's failure is told to the person and ends that task alone."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Tasks:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._group.__aexit__(kind, error, traceback)

    def start(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Run work of its own until it ends."""
        task = self._group.create_task(self._guard(work))
        task.add_done_callback(lambda _: work.close())  # cancelled before its first step
        return task

    def starter(self, work: Callable[..., Coroutine[Any, Any, object]]) -> Callable[..., None]:
        """A plain function that starts `work`: what a button's listener may be."""

        def begin(*arguments: Any) -> None:
            self.start(work(*arguments))

        return begin

    async def _guard(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except PeerScriptError as error:
            self._notices.problem(explain(error))
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"in a task of the page: {error}", "exception": error}
            )
