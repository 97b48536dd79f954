"""The owner of the app's tasks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

from app.faults import explain
from app.notices import Notices
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import PeerScriptError


class Tasks(TaskOwner):
    """The page's tasks. A PeerScriptError ends its own task only, and is shown to the person.

    An async context manager; like a TaskGroup it waits for what runs, or cancels it at an error.
    """

    def __init__(self, notices: Notices) -> None:
        super().__init__("the page")
        self._notices = notices

    async def __aenter__(self) -> Tasks:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                await self.finished()
        finally:
            await self.close()

    def starter(self, work: Callable[..., Coroutine[Any, Any, object]]) -> Callable[..., None]:
        """A plain function that starts `work`: what a button's listener may be."""

        def begin(*arguments: Any) -> None:
            self.start(work(*arguments))

        return begin

    def _failed(self, where: str, error: BaseException) -> None:
        if isinstance(error, PeerScriptError):
            self._notices.problem(explain(error))
        else:
            super()._failed(where, error)
